import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Release } from "../../../model/Release";
import { idOf, key, releaseOf } from "../plan/support";

const base = releaseOf("A", { env: { LEVEL: "info", TOKEN: { secret: "TOKEN" } } }, { TOKEN: "s3cret" });
const id = idOf(key, base);

/** @returns the same value with the keys of every object in another order */
function shuffled<T>(value: T, order: number): T {
    if (Array.isArray(value)) {
        return value.map(item => shuffled(item, order)) as T;
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    const entries = Object.entries(value).map(([name, inner]) => [name, shuffled(inner, order)] as const);
    const turned = entries.slice(order % (entries.length || 1)).concat(entries.slice(0, order % (entries.length || 1)));
    return Object.fromEntries(order % 2 === 0 ? turned : turned.reverse()) as T;
}

describe("the id of a release", () => {
    it("is the start of the image's digest and a keyed hash", () => {
        expect(id).toMatch(/^[0-9a-f]{12}-[0-9a-f]{16}$/);
        expect(base.digest).toContain(id.slice(0, 12));
    });

    it("stays the same when a later version of relink knows more settings", () => {
        // If this value changes, the first up after an upgrade releases every service again.
        expect(id).toBe("412e2e2e2e2e-3566a58ba9c32d78");
        expect(
            idOf(key, { ...base, settings: { ...base.settings, addedLater: undefined } as Release["settings"] }),
        ).toBe(id);
    });

    it("does not depend on the order of keys, nor on keys that are undefined", () => {
        fc.assert(
            fc.property(fc.nat(50), order => {
                const other = shuffled({ ...base, settings: { ...base.settings, user: undefined } }, order);
                expect(idOf(key, other)).toBe(id);
            }),
        );
    });

    it("does not depend on the image's name, its local id or an earlier id", () => {
        const renamed: Release = {
            ...base,
            id: "x",
            image: "other:tag",
            imageId: "sha256:local",
            settings: { ...base.settings, image: "other:tag" },
        };
        expect(idOf(key, renamed)).toBe(id);
    });

    it("does not depend on a health check's host that comes from the routes", () => {
        const withHosts = (hosts: string[], health: object) => releaseOf("A", { hosts, health });
        expect(withHosts(["a.example.com"], {}).id).toBe(withHosts(["b.example.com"], {}).id);
        expect(withHosts(["*"], { host: "a" }).id).not.toBe(withHosts(["*"], { host: "b" }).id);
        expect(withHosts(["*"], { host: "web" }).id).not.toBe(withHosts(["*"], {}).id);
    });

    it.each<[string, (release: Release) => Release]>([
        ["another digest", release => ({ ...release, digest: `${release.digest.slice(0, -1)}0` })],
        ["another port", release => ({ ...release, settings: { ...release.settings, port: 9090 } })],
        [
            "another health path",
            release => ({
                ...release,
                settings: { ...release.settings, health: { ...release.settings.health, path: "/up" } },
            }),
        ],
        ["one more variable", release => withEnv(release, { LEVEL: "info", TOKEN: { secret: "TOKEN" }, MORE: "" })],
        ["a secret as plain text", release => withEnv(release, { LEVEL: "info", TOKEN: "s3cret" })],
        ["another value of a secret", release => ({ ...release, secretValues: { TOKEN: "s3cret2" } })],
        [
            "arguments in another order",
            release => ({ ...release, settings: { ...release.settings, command: ["b", "a"] } }),
        ],
    ])("changes with %s", (_name, change) => {
        expect(idOf(key, change(base))).not.toBe(id);
    });

    it("differs between stacks, so that nobody can guess a short secret from it", () => {
        expect(idOf(Buffer.alloc(32, 8), base)).not.toBe(id);
    });

    it("is equal exactly for equal settings", () => {
        const settings = fc.record({
            port: fc.integer({ min: 1, max: 3 }),
            env: fc.dictionary(fc.constantFrom("A", "B"), fc.constantFrom("x", "y"), { maxKeys: 2 }),
            secret: fc.constantFrom("x", "y"),
        });
        const make = ({ port, env, secret }: { port: number; env: Record<string, string>; secret: string }) =>
            idOf(key, { ...base, settings: { ...base.settings, port, env }, secretValues: { TOKEN: secret } });
        fc.assert(
            fc.property(settings, settings, (one, other) => {
                const canonical = (value: typeof one) =>
                    JSON.stringify({ ...value, env: Object.entries(value.env).sort() });
                expect(make(one) === make(other)).toBe(canonical(one) === canonical(other));
            }),
        );
    });
});

function withEnv(release: Release, env: Release["settings"]["env"]): Release {
    return { ...release, settings: { ...release.settings, env } };
}
