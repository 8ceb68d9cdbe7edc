import { describe, expect, it } from "vitest";
import { fingerprint } from "../../../look/fingerprint";
import { isReady } from "../../../look/isReady";
import { observedService } from "../../../look/observedService";
import type { Color } from "../../../model/Color";
import type { ContainerInfo } from "../../../model/Container";
import type { FrontState, Worker } from "../../../model/FrontState";
import type { Intent } from "../../../model/Intent";
import { LinkValue } from "../../../model/LinkValue";
import { emptyRecord } from "../../../model/Record";
import { parseRoute, routeText } from "../../../model/Route";
import type { RollingSettings } from "../../../model/StrategySettings";
import type { World } from "../../../model/World";
import { findDrift } from "../../../plan/drift";
import { containerOf, serverAt, workerOf } from "../providers/FakeSession";

function worker(links: Record<string, LinkValue>, routes: Record<string, string>): Worker {
    return {
        generation: "1",
        socket: "/relink/run/master-1.sock",
        pid: 1,
        old: false,
        configHash: "1",
        links: new Map(Object.entries(links)),
        routes: new Map(Object.entries(routes)),
        releases: new Map(),
        backends: new Map(),
        connections: 0,
        uptimeSeconds: 1,
        startedAt: 1,
    };
}

/** A front with these workers, and a record with web linked to blue and two hosts. */
function worldWith(workers: Worker[]): World {
    const record = {
        ...emptyRecord("web"),
        link: { live: "blue" as const },
        routes: ["b.example.com", "a.example.com"].map(parseRoute),
    };
    const front: FrontState = { generations: [], workers, deadSockets: [] };
    return {
        containers: [],
        generations: [],
        records: { services: new Map([["web", record]]), frontIncarnation: 0 },
        front: workers.length === 0 ? undefined : front,
    };
}

const routes = { "a.example.com/": "web", "b.example.com/": "web" };

describe("an observed service", () => {
    it("has the link of HAProxy's memory, not of the record", () => {
        expect(observedService(worldWith([worker({ web: LinkValue.to("green") }, routes)]), "web").live).toBe("green");
    });

    it("has the record's link and routes while HAProxy does not run", () => {
        const { live, routes } = observedService(worldWith([]), "web");
        expect(live).toBe("blue");
        expect(routes.map(routeText)).toEqual(["b.example.com", "a.example.com"]);
    });

    it("has the routes of HAProxy's file while HAProxy does not run, because its next start takes them", () => {
        const left = { "a.example.com/": "web", "b.example.com/": "api", "*/": "web" };
        const text = Object.entries(left).map(entry => `${entry.join(" ")}\n`);
        const world = { ...worldWith([]), files: new Map([["maps/routes.map", text.join("")]]) };
        expect(observedService(world, "web").routes.map(routeText)).toEqual(["a.example.com", "*"]);
    });

    it("has drifted if somebody deleted its link in HAProxy, so that no request is served", () => {
        const service = observedService(worldWith([worker({}, routes)]), "web");
        expect(service.live).toBe("none");
        expect(findDrift(service).map(({ what }) => what)).toEqual([
            "HAProxy links it to none, but the last confirmed link is blue",
        ]);
    });

    it("does not have a host that another service took or somebody deleted, although its record has it", () => {
        const link = { web: LinkValue.to("blue") };
        const taken = worker(link, { ...routes, "b.example.com/": "api" });
        const deleted = worker(link, { "a.example.com/": "web" });
        for (const one of [taken, deleted]) {
            expect(observedService(worldWith([one]), "web").routes.map(routeText)).toEqual(["a.example.com"]);
        }
    });

    it("has a route that only HAProxy has, in all workers, after those of its record", () => {
        const link = { web: LinkValue.to("blue") };
        const more = { "*/api/": "web:/api:strip", ...routes };
        const { routes: seen } = observedService(worldWith([worker(link, more)]), "web");
        expect(seen.map(routeText)).toEqual(["b.example.com", "a.example.com", "*/api (stripped)"]);
        const some = observedService(worldWith([worker(link, more), worker(link, routes)]), "web");
        expect(some.routes.map(routeText)).toEqual(["b.example.com", "a.example.com"]);
    });

    it("has routes that only HAProxy's memory has, or only its file, as half written", () => {
        const link = { web: LinkValue.to("blue") };
        const file = (text: string) => ({ files: new Map([["maps/routes.map", text]]) });
        const same = { ...worldWith([worker(link, routes)]), ...file("a.example.com/ web\nb.example.com/ web\n") };
        expect(observedService(same, "web").halfWritten).toBeUndefined();
        const other = { ...worldWith([worker(link, routes)]), ...file("a.example.com/ web\nc.example.com/ web\n") };
        const service = observedService(other, "web");
        expect(service.routes.map(routeText)).toEqual(["b.example.com", "a.example.com"]);
        expect(service.halfWritten?.map(routeText)).toEqual(["b.example.com", "c.example.com"]);
    });

    it("has the hosts without a path of an earlier version's front", () => {
        const old = worker({ web: LinkValue.to("blue") }, { "b.example.com": "web", "*": "web" });
        const { routes: seen } = observedService(worldWith([old]), "web");
        expect(seen).toEqual(["b.example.com", "*"].map(parseRoute));
    });
});

describe("a container is ready", () => {
    /** @returns whether the container in slot 1 of blue is ready if the workers have these states of the slot */
    const ready = (...slots: Parameters<typeof serverAt>[1][]) => {
        const world = worldWith(slots.map(slot => workerOf("blue", { blue: [serverAt(1, slot)] })));
        return isReady(world, "web", "blue", containerOf("blue", 1, "r"));
    };

    it("if every worker has its slot up and open, at its own address", () => {
        expect(ready({}, {})).toBe(true);
        expect(ready({}, { up: false })).toBe(false);
        expect(ready({}, { admin: "drain" })).toBe(false);
        expect(ready({}, { address: "10.0.0.9" })).toBe(false);
    });
});

describe("the fingerprint of what a plan was made from", () => {
    /** @returns the fingerprint with this link in HAProxy and this intent in the record */
    function from(live: Color, intent?: Intent, state?: ContainerInfo["state"]): string {
        const world = worldWith([worker({ web: LinkValue.to(live) }, routes)]);
        if (state !== undefined) {
            const labels = { "relink.service": "web", "relink.color": "green" };
            world.containers.push({
                id: "1".repeat(64),
                name: "web-green-1",
                labels,
                state,
            } as unknown as ContainerInfo);
        }
        const record = world.records.services.get("web")!;
        world.records.services.set("web", { ...record, intent });
        return fingerprint(world, "web");
    }

    it("changes with the link", () => {
        expect(from("green")).not.toBe(from("blue"));
    });

    it("is the same on both sides of an open switch, because that is settled first", () => {
        const intent: Intent = { kind: "switch", from: "blue", to: "green", release: "r" };
        expect(from("green", intent)).toBe(from("blue", intent));
    });

    it("stays the same while a container crashes again and again, and changes when the container has ended", () => {
        const states = ["running", "restarting", "exited", "created"] as const;
        const [running, restarting, exited, created] = states.map(state => from("blue", undefined, state));
        expect(restarting).toBe(running);
        expect(exited).not.toBe(running);
        expect(created).toBe(exited);
    });

    it("changes when a rolling release gets another target", () => {
        const settings = {} as RollingSettings;
        const roll = (to: string): Intent => ({ kind: "roll", color: "blue", from: ["a"], to, replicas: 1, settings });
        expect(from("blue", roll("c"))).not.toBe(from("blue", roll("b")));
    });
});
