import { afterEach, describe, expect, it } from "vitest";
import { dropImages } from "../../../docker/keptImages";
import { FakeEngine } from "./FakeEngine";

let fake: FakeEngine;
afterEach(() => fake.close());

describe("the images of earlier releases", () => {
    it("are let go of by their own front alone, and by name: what has another name stays", async () => {
        const release = "0123456789ab-0123456789abcdef";
        const RepoTags = [`relink-kept/web:front-${release}`, `relink-kept/web:other-${release}`, "shop/web:v1"];
        fake = await FakeEngine.start(({ method }) => [200, method === "GET" ? [{ Id: "sha256:1", RepoTags }] : []]);
        await dropImages(fake.engine, "front", () => false);
        expect(fake.asked.slice(1)).toEqual([`DELETE /images/relink-kept/web:front-${release}`]);
    });
});
