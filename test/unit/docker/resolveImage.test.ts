import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Credentials } from "../../../docker/credentials";
import { resolveImage } from "../../../docker/images";
import { ImageReference } from "../../../model/ImageReference";
import { FakeEngine } from "./FakeEngine";

// An Engine with a Docker Hub of its own, because no test can put an image on the real one.
let fake: FakeEngine;
const answers = new Map<string, object>();

beforeEach(async () => {
    answers.clear();
    fake = await FakeEngine.start(({ path }) => {
        const answer = answers.get(decodeURIComponent(path));
        return answer ? [200, answer] : [404, { message: "manifest unknown: manifest unknown" }];
    });
});

afterEach(() => fake.close());

const id = `sha256:${"1".repeat(64)}`;
const pulled = `sha256:${"2".repeat(64)}`;
const strangers = `sha256:${"3".repeat(64)}`;
const repository = "docker.io/shop/web";

function hostHas(RepoDigests: string[]): void {
    answers.set(`/images/${repository}:v2/json`, { Id: id, RepoDigests });
}

function hubHas(name: string, digest: string): void {
    answers.set(`/distribution/${repository}${name}/json`, { Descriptor: { digest } });
}

async function resolved(reference = "shop/web:v2") {
    const credentials = await Credentials.load([], { DOCKER_CONFIG: "/nowhere" });
    return resolveImage(fake.engine, ImageReference.parse(reference), credentials);
}

describe("an image whose name has no registry, on the Docker host and on the Docker Hub", () => {
    const builtHere = {
        digest: id,
        imageId: id,
        source: "local",
        answered: strangers,
        warning: expect.stringContaining("was built on"),
    };
    const hubs = { digest: strangers, source: "registry" };

    it("is the one that was built on the host, with Docker's own store", async () => {
        hubHas(":v2", strangers);
        hostHas([]);
        expect(await resolved()).toMatchObject(builtHere);
    });

    it("is the Hub's if the host has an older one of the Hub's", async () => {
        hubHas(":v2", strangers);
        hostHas([`shop/web@${pulled}`]);
        expect(await resolved()).toMatchObject(hubs);
    });

    it("is the host's if the Hub never had it, with the containerd store", async () => {
        hubHas(":v2", strangers);
        hostHas([`shop/web@${id}`]);
        expect(await resolved()).toMatchObject(builtHere);
    });

    it("is the Hub's if the Hub also has the host's, with the containerd store", async () => {
        hubHas(":v2", strangers);
        hubHas(`@${id}`, id);
        hostHas([`shop/web@${id}`]);
        expect(await resolved()).toMatchObject(hubs);
    });

    it("is one image if both have the same", async () => {
        hubHas(":v2", id);
        hostHas([`shop/web@${id}`]);
        const reference = ImageReference.parse("shop/web:v2");
        expect(await resolved()).toEqual({ reference, digest: id, imageId: id, source: "registry", hostHad: id });
    });

    it("is the Hub's if the name says so", async () => {
        hubHas(":v2", strangers);
        hostHas([]);
        expect(await resolved("docker.io/shop/web:v2")).toMatchObject(hubs);
    });
});
