import axios from "axios";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServiceStatus } from "../../commands/ServiceStatus";
import { Engine } from "../../docker/Engine";
import { expectSuccess } from "../support/command";
import { gapUnderLoad } from "../support/gap";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { containersOf, oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { until } from "../support/until";

// The containers of the live color hang, and the color before answers. Each test goes on where the one before ended.
describe.runIf(isFull)("Failover", () => {
    oneAfterTheOther();

    const engine = Engine.connect();
    let stack: TestStack;
    let front: LiveFront;

    beforeAll(async () => {
        const health = { path: "/healthz", interval: "500ms", timeout: "500ms" };
        stack = await createStack({ config: webStack({ failover: true, health, stopGracePeriod: "1s" }) });
        expectSuccess(await stack.up());
        stack.setConfig("services.web.image", "relink-hello:v2");
        expectSuccess(await stack.up());
        front = new LiveFront(stack);
    });

    afterAll(() => stack?.cleanup());

    /** Stops or continues the processes of green's containers. Docker has them running, so this is no drift. */
    async function signal(name: "SIGSTOP" | "SIGCONT"): Promise<void> {
        for (const { id } of await containersOf(stack, "green")) {
            const { State } = await engine.docker.getContainer(id).inspect();
            process.kill(State.Pid, name);
        }
    }

    /** Both containers of the live color hang. @returns the versions that answered */
    async function hang(scenario: string): Promise<string[]> {
        const harm = async () => {
            await signal("SIGSTOP");
            return undefined;
        };
        return Object.keys(
            (await gapUnderLoad(scenario, stack, harm, { documented: "live color down, with failover" })).byVersion,
        );
    }

    async function failover(): Promise<"waits" | "answers" | undefined> {
        return (await front.service("web")).failover;
    }

    async function figure(): Promise<string | undefined> {
        const { data } = await axios.get<string>(`http://127.0.0.1:${stack.ports.metrics}/metrics`);
        return /^haproxy_sticktable_used\{name="failover\.web".*\} (\d+)$/m.exec(data)?.[1];
    }

    it("waits once the release is live, and has nothing to do then", async () => {
        expect(await failover()).toBe("waits");
        expect(await figure()).toBe("0");
        expect(expectSuccess(await stack.up()).stdout).toContain("nothing to do: green serves relink-hello:v2");
    });

    it("answers while every container of the live color hangs, and says so", async () => {
        expect((await hang("every live container hangs, with failover")).sort()).toEqual(["v1", "v2"]);
        expect(await failover()).toBe("answers");
        expect(await figure()).toBe("1");
        const { stdout } = await stack.look("status", ["--json"]).result;
        const [web] = (JSON.parse(stdout) as { services: ServiceStatus[] }).services;
        expect(web).toMatchObject({ live: "green", failover: "answers" });
        expect(web?.problems[0]).toBe("failover: blue answers in place of green, which has no container that is up");
        const again = expectSuccess(await stack.up()).stdout;
        expect(again).toContain("blue answers in place of green, which has no container that is up");
        expect(again).not.toMatch(/updated|created|replaced/);
    });

    it("gives the requests back without a loss once the live color is up again", async () => {
        await underLoad(
            "the live color comes back",
            stack,
            async () => {
                await signal("SIGCONT");
                await until(async () => ((await failover()) === "waits" ? true : undefined), {
                    deadline: Date.now() + 30_000,
                    what: "green is not back",
                });
            },
            { mix: withoutWebSockets },
        );
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    it("is followed by the link before a release, which replaces what hangs, without a lost request", async () => {
        await hang("every live container hangs again, with failover");
        await underLoad(
            "a release while failover answers",
            stack,
            async () => {
                stack.setConfig("services.web.env", { LEVEL: "debug" });
                const { stdout } = expectSuccess(await stack.up());
                expect(stdout).toContain("first the link moves green => blue, which answers in its place (failover)");
            },
            { mix: withoutWebSockets },
        );
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        expect(await failover()).toBe("waits");
        expect(expectSuccess(await stack.up()).stdout).not.toMatch(/updated|created|replaced/);
    });

    it("ends with its setting, without a lost request", async () => {
        await underLoad(
            "failover is turned off",
            stack,
            async () => {
                stack.setConfig("services.web.failover", false);
                expect(expectSuccess(await stack.up()).stdout).toContain("blue no longer answers in place of green");
            },
            { mix: withoutWebSockets },
        );
        expect(await failover()).toBeUndefined();
        expect(await figure()).toBeUndefined();
    });
});
