import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { TestRegistry } from "../support/registry";
import {
    containersOf,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    underLoad,
    webStack,
    withoutWebSockets,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// One registry and one stack; the order matters.
let registry: TestRegistry;
let stack: TestStack;
/** Digests of the images that had the tag `stable`, oldest first. */
const digests: string[] = [];

beforeAll(async () => {
    registry = await TestRegistry.start();
    digests.push(await registry.push("relink-hello:v1", "shop/web:stable"));
    stack = await createStack({ config: webStack({ image: `${registry.address}/shop/web:stable` }) });
    stack.setConfig(["registries", registry.address, "username"], registry.username);
});

afterAll(async () => {
    await stack?.cleanup();
    await registry?.remove();
});

const setPassword = (password: string) =>
    stack.setSecret(`relink:registries["${registry.address}"].password`, password);

describe("Images from a registry with a password", () => {
    oneAfterTheOther();

    it("with a wrong password are refused with the registry's name, and nothing is public", async () => {
        await setPassword("not-the-password");
        const { code, stdout, stderr } = await stack.up();
        const printed = `${stdout}${stderr}`;
        expect(code, printed).not.toBe(0);
        expect(printed).toContain(
            `The registry ${registry.address} denied the image ${registry.address}/shop/web:stable`,
        );
        expect(printed).toContain("relink:registries");
        expect(printed).not.toContain("not-the-password");
        expect(await lifeOf(stack, "blue")).toEqual([]);
    });

    it("with the right password are pulled by digest and released", async () => {
        await setPassword(registry.password);
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).not.toContain(registry.password);
        const load = await underLoad("first release from a registry", stack, async load => {
            await load.until(({ answered }) => answered >= 1000, "blue answers for a while");
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", blue: { digest: digests[0] } });
    });

    it("whose tag has moved are released by the same config", async () => {
        digests.push(await registry.push("relink-hello:v2", "shop/web:stable"));
        const load = await underLoad("tag moved in a registry", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await outputsOf(stack)).toMatchObject({
            live: "green",
            blue: { digest: digests[0] },
            green: { digest: digests[1] },
        });
    });

    it("whose tag is gone from the registry stay in use, with a warning", async () => {
        registry.forget("shop/web:stable");
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).toContain(`does not list ${registry.address}/shop/web:stable`);
        expect(stdout).toContain("The image that web already holds under this name is used");
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    it("stay in use, with a warning, while the registry is down", async () => {
        await registry.pause();
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        const load = await underLoad("registry down", stack, async () => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("cannot be reached");
        });
        expect(Object.keys(load.byVersion)).toEqual(["v2"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    it("can be returned to while the registry is down", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        stack.setConfig("services.web.image", `${registry.address}/shop/web:stable@${digests[0]}`);
        const load = await underLoad("return with the registry down", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("that are new are refused while the registry is down, and users notice nothing", async () => {
        stack.setConfig("services.web.image", `${registry.address}/shop/web:next`);
        const load = await underLoad("new image with the registry down", stack, async () => {
            const { code, stdout, stderr } = await stack.up();
            expect(code).not.toBe(0);
            expect(`${stdout}${stderr}`).toContain(`The registry ${registry.address} cannot be reached`);
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
    });

    it.runIf(isFull)(
        "of the last stable releases are kept from docker image prune, and older ones are not",
        async () => {
            await registry.resume();
            const { docker } = Engine.connect();
            const imageOf = (digest: string) => `${registry.address}/shop/web@${digest}`;
            /** @returns the digests of the images that this front keeps by a name, 12 digits of each */
            const kept = async () =>
                (await docker.listImages())
                    .flatMap(({ RepoTags }) => RepoTags ?? [])
                    .flatMap(name => {
                        const [, tag] = /^relink-(?:kept|pulled)\/web:(.*)-[0-9a-f]{16}$/.exec(name) ?? [];
                        return tag?.startsWith(stack.front) ? [tag.slice(-12)] : [];
                    })
                    .sort();
            const named = (digest = "") => digest.slice(7, 19);
            const release = async (image: string) => {
                stack.setConfig("services.web.image", image);
                expectSuccess(await stack.up());
            };
            const foreign = await registry.pushForeign("relink-hello:v2", "shop/web:next");
            await underLoad(
                "an image that had to be pulled, a smaller keepReleases, and older releases",
                stack,
                async () => {
                    await release(`${registry.address}/shop/web:next`);
                    const all = [named(digests[0]), named(digests[1]), named(foreign)];
                    expect(await kept()).toEqual(all.sort());
                    await docker.pruneImages({ filters: JSON.stringify({ dangling: ["true"] }) });
                    expect(await kept()).toEqual(all);
                    stack.setConfig("services.web.keepReleases", 1);
                    await release(imageOf(digests[1]!));
                    expect(await kept()).toEqual([named(digests[1]), named(foreign)].sort());
                    await release(imageOf(digests[0]!));
                },
                // Without WebSockets, because a color that is redeployed waits for what is open on it.
                { mix: withoutWebSockets },
            );
            // No container uses it, no release may return to it, and it has no other name.
            expect(await kept()).toEqual([named(digests[0]), named(digests[1])].sort());
            await expect(docker.getImage(imageOf(foreign)).inspect()).rejects.toThrow(/404/);
            expectSuccess(await stack.pulumi(["destroy", "--yes", "--skip-preview"]));
            expect(await kept()).toEqual([]);
        },
    );
});

describe("An image that the Docker host has lost", () => {
    it("is pulled again by its digest with driftPolicy: repair", async () => {
        await registry.resume();
        const digest = await registry.pushForeign("relink-hello:v1", "shop/lost:stable");
        const image = `${registry.address}/shop/lost:stable`;
        const lost = await createStack({ config: webStack({ image, replicas: 1, driftPolicy: "repair" }) });
        try {
            lost.setConfig(["registries", registry.address, "username"], registry.username);
            await lost.setSecret(`relink:registries["${registry.address}"].password`, registry.password);
            expectSuccess(await lost.up());
            const { docker } = Engine.connect();
            const [before] = await containersOf(lost, "blue");
            await docker.getContainer(before!.id).remove({ force: true });
            await docker.getImage(before!.imageId).remove({ force: true });
            const { stdout } = expectSuccess(await lost.up());
            expect(stdout).toContain("repair");
            expect(await containersOf(lost, "blue")).toMatchObject([{ state: "running", imageId: before!.imageId }]);
            expect(await outputsOf(lost)).toMatchObject({ live: "blue", blue: { digest } });
        } finally {
            await lost.cleanup();
        }
    });
});
