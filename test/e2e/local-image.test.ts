import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { expectSuccess } from "../support/command";
import { commitImage } from "../support/localImages";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// One stack whose image only the Docker host has; the order matters.
let stack: TestStack;
let image: string;
/** Ids of the images that had the name, oldest first. */
const ids: string[] = [];

beforeAll(async () => {
    stack = await createStack({ config: webStack() });
    image = `relink-test-${stack.name}:dev`;
    stack.setConfig("services.web.image", image);
    ids.push(await commitImage("relink-hello:v1", image, "build=1"));
});

afterAll(async () => {
    await stack?.cleanup();
    const { docker } = Engine.connect();
    for (const id of ids) {
        // The containerd image store removes an image that has no name any more.
        await docker
            .getImage(id)
            .remove({ force: true })
            .catch(() => {});
    }
});

describe("An image that only the Docker host has", () => {
    oneAfterTheOther();

    it("is released without a registry", async () => {
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).toContain("first release: blue gets");
        expect(stdout).not.toContain("The registry");
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", blue: { digest: ids[0] } });
    });

    it("is released again after it was built again under the same name", async () => {
        ids.push(await commitImage("relink-hello:v2", image, "build=2"));
        const load = await underLoad("a local image built again", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", green: { digest: ids[1] } });
    });

    it("is not released again while it is the same", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).toContain("nothing to do");
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
    });
});
