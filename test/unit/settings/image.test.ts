import { describe, expect, it } from "vitest";
import { isImageReference } from "../../../settings/image";

const digest = `sha256:${"a".repeat(64)}`;

describe("an image reference", () => {
    it.each([
        "web",
        "relink-hello:v1",
        "shop/web:2026-11-22",
        "registry.example.com/shop/web:2026-11-22",
        "registry.example.com:5000/shop/web",
        "localhost/web",
        "127.0.0.1:5000/web:v1",
        "[::1]:5000/web",
        `web@${digest}`,
        `ghcr.io/a/b:v1@${digest}`,
        "a__b/c-d.e:A_b.C-1",
    ])("may be %s", text => {
        expect(isImageReference(text)).toBe(true);
    });

    it.each([
        "",
        ":v1",
        "web:",
        "Web",
        "shop/Web:v1",
        "web:v1 ",
        "web:v1\n",
        "web:%[env(HOME)]",
        'web:"v1"',
        "web@sha256:abc",
        `web@${digest}@${digest}`,
        "https://registry.example.com/web",
        "/web",
        "web//a",
        "wëb",
        `web:${"a".repeat(129)}`,
        `${"a".repeat(256)}`,
        "web\0",
    ])("may not be %j", text => {
        expect(isImageReference(text)).toBe(false);
    });

    it("takes no long time over a hostile text", () => {
        expect(isImageReference(`${"a-".repeat(100_000)}!`)).toBe(false);
        expect(isImageReference(`${"a-".repeat(250)}!`)).toBe(false);
    });
});
