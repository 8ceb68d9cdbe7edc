import { afterEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "../../../docker/Engine";
import { type ImageFailure, ImageNotFound } from "../../../docker/errors";
import { type ResolvedImage, resolveImage } from "../../../docker/images";
import { findImages } from "../../../look/images";
import { ImageReference } from "../../../model/ImageReference";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import type { RecordedRelease } from "../../../model/Release";
import type { Settings } from "../../../model/Settings";
import type { World } from "../../../model/World";

vi.mock("../../../docker/images", () => ({ resolveImage: vi.fn() }));

afterEach(() => vi.resetAllMocks());

const image = "registry.example.com/shop/web:latest";
const reference = ImageReference.parse(image);
const down = "The registry registry.example.com cannot be reached.";

/** Blue is live with an earlier image of the tag `latest`. */
const record: ServiceRecord = {
    ...emptyRecord("web"),
    link: { live: "blue" },
    blue: { release: "1", replicas: 1 },
    releases: {
        1: {
            id: "1",
            image,
            digest: "sha256:released",
            imageId: "sha256:id",
            settings: { port: 1 },
        } as RecordedRelease,
    },
};

async function found(records: ServiceRecord[], name = image) {
    const settings = { services: [{ name: "web", release: { image: name } }], registries: [] } as unknown as Settings;
    const services = new Map(records.map(one => [one.service, one]));
    const world: World = { containers: [], generations: [], records: { services, frontIncarnation: 0 } };
    return (await findImages({} as Engine, settings, world)).get("web");
}

/** The registry does not answer for the name, and the Docker host has an image with it. */
function hostHas(
    local: Pick<ResolvedImage, "digest" | "imageId" | "source" | "warning">,
    { name = image, reason = "unreachable" }: { name?: string; reason?: ImageFailure } = {},
): void {
    const refused = { reason, sentence: down };
    const reference = ImageReference.parse(name);
    vi.mocked(resolveImage).mockResolvedValue({ reference, hostHad: local.imageId, refused, ...local });
}

describe("an image of the config", () => {
    it("is the one that a color holds when the registry is down, not an older one that the host has under the tag", async () => {
        hostHas({ digest: "sha256:older", imageId: "sha256:old", source: "registry", warning: down });
        const { warning, ...rest } = (await found([record])) ?? {};
        expect(rest).toEqual({ digest: "sha256:released", imageId: "sha256:id" });
        expect(warning).toContain("the one that web already holds is used");
    });

    it.each<ImageFailure>(["unreachable", "denied", "missing", "other"])(
        "is the one that a color holds when the registry's failure is %s and the host has none",
        async reason => {
            vi.mocked(resolveImage).mockRejectedValue(new ImageNotFound(reason, `${down} Do this.`, down));
            expect(await found([record])).toEqual({
                digest: "sha256:released",
                imageId: "sha256:id",
                warning: `${down} The image that web already holds under this name is used.`,
            });
        },
    );

    it("is the one that a color holds when its tag is gone from the registry, not an older one of the host", async () => {
        const older = { digest: "sha256:older", imageId: "sha256:old", source: "registry" } as const;
        hostHas(older, { reason: "missing" });
        expect(await found([record])).toMatchObject({ digest: "sha256:released" });
    });

    it("is that of the last release with this name when the registry is down and no color holds it", async () => {
        vi.mocked(resolveImage).mockRejectedValue(new ImageNotFound("unreachable", down));
        const earlier = { image, linked: true, settings: { port: 1 } };
        const releases = {
            2: { ...earlier, id: "2", digest: "sha256:second", imageId: "sha256:id2", promotion: 2 } as RecordedRelease,
            3: { ...earlier, id: "3", digest: "sha256:third", imageId: "sha256:id3", promotion: 3 } as RecordedRelease,
            4: { ...earlier, id: "4", linked: false, digest: "sha256:bad", promotion: 4 } as RecordedRelease,
        };
        const { warning, ...rest } = (await found([
            { ...record, link: { live: "none" }, blue: { replicas: 0 }, releases },
        ]))!;
        expect(rest).toEqual({ digest: "sha256:third", imageId: "sha256:id3" });
        expect(warning).toContain("The image that web already holds under this name is used");
    });

    it("is the host's when the registry is down and no color holds it, or when it was built there", async () => {
        hostHas({ digest: "sha256:older", imageId: "sha256:old", source: "registry", warning: down });
        expect(await found([])).toMatchObject({ digest: "sha256:older", imageId: "sha256:old", warning: down });
        hostHas({ digest: "sha256:built", imageId: "sha256:built", source: "local", warning: down });
        expect(await found([record])).toMatchObject({ digest: "sha256:built", imageId: "sha256:built", warning: down });
    });

    it("is the registry's when that answers", async () => {
        const answer: ResolvedImage = { reference, digest: "sha256:moved", source: "registry" };
        vi.mocked(resolveImage).mockResolvedValue(answer);
        expect(await found([record])).toMatchObject({ digest: "sha256:moved" });
    });

    it("is the Docker host's own, unless an earlier version of relink released the registry's with that name", async () => {
        const warning = "The registry docker.io has another image.";
        const local = { digest: "sha256:built", imageId: "sha256:built", warning };
        const built: ResolvedImage = { ...local, reference, source: "local" };
        const releasedBy = (source?: "registry"): ServiceRecord => ({
            ...record,
            releases: { 1: { ...record.releases[1]!, source } },
        });
        vi.mocked(resolveImage).mockResolvedValue({ ...built, answered: "sha256:released" });
        expect(await found([releasedBy("registry")])).toMatchObject({ digest: "sha256:built", warning });
        expect(await found([releasedBy()])).toMatchObject({
            digest: "sha256:released",
            warning: expect.stringContaining("web goes on with the registry's"),
        });
    });

    describe("on a Docker host that does not report the origin of its images", () => {
        const hostHad = (id?: string): ServiceRecord => ({
            ...record,
            releases: { 1: { ...record.releases[1]!, image: "shop/web:dev", hostHad: id } },
        });
        const asBuilt = { digest: "sha256:built", imageId: "sha256:built" };

        it("is the host's if the host got it after the release", async () => {
            hostHas(asBuilt, { name: "shop/web:dev" });
            for (const before of ["sha256:released", "none"]) {
                expect(await found([hostHad(before)], "shop/web:dev")).toMatchObject({
                    digest: "sha256:built",
                    hostHad: "sha256:built",
                });
            }
        });

        it("is the one that a color holds if the host still has the same as then", async () => {
            hostHas(asBuilt, { name: "shop/web:dev" });
            const { warning, ...rest } = (await found([hostHad("sha256:built")], "shop/web:dev")) ?? {};
            expect(rest).toMatchObject({ digest: "sha256:released", imageId: "sha256:id" });
            expect(warning).toContain("the one that web already holds is used");
        });

        it("is the host's if an earlier version wrote the record, unless the name has a registry", async () => {
            hostHas(asBuilt, { name: "shop/web:dev" });
            expect(await found([hostHad()], "shop/web:dev")).toMatchObject({ digest: "sha256:built" });
            hostHas(asBuilt);
            expect(await found([record])).toMatchObject({ digest: "sha256:released" });
            hostHas(asBuilt, { reason: "missing" });
            expect(await found([record])).toMatchObject({ digest: "sha256:built" });
        });
    });
});
