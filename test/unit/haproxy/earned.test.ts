import { describe, expect, it } from "vitest";
import { EarnedUp } from "../../../haproxy/earned";
import { Runtime } from "../../../haproxy/runtime";
import { WorkerReplaced } from "../../../haproxy/WorkerResult";
import type { Worker } from "../../../model/FrontState";
import { fakeHaproxy } from "./fakeHaproxy";

const worker = (pid: number, server: object): Worker =>
    ({
        generation: "1",
        socket: "/relink/run/master-1.sock",
        pid,
        old: false,
        backends: new Map([
            ["web-green", { servers: new Map([[1, { slot: 1, status: "DOWN", downs: 0, ...server }]]) }],
        ]),
    }) as unknown as Worker;

/** A HAProxy that takes every state. */
function obedient() {
    let admin = 5;
    return fakeHaproxy(command => {
        const state = / state (maint|drain|ready)$/.exec(command)?.[1];
        admin = state === undefined ? admin : { maint: 1, drain: 8, ready: 0 }[state]!;
        return command.includes("show servers")
            ? `1\n# be_name srv_name srv_admin_state srv_op_state\nweb-green slot-1 ${admin} 0`
            : "";
    });
}

describe("an UP that checks earned", () => {
    it("goes through maint, drain and health down, and becomes ready at the end", async () => {
        const { run, execs } = obedient();
        const earned = new EarnedUp(new Runtime(run), "web-green", [1]);
        await earned.enter([worker(7, {})]);
        await earned.finish([worker(7, {})]);
        const sent = execs.flatMap(({ commands }) => commands.map(({ command }) => command));
        expect(sent.filter(command => command.includes("set server"))).toEqual([
            "@!7 set server web-green/slot-1 state maint",
            "@!7 set server web-green/slot-1 state drain",
            "@!7 set server web-green/slot-1 health down",
            "@!7 set server web-green/slot-1 state ready",
        ]);
    });

    it("does not believe an UP in a worker that it did not enter", async () => {
        const { run } = obedient();
        const earned = new EarnedUp(new Runtime(run), "web-green", [1]);
        const up = { admin: "ready", up: true, status: "UP" };
        expect(earned.state([worker(7, up)])).toMatchObject([{ up: false, reset: true }]);
        await earned.enter([worker(7, up)]);
        expect(earned.state([worker(7, { ...up, admin: "drain", status: "DRAIN" })])).toMatchObject([
            { up: true, reset: false },
        ]);
        // A reload: the same slot in a new worker, put where the file has it.
        expect(earned.state([worker(8, up)])).toMatchObject([{ up: false, reset: true }]);
        expect(earned.state([worker(7, { admin: "maint", up: false })])).toMatchObject([{ up: false, reset: true }]);
    });

    it("has the last check's result in words", () => {
        const earned = new EarnedUp(new Runtime(obedient().run), "web-green", [1, 2]);
        const seen = { checkStatus: "L7STS", checkCode: 500, checkWords: "Layer7 wrong status", downs: 3 };
        expect(earned.state([worker(7, seen)])).toMatchObject([
            { slot: 1, check: "DOWN L7STS 500 (Layer7 wrong status)", downs: 3 },
            { slot: 2, check: "HAProxy does not know this slot", reset: true },
        ]);
    });

    it("fails if a worker refuses, and distinguishes a worker that a reload has replaced", async () => {
        const asked = (answer: string) => new EarnedUp(new Runtime(fakeHaproxy(() => answer).run), "web-green", [1]);
        const replaced = asked("Proxy is disabled.").enter([worker(7, {})]);
        await expect(replaced).rejects.toThrow(/worker 7: Proxy is disabled/);
        await expect(replaced).rejects.toBeInstanceOf(WorkerReplaced);
        await expect(asked("No such server.").enter([worker(7, {})])).rejects.not.toBeInstanceOf(WorkerReplaced);
    });
});
