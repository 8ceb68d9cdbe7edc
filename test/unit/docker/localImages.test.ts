import { describe, expect, it } from "vitest";
import { type InspectedImage, localImage, looksLocal } from "../../../docker/localImages";
import { ImageReference } from "../../../model/ImageReference";

const id = `sha256:${"1".repeat(64)}`;
const manifest = `sha256:${"2".repeat(64)}`;
const tag = ImageReference.parse("shop/web:dev");

describe("the origin of an image of the Docker host", () => {
    it.each<[string, InspectedImage, object]>([
        ["Docker's own store, built", { Id: id, RepoDigests: [] }, { source: "local" }],
        ["Docker's own store, built long ago", { Id: id, RepoDigests: null }, { source: "local" }],
        ["an old Docker, built", { Id: id, RepoDigests: ["<none>@<none>"] }, { source: "local" }],
        [
            "Docker's own store, pulled",
            { Id: id, RepoDigests: [`shop/web@${manifest}`] },
            { source: "registry", digest: manifest },
        ],
        [
            "Docker's own store, pulled from elsewhere and given this name",
            { Id: id, RepoDigests: [`registry.example.com/shop/web@${manifest}`] },
            { source: "local" },
        ],
        // Docker 28.5.2 shows no difference between images that were built, loaded, imported, pulled or pushed.
        ["the containerd store", { Id: id, RepoDigests: [`shop/web@${id}`] }, { source: undefined, digest: id }],
        [
            "the containerd store that tells of a pull (API 1.53)",
            { Id: id, RepoDigests: [`shop/web@${id}`], Identity: { Pull: [{ Repository: "docker.io/shop/web" }] } },
            { source: "registry", digest: id },
        ],
        [
            "the containerd store that tells of a pull from elsewhere",
            { Id: id, RepoDigests: [`shop/web@${id}`], Identity: { Pull: [{ Repository: "quay.io/shop/web" }, {}] } },
            { source: undefined, digest: id },
        ],
    ])("%s", (_, inspected, expected) => {
        expect(localImage(inspected, tag)).toEqual({ id, digest: undefined, ...expected });
    });

    it("is found although containerd leaves out a registry's port", () => {
        const repository = "registry.example.com:5000/shop/web";
        const inspected = {
            Id: id,
            RepoDigests: [`${repository}@${id}`],
            Identity: { Pull: [{ Repository: "registry.example.com/shop/web" }] },
        };
        expect(localImage(inspected, ImageReference.parse(`${repository}:1`))).toMatchObject({ source: "registry" });
    });
});

it.each([
    ["shop/web:dev", "local", true],
    ["shop/web:dev", undefined, true],
    ["shop/web:dev", "registry", false],
    ["registry.example.com/shop/web:dev", "local", true],
    ["registry.example.com/shop/web:dev", undefined, false],
    ["registry.example.com/shop/web:dev", "registry", false],
] as const)("an image %s that is from %s looks local: %s", (name, source, expected) => {
    expect(looksLocal({ id, source }, ImageReference.parse(name))).toBe(expected);
});
