import { expect, it } from "vitest";
import { isGeneration } from "../../../look/generations";
import type { ContainerInfo } from "../../../model/Container";

const labels = { "relink.generation": "3", "relink.anchor": "a1" };
const generation: ContainerInfo = {
    id: "g3",
    name: "shop-gen-3",
    labels,
    state: "running",
    status: "running",
    imageId: "sha256:a",
    imageReference: "sha256:a",
    outOfMemory: false,
    networkMode: "container:a1",
    restartCount: 0,
    restartPolicy: "always",
};
/** Labels that relink sets, which replace the image's. */
const ofService = { ...labels, "relink.service": "web", "relink.color": "blue", "relink.slot": "1" };

it.each<[string, Partial<ContainerInfo>, boolean]>([
    ["a generation", {}, true],
    [
        "one of an anchor that is gone",
        { labels: { ...labels, "relink.anchor": "b2" }, networkMode: "container:b2" },
        true,
    ],
    ["one without a label for its anchor", { labels: { "relink.generation": "3" } }, true],
    ["one whose image's labels were made empty", { labels: { ...labels, "relink.service": "" } }, true],
    [
        "a service's container whose image says that it is one",
        { name: "shop-web-blue-1", labels: ofService, networkMode: "shop" },
        false,
    ],
    ["the same under a generation's name and in an anchor's network", { labels: ofService }, false],
    ["a generation of another front", { name: "shop-2-gen-3" }, false],
    ["one under another number", { name: "shop-gen-4" }, false],
    ["a container with a network of its own", { networkMode: "bridge" }, false],
    ["one in another container's network", { networkMode: "container:b2" }, false],
    ["a container whose label was made empty", { labels: { ...labels, "relink.generation": "" } }, false],
])("%s", (_name, change, expected) => expect(isGeneration({ ...generation, ...change }, "shop")).toBe(expected));
