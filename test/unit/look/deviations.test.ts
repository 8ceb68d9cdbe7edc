import { describe, expect, it } from "vitest";
import type { ColorView } from "../../../look/ColorView";
import { deviationsOf, endedOf } from "../../../look/deviations";
import type { ContainerInfo } from "../../../model/Container";
import type { Worker } from "../../../model/FrontState";
import { recorded } from "../plan/support";

const release = recorded("A", { imageId: "sha256:a" });
const block = { first: "10.88.0.32", size: 16 };

function container(slot: number, change: Partial<ContainerInfo> = {}, release = recorded("A")): ContainerInfo {
    return {
        id: `id-${slot}`,
        name: `shop-web-blue-${slot}`,
        labels: { "relink.slot": String(slot), "relink.release": release.id },
        state: "running",
        status: "running",
        imageId: "sha256:a",
        imageReference: "shop/web:A",
        outOfMemory: false,
        networkMode: "shop",
        address: `10.88.0.${31 + slot}`,
        restartCount: 0,
        restartPolicy: "always",
        ...change,
    };
}

function server(slot: number, change: object = {}) {
    return [slot, { up: true, admin: "ready", address: `10.88.0.${31 + slot}`, port: 8080, ...change }] as const;
}

function worker(servers: (readonly [number, object])[], says = release.id): Worker {
    return {
        releases: new Map([["web-blue", says]]),
        backends: new Map([["web-blue", { servers: new Map(servers) }]]),
    } as unknown as Worker;
}

/** @returns the deviations of two containers as relink left them, after this change */
function deviations(change: Partial<ColorView>) {
    return deviationsOf({
        backend: "web-blue",
        release,
        replicas: 2,
        block,
        containers: [container(1), container(2)],
        workers: [worker([server(1), server(2), server(3, { admin: "maint" })])],
        generation: "shop-gen-1",
        nameOf: slot => `shop-web-blue-${slot}`,
        openInFile: new Set([1, 2]),
        isFileEdited: false,
        foreignNames: new Set(),
        ...change,
    });
}

describe("a deviation of a color", () => {
    it("does not exist if everything is as relink left it, nor while HAProxy does not run", () => {
        expect(deviations({})).toEqual([]);
        expect(deviations({ workers: [] })).toEqual([]);
    });

    it("is a container that was removed, with the container that has its name now", () => {
        expect(deviations({ containers: [container(2)] })).toEqual([{ what: "shop-web-blue-1 was removed" }]);
        expect(deviations({ containers: [container(2)], foreignNames: new Set(["shop-web-blue-1"]) })).toEqual([
            {
                what:
                    "shop-web-blue-1 was removed, and somebody else's container has its name: " +
                    "first docker rm -f shop-web-blue-1",
            },
        ]);
    });

    it("is a container that was stopped or paused, with the command that undoes it", () => {
        const status = "exited with code 137";
        expect(deviations({ containers: [container(1, { state: "exited", status }), container(2)] })).toEqual([
            { what: `shop-web-blue-1 is stopped (${status})`, fix: "docker start shop-web-blue-1" },
        ]);
        expect(deviations({ containers: [container(1), container(2, { state: "paused" })] })).toEqual([
            { what: "shop-web-blue-2 is paused", fix: "docker unpause shop-web-blue-2" },
        ]);
    });

    it("has no docker start as its fix if relink itself took the container out of traffic", () => {
        const containers = [container(1, { state: "exited", status: "exited", restartPolicy: "no" }), container(2)];
        expect(deviations({ containers })).toMatchObject([{ fix: undefined }]);
    });

    it("is a container with relink's labels that relink did not make", () => {
        const foreign = container(1, { imageId: "sha256:f", imageReference: "evil:1" });
        expect(deviations({ containers: [foreign, container(2)] })).toEqual([
            { what: "shop-web-blue-1 is not relink's: it runs another image than shop/web:A (evil:1)" },
        ]);
        const elsewhere = container(1, { address: "10.88.12.7" });
        expect(deviations({ containers: [elsewhere, container(2)] })).toEqual([
            {
                what: "shop-web-blue-1 is not relink's: it is not at 10.88.0.32, the address of its slot, but at 10.88.12.7",
            },
        ]);
        const detached = container(1, { address: undefined });
        expect(deviations({ containers: [detached, container(2)] })[0]?.what).toMatch(/the address of its slot$/);
    });

    it("is a container that somebody added beside those that serve, with any slot in its labels", () => {
        const added = (slot: string) =>
            container(1, {
                name: "mine",
                imageId: "sha256:f",
                labels: { "relink.slot": slot, "relink.release": release.id },
            });
        for (const slot of ["1", "17", "-1", "x", ""]) {
            const found = deviations({ containers: [container(1), container(2), added(slot)] });
            expect(found).toMatchObject([{ fix: "docker rm -f mine" }]);
        }
        const older = container(3, { name: "mine" }, recorded("B"));
        expect(deviations({ containers: [container(1), container(2), older] })[0]?.what).toBe(
            "mine was added: it is not of the release that the color holds",
        );
    });

    it("is a slot that somebody closed or pointed elsewhere in HAProxy's memory", () => {
        const reload = "docker kill --signal USR2 shop-gen-1";
        for (const admin of ["maint", "drain"]) {
            expect(deviations({ workers: [worker([server(1, { admin }), server(2)])] })).toEqual([
                { what: `shop-web-blue-1 gets no requests: HAProxy has its slot in ${admin}`, fix: reload },
            ]);
        }
        const elsewhere = worker([server(1), server(2, { address: "10.88.0.99" })]);
        expect(deviations({ workers: [worker([server(1), server(2)]), elsewhere] })).toEqual([
            { what: "shop-web-blue-2 gets no requests: HAProxy looks for it at 10.88.0.99:8080", fix: reload },
        ]);
        const otherPorts = worker([server(1), server(2, { wiring: 7 })]);
        expect(deviations({ workers: [otherPorts] })).toEqual([
            { what: "shop-web-blue-2 gets requests on other ports than its release has", fix: reload },
        ]);
        const closed = worker([server(1, { admin: "maint" }), server(2)]);
        expect(deviations({ workers: [closed], openInFile: new Set([2]) })).toMatchObject([{ fix: undefined }]);
    });

    it("is a slot that only HAProxy's file has closed, because a reload would close it", () => {
        expect(deviations({ openInFile: new Set([2]) })).toEqual([
            {
                what: "shop-web-blue-1 would get no requests once HAProxy reads its files again, which have its slot closed",
            },
        ]);
    });

    it("is a missing container if the record counts more than it has slots for", () => {
        expect(deviations({ replicas: 3, slots: [1, 2] })).toEqual([{ what: "shop-web-blue-3 was removed" }]);
    });

    it("is a restart policy that would not bring a container back", () => {
        const asBefore = container(1, { restartPolicy: "unless-stopped" });
        expect(deviations({ containers: [asBefore, container(2)] })).toEqual([]);
        expect(deviations({ containers: [container(1, { restartPolicy: "no" }), container(2)] })).toEqual([
            {
                what: "shop-web-blue-1 has the restart policy no, not always",
                fix: "docker update --restart always shop-web-blue-1",
            },
        ]);
    });

    it("is an edited file, and a map that names another release", () => {
        expect(deviations({ isFileEdited: true })).toEqual([{ what: "HAProxy's file of web-blue was edited" }]);
        expect(deviations({ workers: [worker([server(1), server(2)], "another")] })).toEqual([
            { what: "HAProxy's map says that web-blue runs release another" },
        ]);
    });

    it("is not a surplus container that an interrupted scaling left", () => {
        const containers = [container(1), container(2), container(3, { restartPolicy: "no" })];
        expect(deviations({ containers })).toEqual([]);
        expect(deviations({ containers: [container(2), container(3)], replicas: 1 })).toEqual([]);
    });

    it("is not a container that ended by itself under a policy that does not restart it", () => {
        const once = { ...release, settings: { ...release.settings, restart: "on-failure" as const } };
        const policy = { restartPolicy: "on-failure" as const };
        const containers = [container(1, { ...policy, state: "exited", exitCode: 1 }), container(2, policy)];
        expect(deviations({ release: once, containers })).toEqual([]);
        expect(endedOf(containers, once, block)).toBe(1);
        expect(endedOf(containers, release, block)).toBe(0);
    });
});
