import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { sickInTraffic } from "../support/faultyApps";
import { containersOf, lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// One stack on which one release after the other fails, and then one succeeds.
let stack: TestStack;
let blue: string[];

beforeAll(async () => {
    stack = await createStack({ config: webStack() });
    expectSuccess(await stack.up());
    blue = await lifeOf(stack, "blue");
});

afterAll(async () => {
    await stack?.cleanup();
});

/**
 * Releases what cannot work, under load. The live color may not change.
 *
 * @returns what Pulumi printed
 */
async function refused(scenario: string, settings: Record<string, unknown>): Promise<string> {
    for (const [key, value] of Object.entries(settings)) {
        stack.setConfig(`services.web.${key}`, value);
    }
    let printed = "";
    const load = await underLoad(scenario, stack, async () => {
        const { code, stdout, stderr } = await stack.up();
        printed = `${stdout}${stderr}`;
        expect(code, printed).not.toBe(0);
    });
    expect(Object.keys(load.byVersion)).toEqual(["v1"]);
    expect(await lifeOf(stack, "blue")).toEqual(blue);
    expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    return printed;
}

/** Expects that the containers of a failed release are stopped and kept for their logs. */
async function expectStoppedGreen(containers: number): Promise<void> {
    const green = await containersOf(stack, "green");
    expect(green.map(({ state, restartPolicy }) => `${state}, ${restartPolicy}`)).toEqual(
        Array(containers).fill("exited, no"),
    );
}

describe("A broken image is refused, and the live color untouched", () => {
    oneAfterTheOther();

    it("fault 1: an image that exits is refused at once, with the container's last log lines", async () => {
        const printed = await refused("broken image: exits", { image: "relink-hello:broken-exit" });
        expect(printed).toContain("exited with code 3");
        expect(printed).toContain("cannot go on: this release is broken on purpose");
        expect(printed).toContain("nothing was switched");
        await expectStoppedGreen(2);
    });

    it("fault 5: an image that never becomes healthy is refused after healthyDeadline, with the last check and the log", async () => {
        const image = "relink-hello:broken-unhealthy";
        const printed = await refused("broken image: never healthy", { image, healthyDeadline: "6s" });
        expect(printed).toContain("not healthy within 6.0 s (healthyDeadline)");
        expect(printed).toContain("500");
        expect(printed).toContain("hello broken-unhealthy listens on port 8080");
        await expectStoppedGreen(2);
    });

    it("fault 3: an image on a wrong port is refused after healthyDeadline, and its log says which port it listens on", async () => {
        const printed = await refused("broken image: wrong port", { image: "relink-hello:broken-port" });
        expect(printed).toContain("not healthy within 6.0 s (healthyDeadline)");
        expect(printed).toMatch(
            /nothing listens on port 8080 yet \(relink:services\.web\.port\), .*Connection refused/i,
        );
        expect(printed).toContain("hello broken-port listens on port 8081");
        await expectStoppedGreen(2);
    });

    it("fault 2: a missing image is refused before anything is touched", async () => {
        const green = await lifeOf(stack, "green");
        const printed = await refused("broken image: no such image", { image: "relink-hello:no-such-tag" });
        expect(printed).toMatch(/image relink-hello:no-such-tag/);
        expect(printed).toContain("blue goes on serving");
        expect(await lifeOf(stack, "green")).toEqual(green);
    });

    it("an image that is healthy only until users come gets the link, which cannot be confirmed and moves back", async () => {
        const command = ["node", "-e", sickInTraffic];
        // With slow checks HAProxy still takes it for healthy when the confirming request comes.
        const health = { path: "/healthz", interval: "2s" };
        const settings = { image: "relink-hello:v2", command, replicas: 1, health, healthyDeadline: "90s" };
        for (const [key, value] of Object.entries(settings)) {
            stack.setConfig(`services.web.${key}`, value);
        }
        let printed = "";
        const load = await underLoad(
            "a link that cannot be confirmed",
            stack,
            async load => {
                const { code, stdout, stderr } = await stack.up();
                printed = `${stdout}${stderr}`;
                expect(code, printed).not.toBe(0);
                await load.mark("moved back");
            },
            { mix: { post: 2, newConnection: 1 } },
        );
        expect(printed).toMatch(/answered 500 to the confirming request; the link was moved back to blue/);
        // Users reached it meanwhile.
        expect(load.byVersion.sick?.requests).toBeGreaterThan(0);
        expect(Object.keys(load.phases.at(-1)?.byVersion ?? {})).toEqual(["v1"]);
        expect(await lifeOf(stack, "blue")).toEqual(blue);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("a release that was judged bad is not tried again by itself", async () => {
        const green = await lifeOf(stack, "green");
        const printed = await refused("judged bad", {});
        expect(printed).toContain("was judged bad");
        expect(await lifeOf(stack, "green")).toEqual(green);
    });

    it("a good image is released after all that", async () => {
        const old = (await containersOf(stack, "green")).map(({ id }) => id);
        stack.setConfig("services.web.command", undefined);
        stack.setConfig("services.web.health.interval", "500ms");
        stack.setConfig("services.web.replicas", 2);
        const load = await underLoad("a good image after failures", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        const green = await containersOf(stack, "green");
        expect(green.map(({ state }) => state)).toEqual(["running", "running"]);
        expect(green.filter(({ id }) => old.includes(id))).toEqual([]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });
});
