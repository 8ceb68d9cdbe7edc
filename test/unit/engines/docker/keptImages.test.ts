import { afterEach, describe, expect, it } from "vitest";
import { dropImages, keepImage } from "../../../../engines/docker/keptImages";
import { isFrontName } from "../../../../settings/front";
import { FakeEngine } from "../../docker/FakeEngine";

let fake: FakeEngine;
afterEach(() => fake.close());

describe("the images of earlier releases", () => {
    it("lose only the names that their own front gave them, so that an image with another name stays", async () => {
        const release = "0123456789ab-0123456789abcdef";
        const RepoTags = [`relink-kept/web:front-${release}`, `relink-kept/web:other-${release}`, "shop/web:v1"];
        fake = await FakeEngine.start(({ method }) => [200, method === "GET" ? [{ Id: "sha256:1", RepoTags }] : []]);
        await dropImages(fake.engine, "front", () => false);
        expect(fake.asked.slice(1)).toEqual([`DELETE /images/relink-kept/web:front-${release}`]);
    });

    // Docker's limit of a tag: https://github.com/distribution/reference/blob/main/regexp.go
    it("are kept under a tag that Docker allows, even with the longest front's name", async () => {
        const longest = "f".repeat(63);
        expect([isFrontName(longest), isFrontName(`${longest}f`)]).toEqual([true, false]);
        fake = await FakeEngine.start(({ method }) => (method === "GET" ? [200, []] : [201, ""]));
        const release = "0123456789ab-0123456789abcdef";
        await keepImage(fake.engine, "sha256:1", longest, { service: "web", release, pulled: true });
        expect(fake.calls.at(-1)?.query.get("tag")).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
    });
});
