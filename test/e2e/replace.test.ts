import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { urnOf } from "../support/resources";
import { lifeOf, oneAfterTheOther, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { everythingNamedAfter } from "../support/sweep";

// Rule 11 of docs/design.md: a replacement never ends a container. Both colors hold a release, and green is live. Every
// resource of relink's is replaced under load.

let stack: TestStack;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ minHealthyTime: "500ms" }) });
    expectSuccess(await stack.up());
    stack.setConfig("services.web.image", "relink-hello:v2");
    expectSuccess(await stack.up());
});

afterAll(() => stack?.cleanup());

async function lives(): Promise<string[]> {
    return [...(await lifeOf(stack, "blue")), ...(await lifeOf(stack, "green"))];
}

async function replace(resources: string[]): Promise<void> {
    const before = [await lives(), await everythingNamedAfter(stack.front)];
    const urns = await Promise.all(resources.map(resource => urnOf(stack, resource)));
    const load = await underLoad(`up --replace of ${resources.join(", ")}`, stack, async () => {
        const { stdout } = expectSuccess(await stack.up(urns.flatMap(urn => ["--replace", urn])));
        expect(stdout).toMatch(new RegExp(`${resources.length} replaced`));
    });
    expect(Object.keys(load.byVersion)).toEqual(["v2"]);
    expect([await lives(), await everythingNamedAfter(stack.front)]).toEqual(before);
}

describe("up --replace", () => {
    oneAfterTheOther();

    it.runIf(isFull)("of both Deployments, the Link and the FrontConfig one by one touches no container", async () => {
        await replace(["Deployment web-green"]);
        await replace(["Deployment web-blue"]);
        await replace(["Link web"]);
        await replace(["FrontConfig front-config"]);
    });

    it("of every resource of relink's at once, also the components, touches no container", async () => {
        await replace([
            "Deployment web-blue",
            "Deployment web-green",
            "Link web",
            "FrontConfig front-config",
            "ColorService web-blue",
            "ColorService web-green",
            "BlueGreenService web",
            "HaproxyFront front",
        ]);
    });

    it("leaves nothing to do, the next release works, and destroy leaves nothing behind", async () => {
        expect(expectSuccess(await stack.up()).stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        stack.setConfig("services.web.image", "relink-hello:v1");
        const load = await underLoad("return after replacements", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expectSuccess(await stack.destroy());
        expect(await everythingNamedAfter(stack.front)).toEqual([]);
    });
});
