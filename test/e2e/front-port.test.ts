import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectFailure, expectSuccess } from "../support/command";
import { findFreePorts } from "../support/freePorts";
import { isFull } from "../support/isFull";
import { containersOf, lifeOf, outputsOf, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Another published port, by the recipe of the error. It costs a gap, which is measured. It needs `RELINK_FULL=1`.

/** A busy machine may take ten times the 12 s that the error names, milliseconds. */
const longestGapMs = 120_000;
/** How often the new port is asked, milliseconds. */
const everyMs = 50;

let stack: TestStack;

beforeAll(async () => {
    if (isFull) {
        stack = await createStack({ config: webStack() });
        expectSuccess(await stack.up());
    }
});

afterAll(() => stack?.cleanup());

describe.runIf(isFull)("another published port", () => {
    it("is refused with a recipe, which publishes it after a gap and touches no container of a service", async () => {
        const before = await lifeOf(stack, "blue");
        const { http: port } = await findFreePorts();
        stack.setConfig("front.http.port", port);
        const printed = expectFailure(await stack.up());
        const recipe = `docker rm -f ${stack.front} && pulumi up --refresh --yes --skip-preview`;
        expect(printed).toContain(`cannot become ${port}`);
        expect(printed).toContain(recipe);
        expect(await lifeOf(stack, "blue")).toEqual(before);

        const began = performance.now();
        const applied = stack.shell(`${recipe} --stack ${stack.name}`);
        let answered: number | undefined;
        while (answered === undefined && performance.now() - began < longestGapMs) {
            const isServed = await fetch(`http://127.0.0.1:${port}/`).then(
                ({ ok }) => ok,
                () => false,
            );
            answered = isServed ? performance.now() : undefined;
            await new Promise(resolve => setTimeout(resolve, everyMs));
        }
        expectSuccess(await applied);
        expect(answered).toBeDefined();
        console.log(`scenario another port: gap ${Math.round(answered! - began)} ms`);
        expect(await lifeOf(stack, "blue")).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", url: `http://127.0.0.1:${port}` });
        expect(await containersOf(stack, "green")).toEqual([]);
        expect(expectSuccess(await stack.preview()).stderr).toContain("nothing to do");
    });

    it("that another program holds gets no recipe", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        stack.setConfig("front.preview.port", port);
        const printed = expectFailure(await stack.preview());
        expect(printed).toContain(`could not publish port ${port} either`);
        expect(printed).not.toContain("docker rm");
        server.close();
    });
});
