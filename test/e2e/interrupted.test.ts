import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backendName } from "../../haproxy/names";
import { Runtime } from "../../haproxy/runtime";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import { runInAnchor } from "../../look/runInAnchor";
import type { Color } from "../../model/Color";
import type { Live } from "../../model/Live";
import { expectSuccess } from "../support/command";
import { LiveFront } from "../support/LiveFront";
import { oneAfterTheOther, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Rule 7 of docs/design.md: the next `up` finishes or undoes what a dead one left behind, and loses no request. Each test
// writes the record that an `up` leaves at one point, because no kill can hit that point reliably.

let stack: TestStack;
let front: LiveFront;

beforeAll(async () => {
    stack = await createStack({ config: webStack() });
    front = new LiveFront(stack);
    expectSuccess(await stack.up());
    stack.setConfig("services.web.image", "relink-hello:v2");
    expectSuccess(await stack.up());
});

afterAll(() => stack?.cleanup());

/**
 * Runs `up` under load.
 *
 * @returns what it printed
 */
async function upUnderLoad(name: string, expected: "success" | "failure" = "success"): Promise<string> {
    let printed = "";
    await underLoad(
        name,
        stack,
        async () => {
            const result = await stack.up();
            printed = result.stdout + result.stderr;
            expect(result.code === 0 ? "success" : "failure", printed).toBe(expected);
        },
        { mix: withoutWebSockets, ratePerSecond: 150 },
    );
    return printed;
}

/** Writes the intent of a switch to a color, as an `up` does before its first step. */
async function beginSwitch(from: Live, to: Color): Promise<void> {
    await front.editRecord("web", record => ({
        ...record,
        intent: { kind: "switch", from, to, release: record[to].release ?? "" },
    }));
}

/** Expects no intent, the same link in HAProxy and record, and an `up` with nothing to do. */
async function expectSettled(live: Color): Promise<void> {
    const service = await front.service("web");
    expect(service).toMatchObject({ live, confirmed: live, intent: undefined });
    const { stderr } = expectSuccess(await stack.preview());
    expect(stderr).toContain(`nothing to do: ${live} serves`);
}

describe("after an up that died", () => {
    oneAfterTheOther();

    it("in a switch whose target is ready, the switch is finished", async () => {
        await beginSwitch("green", "blue");
        stack.setConfig("services.web.image", "relink-hello:v1");
        const printed = await upUnderLoad("finish an interrupted switch");
        expect(printed).toContain("finishes the switch to blue that an interrupted up began.");
        await expectSettled("blue");
    });

    it("after HAProxy was switched, the switch is finished although the config's image is missing", async () => {
        await beginSwitch("blue", "green");
        await front.linkByHand("web", "green");
        stack.setConfig("services.web.image", "127.0.0.1:1/shop/web:none");
        const printed = await upUnderLoad("finish an interrupted switch, then refuse", "failure");
        expect(printed).toContain("first finishes the switch to green that an interrupted up began; then refused: ");
        stack.setConfig("services.web.image", "relink-hello:v2");
        await expectSettled("green");
    });

    it("in scaling up, a container that never got requests is proved before it does", async () => {
        const { workers = [] } = (await front.observe()).front ?? {};
        const runtime = new Runtime(runInAnchor(front.engine, front.target.front));
        const closed = await runtime.setServers(
            workers,
            backendName("web", "green"),
            new Map([[2, { state: "maint" }]]),
        );
        assertEveryWorker("slot 2", closed);
        await front.editRecord("web", record => ({ ...record, green: { ...record.green, replicas: 1 } }));
        expect((await front.service("web")).green).toMatchObject({ replicas: 1, running: 2, ready: 1 });

        const printed = await upUnderLoad("finish an interrupted scaling up");
        expect(printed).toContain("green is scaled in place from 1 to 2 replicas; the link stays on green.");
        expect((await front.service("web")).green).toMatchObject({ replicas: 2, running: 2, ready: 2 });
        await expectSettled("green");
    });

    it("in scaling down, the surplus container is drained and removed", async () => {
        await front.editRecord("web", record => ({ ...record, green: { ...record.green, replicas: 1 } }));
        stack.setConfig("services.web.replicas", 1);
        const printed = await upUnderLoad("finish an interrupted scaling down");
        expect(printed).toContain(
            "green is brought to 1 replica, since an interrupted up left 2; the link stays on green.",
        );
        expect((await front.service("web")).green).toMatchObject({ replicas: 1, running: 1, ready: 1, strays: [] });
        await expectSettled("green");
    });

    it("before the previous color was stopped, that color is stopped now", async () => {
        await front.editRecord("web", record => ({
            ...record,
            intent: { kind: "leave", color: "blue", farewell: "stop" },
        }));
        const printed = await upUnderLoad("stop the previous color");
        expect(printed).toContain(
            "blue is drained and stopped, which an interrupted up left open; the link stays on green.",
        );
        expect((await front.service("web")).blue).toMatchObject({ replicas: 2, running: 0 });
        await expectSettled("green");
    });

    it("in a switch whose target is not ready, the switch is taken back", async () => {
        await beginSwitch("green", "blue");
        const printed = await upUnderLoad("take back an interrupted switch");
        expect(printed).toContain("takes back the switch that an interrupted up began (link to green).");
        await expectSettled("green");
    });

    it("before the previous color was removed, that color is removed now", async () => {
        await front.editRecord("web", record => ({
            ...record,
            blue: { replicas: 0, block: record.blue.block },
            intent: { kind: "leave", color: "blue", farewell: "remove" },
        }));
        expect((await front.service("web")).blue.strays).toHaveLength(2);
        const printed = await upUnderLoad("remove the previous color");
        expect(printed).toContain(
            "blue is drained and removed, which an interrupted up left open; the link stays on green.",
        );
        expect((await front.service("web")).blue).toMatchObject({ release: undefined, running: 0, strays: [] });
        await expectSettled("green");
    });
});
