import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec } from "../../docker/exec";
import { folders } from "../../model/folders";
import { expectFailure, expectSuccess } from "../support/command";
import { EngineProxy } from "../support/engineProxy";
import { badForUsers, breakable, errorsOfSick, flapping } from "../support/faultyApps";
import { HaltedRun } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { inAnchor, leftovers } from "../support/leftovers";
import type { LoadResult } from "../support/load";
import { OpenWebSocket, openStream } from "../support/longRequests";
import {
    containersOf,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    type ScenarioOptions,
    underLoad,
    webStack,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Faults that no other file injects, by their numbers in docs/failures.md. One stack lives through all of them.
const node = "node:24-slim";

let proxy: EngineProxy;
let stack: TestStack;
let front: LiveFront;

beforeAll(async () => {
    proxy = await EngineProxy.beforeEngine();
    stack = await createStack({
        env: { DOCKER_HOST: proxy.host },
        config: webStack({ replicas: 1, minHealthyTime: "500ms", drainTimeout: "3s" }),
    });
    front = new LiveFront(stack);
    expectSuccess(await stack.up());
});

afterAll(async () => {
    await stack?.cleanup();
    await proxy?.close();
});

const onlyShort: ScenarioOptions = { mix: { post: 2, newConnection: 1 } };
const withoutWebSockets: ScenarioOptions = { mix: { post: 2, newConnection: 1, slow: 1, stream: 1 } };

function set(settings: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(settings)) {
        stack.setConfig(`services.web.${key}`, value);
    }
}

/** Settings of a service that runs this program instead of the sample app, and of one that runs the sample app. */
const runs = (program: string) => ({ image: node, command: ["node", "-e", program] });
const sample = (version: string) => ({ image: `relink-hello:${version}`, command: undefined });

/** Waits until users got 600 answers. */
const served: Parameters<typeof underLoad>[2] = async load => {
    await load.until(({ answered }) => answered >= 600, "it answers");
};

/** @returns the versions that users saw, by phase of the load */
function seen({ phases }: LoadResult): string[][] {
    return phases.map(({ byVersion }) => Object.keys(byVersion).sort());
}

describe.runIf(isFull)("Faults", () => {
    oneAfterTheOther();

    it("fault 4: health that flaps starts minHealthyTime again each time, until healthyDeadline ends the release", async () => {
        set({ ...runs(flapping), minHealthyTime: "3s", healthyDeadline: "12s" });
        set({ health: { path: "/healthz", interval: "300ms", fall: 1, rise: 1 } });
        const before = await lifeOf(stack, "blue");
        const load = await underLoad("health that flaps", stack, async () => {
            expect(expectFailure(await stack.up())).toContain("not healthy within 12 s (healthyDeadline)");
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await lifeOf(stack, "blue")).toEqual(before);
        set({ minHealthyTime: "500ms", healthyDeadline: "60s", health: { path: "/healthz", interval: "500ms" } });
    });

    it("fault 14: going back to the stable release while another one fails makes no container", async () => {
        const before = await lifeOf(stack, "blue");
        set({ ...sample("v2"), env: { BUILD: "14" } });
        const load = await underLoad("back in the middle of a release", stack, async () => {
            await (await HaltedRun.at("deploy: prove", stack)).kill("both");
            expectSuccess(await stack.pulumi(["cancel", "--yes"]));
            set({ ...sample("v1"), env: undefined });
            proxy.clear();
            expectSuccess(await stack.up());
        });
        const made = proxy.calls.filter(
            ({ method, path }) => method === "POST" && path.startsWith("/containers/create"),
        );
        expect(made).toEqual([]);
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await lifeOf(stack, "blue")).toEqual(before);
        // An up that has nothing to do takes no lease. The lease of the dead up expires by itself.
        expect((await leftovers(stack)).filter(text => !text.startsWith("lease of"))).toEqual([]);
    });

    it("fault 19: a link that HAProxy does not follow is moved back, and the old color was not stopped", async () => {
        const before = await lifeOf(stack, "blue");
        set({ ...sample("v2"), previousColor: "stop" });
        const load = await underLoad(
            "a link that HAProxy does not follow",
            stack,
            async load => {
                const run = await HaltedRun.at("link: confirm", stack);
                // As if HAProxy had never got the link. Its file and the record are right.
                await front.linkByHand("web", "blue");
                run.resume();
                const printed = expectFailure(await run.command.result);
                expect(printed).toContain("the link was moved back to blue");
                await load.mark("moved back");
            },
            withoutWebSockets,
        );
        expect(seen(load).at(-1)).toEqual(["v1"]);
        expect(await lifeOf(stack, "blue")).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("fault 20: a drain waits for a WebSocket and a download, then cuts and counts them; new requests go to the new color", async () => {
        set({ ...sample("v2"), previousColor: "stop", onDrainTimeout: "close", drainTimeout: "3s" });
        const [short, long, webSocket] = await Promise.all([
            openStream(stack.url, 1),
            openStream(stack.url, 120),
            OpenWebSocket.open(stack.url),
        ]);
        const { live: previous } = await outputsOf(stack);
        let printed = "";
        const load = await underLoad(
            "long requests at drain, onDrainTimeout: close",
            stack,
            async load => {
                printed = expectSuccess(await stack.up()).stdout;
                await load.mark("afterwards");
            },
            onlyShort,
        );
        expect(seen(load).at(-1)).toEqual(["v2"]);
        expect((await short.body).trimEnd().split("\n")).toHaveLength(10);
        await expect(long.body).rejects.toThrow();
        expect(webSocket.closed).toBeDefined();
        expect(printed).toMatch(
            RegExp(`drainTimeout: 2 open requests(?: and 1 connections' old worker)? cut on ${previous}`),
        );
    });

    it("fault 20: with onDrainTimeout: wait the release stops with a count and cuts nothing, and the next up ends it", async () => {
        set({ ...sample("v1"), onDrainTimeout: "wait", progressDeadline: "61s" });
        const { live: old } = await outputsOf(stack);
        const webSocket = await OpenWebSocket.open(stack.url);
        const load = await underLoad(
            "a WebSocket at drain, onDrainTimeout: wait",
            stack,
            async () => {
                const printed = expectFailure(await stack.up());
                expect(printed).toContain(`web: ${old} is still in use: not in time; seen last: 1 open request`);
                expect(await webSocket.echo()).toBe("v2");
                webSocket.end();
                expectSuccess(await stack.up());
            },
            onlyShort,
        );
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect((await containersOf(stack, "green")).map(({ state }) => state)).toEqual(["exited"]);
        set({ onDrainTimeout: "close", previousColor: "keep", progressDeadline: undefined });
    });

    it("fault 21: an old app that ignores SIGTERM is killed after stopGracePeriod, when nothing is open on it", async () => {
        set({ ...sample("broken-term"), stopGracePeriod: "2s" });
        expectSuccess(await stack.up());
        set({ ...sample("v1"), previousColor: "stop", drainTimeout: "20s" });
        await underLoad(
            "an old app that ignores SIGTERM",
            stack,
            async () => {
                expectSuccess(await stack.up());
            },
            withoutWebSockets,
        );
        const { live } = await outputsOf(stack);
        const old = await containersOf(stack, live === "blue" ? "green" : "blue");
        expect(old.map(({ state, exitCode }) => `${state} ${exitCode}`)).toEqual(["exited 137"]);
        set({ previousColor: "keep", drainTimeout: "3s", stopGracePeriod: undefined });
    });

    it("fault 22: the fix of a broken stable release is released by its own health", async () => {
        set(runs(breakable));
        expectSuccess(await stack.up());
        const { live } = await outputsOf(stack);
        const [container] = await containersOf(stack, live as "blue" | "green");
        await exec(front.engine, container!.name, ["touch", "/tmp/broken"]);
        set(sample("v2"));
        expectSuccess(await stack.up());
        const load = await underLoad("after the fix of a broken release", stack, served);
        expect(Object.keys(load.byVersion)).toEqual(["v2"]);
    });

    it("fault 23: a rollback whose target has failed too ends after one attempt, with an error", async () => {
        const { live } = await outputsOf(stack);
        const predecessor = live as "blue" | "green";
        const other = predecessor === "blue" ? "green" : "blue";
        set({ ...runs(badForUsers), bakeTime: "30s" });
        const load = await underLoad(
            "a rollback that has nowhere to go, then something that works",
            stack,
            async load => {
                const run = await HaltedRun.at("link: bake", stack);
                const [container] = await containersOf(stack, predecessor);
                await front.engine.docker.getContainer(container!.id).update({ RestartPolicy: { Name: "no" } });
                await front.engine.docker.getContainer(container!.id).kill();
                run.resume();
                const printed = expectFailure(await run.command.result);
                expect(printed).toContain(
                    `the link cannot be moved back: ${predecessor} has no container that is ready`,
                );
                expect(printed).toContain(`The link stays on ${other}`);
                expect((await front.service("web")).live).toBe(other);
                set({ ...sample("v1"), bakeTime: "0s" });
                expectSuccess(await stack.up());
                await load.mark("afterwards");
            },
            { ...onlyShort, allowed: errorsOfSick },
        );
        expect(seen(load).at(-1)).toEqual(["v1"]);
    });

    it("fault 25: when the old color cannot be removed, the release warns and is done, and the next up tries again", async () => {
        set({ ...sample("v2"), previousColor: "remove" });
        const { live: previous } = await outputsOf(stack);
        const ids = (await containersOf(stack, previous as "blue" | "green")).map(({ id }) => id);
        proxy.refuses = ({ method, path }) => method === "DELETE" && ids.some(id => path.includes(id));
        await underLoad(
            "a color that cannot be removed",
            stack,
            async load => {
                const { stdout } = expectSuccess(await stack.up());
                expect(stdout).toContain("Users are not affected, and the next up tries it again");
                await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
            },
            withoutWebSockets,
        );
        proxy.refuses = () => false;
        expectSuccess(await stack.up());
        expect((await front.record("web")).intent).toBeUndefined();
        const { live } = await outputsOf(stack);
        expect(await containersOf(stack, live === "blue" ? "green" : "blue")).toEqual([]);
        set({ previousColor: "keep" });
    });

    it("fault 25: when the record cannot be written, nothing is switched", async () => {
        const { live } = await outputsOf(stack);
        set(sample("v1"));
        const services = `${folders.record}/services`;
        const load = await underLoad("a record that cannot be written", stack, async () => {
            const run = await HaltedRun.at("link: intent", stack);
            // A file in the folder's place refuses a write as a full disk does.
            await inAnchor(stack, `mv ${services} ${services}.away && touch ${services}`);
            run.resume();
            expectFailure(await run.command.result);
            await inAnchor(stack, `rm ${services} && mv ${services}.away ${services}`);
            expect((await front.service("web")).live).toBe(live);
        });
        expect(Object.keys(load.byVersion)).toEqual(["v2"]);
        expectSuccess(await stack.up());
        expect(await outputsOf(stack)).toMatchObject({ live: live === "blue" ? "green" : "blue" });
    });
});
