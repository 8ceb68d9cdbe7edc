import axios from "axios";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { failingUp, oneAfterTheOther, outputsOf, type ScenarioOptions, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Containers with a second port, on which another app answers. Users ask both ports all the time.

const hostHeader = "admin.example.com";
const atPort = (port: number) => [{ hosts: [hostHeader], port }];
const admin: ScenarioOptions = { hostHeader, answeredBy: { services: ["admin"] }, ratePerSecond: 100 };
let stack: TestStack;

beforeAll(async () => {
    if (isFull) {
        const entrypoint = ["sh", "-c", "PORT=$ADMIN_PORT RELINK_SERVICE=admin node server.js & exec node server.js"];
        const web = { default: true, entrypoint, command: [], env: { ADMIN_PORT: "9000" } };
        stack = await createStack({ config: webStack(web) });
        expectSuccess(await stack.up());
    }
});

afterAll(() => stack?.cleanup());

describe.runIf(isFull)("A second port of a service", () => {
    oneAfterTheOther();

    it("gets a route with a new release, and until then its host reaches the main port", async () => {
        await underLoad("a route to a second port opens", stack, async () => {
            stack.setConfig("services.web.routes", atPort(9000));
            expect(expectSuccess(await stack.up()).stdout).toContain(`${hostHeader} (own port)`);
        });
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        const { data } = await axios.get(stack.url, { headers: { host: hostHeader } });
        expect(data).toMatchObject({ service: "admin", color: "green" });
        expect(expectSuccess(await stack.up()).stdout).not.toMatch(/updated|created|replaced/);
    });

    it("is released and returned with the main one, without a lost request on either", async () => {
        for (const [version, live] of [
            ["v2", "blue"],
            ["v1", "green"],
        ] as const) {
            await onBoth(`a service with two ports gets ${version}`, async () => {
                stack.setConfig("services.web.image", `relink-hello:${version}`);
                expectSuccess(await stack.up());
            });
            expect(await outputsOf(stack)).toMatchObject({ live });
        }
    });

    it("changes with the release: the old one listens on one port alone, the new one on the other", async () => {
        await onBoth("a second port changes its number", async () => {
            stack.setConfig("services.web.env.ADMIN_PORT", "9001");
            stack.setConfig("services.web.routes", atPort(9001));
            expectSuccess(await stack.up());
        });
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("has to answer before a release gets requests", async () => {
        stack.setConfig("services.web.healthyDeadline", "10s");
        stack.setConfig("services.web.routes", atPort(9002));
        const { printed } = await failingUp("nothing listens on a second port", stack, admin);
        expect(printed).toContain("nothing listens on one of the ports 8080, 9002 yet");
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        stack.setConfig("services.web.routes", atPort(9001));
        expectSuccess(await stack.up());
    });

    it("is given up, and its host reaches the main port again", async () => {
        await underLoad("a second port is given up", stack, async () => {
            stack.setConfig("services.web.routes", []);
            expectSuccess(await stack.up());
        });
        const { data } = await axios.get(stack.url, { headers: { host: hostHeader } });
        expect(data).toMatchObject({ service: "web" });
    });
});

/** Does something while users ask both ports. */
async function onBoth(scenario: string, act: () => Promise<void>): Promise<void> {
    await underLoad(
        `${scenario}: main port`,
        stack,
        async () => {
            await underLoad(`${scenario}: second port`, stack, act, admin);
        },
        { ratePerSecond: 100 },
    );
}
