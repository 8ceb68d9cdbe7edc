import { afterEach, describe, expect, it } from "vitest";
import type { ServerStat } from "../../../model/FrontState";
import { upOf } from "../../../providers/upOf";
import { prove, type Subject } from "../../../up/proof";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { containerOf, FakeSession, Listener, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const b = recorded("B");
const good = { color: "green", release: b.id } as const;

let engine: FakeEngine;
let listener: Listener;
afterEach(() => Promise.all([engine.close(), listener.close()]));

/** @returns Docker's state of green's one container */
function inspected(restarts: number) {
    return {
        Id: "green-1",
        Name: "/front-web-green-1",
        Image: b.imageId,
        Config: { Labels: containerOf("green", 1, b.id).labels, Image: b.image },
        State: { Status: "running", Running: true, StartedAt: "2026-01-01T00:00:00Z", OOMKilled: false },
        HostConfig: {},
        NetworkSettings: { Networks: { front: { IPAddress: "10.0.0.1" } } },
        RestartCount: restarts,
    };
}

/** Proves B on green, the idle color, within two seconds. */
async function proved(
    {
        answer = good,
        restarts = 0,
        change = () => {},
        deadline,
    }: {
        answer?: Parameters<typeof Listener.start>[0];
        restarts?: number;
        /** Called before each look at the slot. */
        change?: (server: ServerStat) => void;
        deadline?: number;
    } = {},
    live = false,
) {
    engine = await FakeEngine.start(({ path }) =>
        path === "/events" ? [200] : path === "/containers/green-1/json" ? [200, inspected(restarts)] : undefined,
    );
    listener = await Listener.start(answer!);
    const server = serverAt(1);
    const fake = new FakeSession({
        workers: [workerOf("blue", { green: [server] })],
        onLook: () => change(server),
        engine: engine.engine,
        listener,
    });
    const subject: Subject = {
        color: "green",
        release: b,
        containers: [containerOf("green", 1, b.id)],
        live,
        policy: { minHealthyTimeMs: 300, healthyDeadlineMs: 2_000 },
        deadline,
    };
    await prove(upOf(fake.session, "web", noProgress), subject);
    return fake.steps;
}

describe("a proof", () => {
    it("ends at the deployment's deadline, although the container's is later", async () => {
        await expect(proved({ deadline: Date.now() })).rejects.toThrow(
            "not healthy when the deployment had to be done (progressDeadline)",
        );
    });

    it("starts HAProxy's checks anew, then opens the slot, and then asks", async () => {
        expect(await proved()).toEqual([
            "web-green/1 of worker 1: maint",
            "web-green/1 of worker 1: drain",
            "web-green/1 of worker 1: ready",
            "asked",
            "asked",
        ]);
    });

    it("fails by the answer of another release or of the other color", async () => {
        const other = recorded("A").id;
        await expect(proved({ answer: { ...good, release: other } })).rejects.toThrow(`(release ${other}), not green`);
        await Promise.all([engine.close(), listener.close()]);
        await expect(proved({ answer: { ...good, color: "blue" } })).rejects.toThrow("not green");
    });

    it("ends early if the container has crashed and Docker has started it again", async () => {
        await expect(proved({ restarts: 1 })).rejects.toThrow("crashed and was restarted by Docker");
    });

    it("fails for a release whose health check fails now and then", async () => {
        const flaps = proved({
            change: server => {
                server.downs++;
            },
        });
        await expect(flaps).rejects.toThrow("not healthy within");
    });
});
