import axios from "axios";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Color } from "../../model/Color";
import { expectSuccess } from "../support/command";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

describe("A user's own lines of HAProxy's configuration", () => {
    oneAfterTheOther();

    let stack: TestStack;

    beforeAll(async () => {
        stack = await createStack({ config: webStack() });
        expectSuccess(await stack.up());
    });

    afterAll(() => stack?.cleanup());

    const ask = (path: string) => axios.get(`${stack.url}${path}`, { validateStatus: () => true });

    /** @returns what a failed `up` printed, which changed nothing for users */
    async function refused(scenario: string): Promise<string> {
        const { live } = (await outputsOf(stack)) as { live: Color };
        const before = await lifeOf(stack, live);
        let printed = "";
        const load = await underLoad(
            scenario,
            stack,
            async () => {
                const { code, stdout, stderr } = await stack.up();
                printed = stdout + stderr;
                expect(code, printed).not.toBe(0);
            },
            { mix: withoutWebSockets },
        );
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(before).toHaveLength(2);
        expect(await lifeOf(stack, live)).toEqual(before);
        return printed;
    }

    it("are in force after one up, without a lost request", async () => {
        stack.setConfig("front.haproxy.frontend", [
            "http-request deny deny_status 403 if { path_beg /internal } !{ var(txn.confirmed) -m bool }",
        ]);
        stack.setConfig("front.haproxy.global", ["tune.bufsize 32768"]);
        stack.setConfig("services.web.haproxy.backend", ["http-response set-header x-own yes"]);
        await underLoad("a user's own lines", stack, async () => {
            expectSuccess(await stack.up());
        });
        expect((await ask("/internal")).status).toBe(403);
        expect((await ask("/")).headers["x-own"]).toBe("yes");
    });

    it("that HAProxy refuses fail the up with the setting, and the configuration in force stays", async () => {
        stack.setConfig("front.haproxy.frontend", ["http-request deny if { path_beg /internal }", "nonsense here"]);
        const printed = await refused("a line for the front that HAProxy refuses");
        expect(printed).toContain("relink:front.haproxy.frontend[1] (nonsense here): unknown keyword 'nonsense'");
        expect((await ask("/internal")).status).toBe(403);
        stack.setConfig("front.haproxy.frontend", ["http-request deny if { path_beg /internal }"]);
    });

    it("of a service that HAProxy refuses fail its release with the setting", async () => {
        stack.setConfig("services.web.haproxy.backend", ["balance nonsense"]);
        const printed = await refused("a line for a service that HAProxy refuses");
        expect(printed).toContain("relink:services.web.haproxy.backend[0] (balance nonsense)");
        stack.setConfig("services.web.haproxy.backend", []);
        expectSuccess(await stack.up());
        expect((await ask("/")).headers["x-own"]).toBeUndefined();
    });
});
