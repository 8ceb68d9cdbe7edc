import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { oneAfterTheOther, outputsOf, type ScenarioOptions, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Users of one host are told apart by a header. They ask all the time, with the header and without it.

const header = { "x-beta": "yes, please" };
const host = { hosts: ["beta.example.com"] };
let stack: TestStack;

beforeAll(async () => {
    if (isFull) {
        const { web } = webStack().services as { web: object };
        const beta = { ...web, replicas: 1, routes: [host] };
        stack = await createStack({ config: webStack({ default: true }, { services: { beta } }) });
        expectSuccess(await stack.up());
    }
});

afterAll(() => stack?.cleanup());

describe.runIf(isFull)("A route by header", () => {
    oneAfterTheOther();

    it("opens and takes the requests with that header alone", async () => {
        const { byVersion } = await withBoth("a route by header opens", ["web", "beta"], async () => {
            stack.setConfig("services.beta.routes", [host, { headers: { "X-Beta": "yes, please" } }]);
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("takes * if x-beta=yes%2C%20please");
        });
        expect(Object.keys(byVersion)).toEqual(["v1"]);
        expect(expectSuccess(await stack.up()).stdout).not.toMatch(/updated|created|replaced/);
    });

    it("leads to the new release of its service, and back", async () => {
        for (const [version, live] of [
            ["v2", "green"],
            ["v1", "blue"],
        ] as const) {
            await withBoth(`a service with a route by header gets ${version}`, ["beta"], async () => {
                stack.setConfig("services.beta.image", `relink-hello:${version}`);
                expectSuccess(await stack.up());
            });
            expect(await outputsOf(stack, "beta")).toMatchObject({ live });
        }
    });

    it("goes to another service, and is given up, without a lost request", async () => {
        await withBoth("a route by header changes its service", ["web", "beta"], async () => {
            stack.setConfig("services.beta.routes", [host]);
            stack.setConfig("services.web.routes", [{ headers: header }]);
            expectSuccess(await stack.up());
        });
        await withBoth("a route by header is given up", ["web"], async () => {
            stack.setConfig("services.web.routes", []);
            expectSuccess(await stack.up());
        });
        expect(expectSuccess(await stack.up()).stdout).not.toMatch(/updated|created|replaced/);
    });
});

/** Asks without the header, which web answers, and with it, which one of `services` answers. */
async function withBoth(scenario: string, services: string[], act: () => Promise<void>) {
    const options: ScenarioOptions = { headers: header, answeredBy: { services }, ratePerSecond: 100 };
    let last!: Awaited<ReturnType<typeof underLoad>>;
    await underLoad(`${scenario}: without it`, stack, async () => {
        last = await underLoad(`${scenario}: with it`, stack, act, options);
    });
    return last;
}
