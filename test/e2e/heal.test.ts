import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { LinkValue } from "../../model/LinkValue";
import { expectFailure, expectSuccess } from "../support/command";
import { gapUnderLoad } from "../support/gap";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { inAnchor } from "../support/leftovers";
import type { LoadResult } from "../support/load";
import { containersOf, lifeOf, oneAfterTheOther, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { until } from "../support/until";

describe("A front that heals by itself", () => {
    const engine = Engine.connect();
    let stack: TestStack;
    let front: LiveFront;

    oneAfterTheOther();

    beforeAll(async () => {
        stack = await createStack({ config: webStack() });
        expectSuccess(await stack.up());
        stack.setConfig("services.web.image", "relink-hello:v2");
        expectSuccess(await stack.up());
        front = new LiveFront(stack);
    });

    afterAll(() => stack?.cleanup());

    /** Kills a container's first process, as a crash does. After `docker kill`, Docker would not start it again. */
    async function crash(name: string): Promise<undefined> {
        const { State } = await engine.docker.getContainer(name).inspect();
        process.kill(State.Pid, "SIGKILL");
    }

    /** Stops the shell in a generation that watches its anchor, so that the generation outlives the anchor. */
    async function hangWatch(name: string): Promise<void> {
        const { State } = await engine.docker.getContainer(name).inspect();
        const children = await readFile(`/proc/${State.Pid}/task/${State.Pid}/children`, "utf8");
        for (const pid of children.trim().split(" ").map(Number)) {
            if ((await readFile(`/proc/${pid}/comm`, "utf8")).trim() === "sh") {
                process.kill(pid, "SIGSTOP");
                return;
            }
        }
        throw new Error(`no shell in ${name}`);
    }

    async function generation(): Promise<string> {
        return (await front.observe()).generations.at(-1)!.name;
    }

    /**
     * Waits until exactly these serve.
     *
     * @param wanted numbers of generations, or `stand-in`
     */
    async function isServed(wanted: string[]): Promise<void> {
        await until(
            async seen => {
                const { workers = [] } = (await front.observe()).front ?? {};
                const servers = [...new Set(workers.filter(({ old }) => !old).map(({ generation }) => generation))];
                seen(`${servers} serve`);
                return servers.sort().join() === wanted.join() ? true : undefined;
            },
            { deadline: Date.now() + 20_000, what: `not (only) ${wanted} serve` },
        );
    }

    /** Expects that green serves with the confirmed link, and that an `up` has nothing to do. */
    async function expectHealed(result: LoadResult): Promise<void> {
        expect(Object.keys(result.byVersion)).toEqual(["v2"]);
        const service = await front.service("web");
        expect(service).toMatchObject({ live: "green", confirmed: "green", green: { running: 2, replicas: 2 } });
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).toContain("nothing to do: green serves relink-hello:v2");
    }

    it("fault 17: a killed HAProxy comes back with the confirmed link", async () => {
        await expectHealed(
            await gapUnderLoad("HAProxy killed", stack, async () => crash(await generation()), {
                documented: "HAProxy killed",
            }),
        );
    });

    it.runIf(isFull)(
        "fault 17: HAProxy ends with a killed worker, and comes back with the confirmed link",
        async () => {
            const name = await generation();
            const { startedAt } = (await front.observe()).generations.at(-1)!;
            const result = await gapUnderLoad(
                "HAProxy's worker killed",
                stack,
                async () => {
                    const { workers = [] } = (await front.observe()).front ?? {};
                    const kill = ["sh", "-c", `kill -KILL ${workers[0]?.pid}`];
                    expect(await exec(engine, name, kill)).toMatchObject({ exitCode: 0 });
                    return undefined;
                },
                { documented: "HAProxy killed" },
            );
            await expectHealed(result);
            expect((await front.observe()).generations.at(-1)?.startedAt).not.toEqual(startedAt);
        },
    );

    it("a killed anchor comes back, and HAProxy joins its new network namespace", async () => {
        for (const time of isFull ? ["first", "second", "third", "fourth"] : ["first"]) {
            await expectHealed(
                await gapUnderLoad(`anchor killed, ${time} time`, stack, () => crash(stack.front), {
                    documented: "anchor killed again and again",
                }),
            );
        }
    });

    it.runIf(isFull)("HAProxy joins an anchor that somebody has restarted", async () => {
        const result = await gapUnderLoad(
            "docker restart of the anchor",
            stack,
            async () => {
                await engine.docker.getContainer(stack.front).restart({ t: 2 });
                return undefined;
            },
            { documented: "anchor killed again and again" },
        );
        await expectHealed(result);
    });

    it.runIf(isFull)("HAProxy joins an anchor that somebody has stopped and started", async () => {
        const anchor = engine.docker.getContainer(stack.front);
        const result = await gapUnderLoad(
            "docker stop and start of the anchor",
            stack,
            async () => {
                await anchor.stop({ t: 2 });
                await anchor.start();
                return undefined;
            },
            { documented: "anchor killed again and again" },
        );
        await expectHealed(result);
    });

    it("while somebody restarts a generation, the anchor stands in and no request is lost", async () => {
        const name = await generation();
        for (const time of isFull ? ["once", "and again"] : ["once"]) {
            const load = await underLoad(
                `docker restart of the generation, ${time}`,
                stack,
                async () => {
                    await engine.docker.getContainer(name).restart();
                    await isServed(["1"]);
                },
                { mix: withoutWebSockets },
            );
            await expectHealed(load);
        }
        expect(await generation()).toBe(name);
    });

    it("after somebody stopped a generation, the anchor stands in until an up starts another, and no request is lost", async () => {
        const name = await generation();
        const load = await underLoad(
            "docker stop of the generation",
            stack,
            async () => {
                await engine.docker.getContainer(name).stop();
                await isServed(["stand-in"]);
                expectSuccess(await stack.up());
                await isServed(["2"]);
            },
            { mix: withoutWebSockets },
        );
        await expectHealed(load);
        expect((await front.observe()).containers.map(container => container.name)).not.toContain(name);
    });

    it("fault 17: after docker kill of a generation, the anchor stands in until an up starts another", async () => {
        const name = await generation();
        const result = await gapUnderLoad(
            "docker kill of the generation",
            stack,
            async () => {
                await engine.docker.getContainer(name).kill();
                return undefined;
            },
            {
                documented: "HAProxy kept down",
                afterwards: async () => {
                    await isServed(["stand-in"]);
                    expectSuccess(await stack.up());
                    await isServed(["3"]);
                },
            },
        );
        await expectHealed(result);
        expect((await front.observe()).containers.map(container => container.name)).not.toContain(name);
    });

    it("when HAProxy's master hangs, preview and up name its container and the command, and its worker serves on", async () => {
        const name = await generation();
        const master = (await front.observe()).front!.generations[0]!.masterPid;
        const signal = (what: string) => exec(engine, name, ["sh", "-c", `kill -${what} ${master}`]);
        const load = await underLoad(
            "HAProxy's master hangs",
            stack,
            async () => {
                expect(await signal("STOP")).toMatchObject({ exitCode: 0 });
                const printed = [expectFailure(await stack.preview()), expectFailure(await stack.up())];
                for (const text of printed) {
                    expect(text).toContain(`HAProxy's master in the container ${name} does not answer`);
                    expect(text).toContain(`docker restart ${name}`);
                }
                const { stdout } = await stack.look("status").result;
                expect(stdout).toContain("does not answer");
            },
            { mix: withoutWebSockets },
        );
        await engine.docker.getContainer(name).restart();
        await isServed([name.split("-").at(-1)!]);
        await expectHealed(load);
    });

    it("a killed container of the live color comes back at its own address, while the other one serves", async () => {
        const [container] = await containersOf(stack, "green");
        const result = await gapUnderLoad("live container killed", stack, () => crash(container!.name), {
            documented: "nothing is lost",
        });
        await expectHealed(result);
        const [again] = await containersOf(stack, "green");
        expect(again).toMatchObject({ name: container!.name, address: container!.address, state: "running" });
    });

    it("HAProxy that starts with an old map serves what it says, until an up repairs it from the record", async () => {
        await inAnchor(stack, `sed -i 's/^web .*/web ${LinkValue.to("blue")}/' /relink/config/current/maps/link.map`);
        const [before] = await containersOf(stack, "blue");
        await gapUnderLoad(
            "HAProxy restarted with an old map",
            stack,
            async () => {
                await engine.docker.getContainer(await generation()).restart({ t: 2 });
                return undefined;
            },
            {
                documented: "nothing is lost",
                afterwards: async load => {
                    expect(await front.service("web")).toMatchObject({ live: "blue", confirmed: "green" });
                    const refused = await stack.up();
                    expect(refused.code).not.toBe(0);
                    expect(refused.stdout + refused.stderr).toContain(
                        "HAProxy links it to blue, but the last confirmed link is green",
                    );
                    stack.setConfig("services.web.driftPolicy", "repair");
                    expectSuccess(await stack.up());
                    const { byVersion } = await load.snapshot();
                    await load.until(
                        now => (now.byVersion.v2?.requests ?? 0) > (byVersion.v2?.requests ?? 0) + 50,
                        "v2",
                    );
                },
            },
        );
        expect(await front.service("web")).toMatchObject({ live: "green", confirmed: "green" });
        expect(await inAnchor(stack, "cat /relink/config/current/maps/link.map")).toContain(
            `web ${LinkValue.to("green")}`,
        );
        expect((await containersOf(stack, "blue"))[0]).toMatchObject({ id: before!.id, state: "running" });
        stack.setConfig("services.web.driftPolicy", undefined);
    });

    it("after somebody removed the anchor, up says what to do, and pulumi up --refresh restores it", async () => {
        const before = [...(await lifeOf(stack, "blue")), ...(await lifeOf(stack, "green"))];
        // Its HAProxy still has the listening sockets when the next one starts, and must not hand them over.
        await hangWatch(await generation());
        await engine.docker.getContainer(stack.front).remove({ force: true });
        expect(expectFailure(await stack.up())).toContain("Run pulumi up --refresh");
        expectSuccess(await stack.up(["--refresh"]));
        expect([...(await lifeOf(stack, "blue")), ...(await lifeOf(stack, "green"))]).toEqual(before);
        const load = await underLoad(
            "an anchor made anew",
            stack,
            async load => {
                await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 600, "v2 answers");
            },
            { mix: withoutWebSockets },
        );
        await expectHealed(load);
    });
});
