import { describe, expect, it } from "vitest";
import { ImageReference } from "../../../model/ImageReference";

const digest = `sha256:${"ab".repeat(32)}`;

describe("ImageReference", () => {
    it.each([
        ["nginx", "docker.io/library/nginx:latest", "nginx", "https://index.docker.io/v1/"],
        ["nginx:1.27", "docker.io/library/nginx:1.27", "nginx", "https://index.docker.io/v1/"],
        ["grafana/grafana", "docker.io/grafana/grafana:latest", "grafana/grafana", "https://index.docker.io/v1/"],
        ["docker.io/nginx", "docker.io/library/nginx:latest", "nginx", "https://index.docker.io/v1/"],
        ["index.docker.io/library/nginx:a", "docker.io/library/nginx:a", "nginx", "https://index.docker.io/v1/"],
        ["localhost/web", "localhost/web:latest", "localhost/web", "localhost"],
        ["127.0.0.1:5000/web:v1", "127.0.0.1:5000/web:v1", "127.0.0.1:5000/web", "127.0.0.1:5000"],
        ["[::1]:5000/web", "[::1]:5000/web:latest", "[::1]:5000/web", "[::1]:5000"],
        ["ghcr.io/a/b/c:x", "ghcr.io/a/b/c:x", "ghcr.io/a/b/c", "ghcr.io"],
        [`ghcr.io/a/b:x@${digest}`, `ghcr.io/a/b@${digest}`, "ghcr.io/a/b", "ghcr.io"],
        [`a/b@${digest}`, `docker.io/a/b@${digest}`, "a/b", "https://index.docker.io/v1/"],
        ["a__b/c-d.e:A_b.C-1", "docker.io/a__b/c-d.e:A_b.C-1", "a__b/c-d.e", "https://index.docker.io/v1/"],
    ])("reads %s as Docker does", (text, full, short, server) => {
        const image = ImageReference.parse(text);
        expect(image.full).toBe(full);
        expect(image.shortRepository).toBe(short);
        expect(image.serverAddress).toBe(server);
        // Its own spelling reads back as the same image.
        expect(ImageReference.parse(image.full).full).toBe(full);
    });

    it("knows tag, digest and whether a registry was named", () => {
        expect(ImageReference.parse(`h:1/a:t@${digest}`)).toMatchObject({
            tag: "t",
            digest: digest,
            namesRegistry: true,
        });
        expect(ImageReference.parse("a/b")).toMatchObject({ tag: undefined, digest: undefined, namesRegistry: false });
        expect(ImageReference.parse("h:1/a:t").withDigest(digest).full).toBe(`h:1/a@${digest}`);
        expect(ImageReference.parse("h:1/a:t").repositoryWithoutPort).toBe("h/a");
    });

    it("reads the id of a local image", () => {
        expect(ImageReference.parse(digest)).toMatchObject({ id: digest, full: digest, repository: digest });
        expect(ImageReference.parse(digest).withDigest(digest).full).toBe(digest);
    });

    it.each([
        ["", "repository"],
        ["Nginx", "lower case"],
        ["a b", "characters"],
        ["web:", "tag"],
        ["web:-x", "tag"],
        ["web@sha256:12", "digest"],
        ["http://host/web", "is not an image reference"],
        ["-host.example/web", "registry"],
        ["host.example/", "repository"],
        ["web:a:b", "not an image reference"],
        [":v1", "repository"],
        ["/web", "repository"],
        ["web//a", "repository"],
        ["wëb", "characters"],
        ["web\0", "characters"],
        ["shop/Web:v1", "lower case"],
        ["a..b/web", "registry"],
        ["host:123456/web", "registry"],
        ["web:v1 ", "tag"],
        ["web:v1\n", "tag"],
        ["web:%[env(HOME)]", "tag"],
        ['web:"v1"', "tag"],
        [`web:${"a".repeat(129)}`, "tag"],
        [`web@${digest}@${digest}`, "digest"],
        ["a".repeat(256), "more than 255"],
    ])("refuses %j and quotes it", (text, why) => {
        expect(() => ImageReference.parse(text)).toThrow(why);
        expect(() => ImageReference.parse(text)).toThrow(`"${text}"`);
    });

    it("refuses a hostile text quickly", () => {
        for (const text of [
            `${"a-".repeat(100_000)}!`,
            `${"a-".repeat(250)}!`,
            `${"a.".repeat(250)}!/b`,
            `A${"a".repeat(500)}!/b`,
        ]) {
            expect(() => ImageReference.parse(text)).toThrow();
        }
    });
});
