import { expect, it } from "vitest";
import { imageOf } from "../../../providers/Deployment";
import { recorded } from "../plan/support";

// With the containerd image store an image's id is the digest of its manifest, wherever it came from.
const same = { digest: "sha256:a", imageId: "sha256:a" };

it.each([
    ["from a registry", { ...same, source: "registry" }, "sha256:a"],
    ["of which an earlier version recorded no origin", same, "sha256:a"],
    ["that only the Docker host has", { ...same, source: "local" }, undefined],
] as const)("an image %s is pulled by its digest, where it can be", (_, origin, digest) => {
    expect(imageOf(recorded("A", origin))).toMatchObject({ id: "sha256:a" });
    expect(imageOf(recorded("A", origin)).digest).toBe(digest);
});
