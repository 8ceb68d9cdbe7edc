// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables
import { describe, expect, it, vi } from "vitest";
import { Document } from "../../../compose/Document";
import { environmentSecret, withPlainEnvironment } from "../../../compose/environmentSecrets";
import { releaseId } from "../../../model/Release";
import { changedSettings } from "../../../settings/changedSettings";
import { composed, webFile } from "./support";

const base = "  base: { image: a, environment: { BASED: from-base } }";
const file = webFile(
    "expose: [80]",
    "env_file: web.env",
    "extends: base",
    "environment:",
    "  WRITTEN: written-here",
    "  WITH_DEFAULT: ${UNSET_ONE:-by-default}",
    "  DOLLAR: costs$$100",
    "  DATABASE: postgres://shop:${PASSWORD}@db/shop",
    "  FROM_DOTENV: ${DOTENV}",
    "  FROM_HERE:",
    "  SHORT: ${COUNT}",
    "  OWN: ${PASSWORD}",
).replace("services:\n", `services:\n${base}\n`);
const files = { "compose.yaml": file, "web.env": "API_KEY=key-in-file\nDEBUG=1\n", ".env": "DOTENV=in-dot-env\n" };
const env = { PASSWORD: "hunter22", FROM_HERE: "in-my-shell", COUNT: "4" };
const outside = { API_KEY: "key-in-file", FROM_DOTENV: "in-dot-env", FROM_HERE: "in-my-shell" };
const secrets = { ...outside, DATABASE: "postgres://shop:hunter22@db/shop" };

async function read() {
    const { settings, lines } = await composed(files, {
        web: { compose: "compose.yaml", env: { OWN: "from-the-config" } },
        env,
    });
    expect(lines).toEqual([]);
    return settings!.services[0]!;
}

describe("a variable of a container whose value is not in the Compose file", () => {
    it("becomes a secret of the service, which the container has in its environment", async () => {
        const { release, secretValues } = await read();
        expect(release.env).toEqual({
            ...Object.fromEntries(Object.keys(secrets).map(name => [name, { secret: `environment.${name}` }])),
            WRITTEN: "written-here",
            WITH_DEFAULT: "by-default",
            DOLLAR: "costs$100",
            BASED: "from-base",
            DEBUG: "1",
            SHORT: "4",
            OWN: "from-the-config",
        });
        expect(secretValues).toEqual(
            Object.fromEntries(Object.entries(secrets).map(([name, value]) => [environmentSecret(name), value])),
        );
        const shown = JSON.stringify(changedSettings(release));
        for (const value of [...Object.values(secrets), "hunter22"]) {
            expect(shown).not.toContain(value);
        }
    });

    it("is found by reading the file once for all variables", async () => {
        // The second reading of the file is for its services.
        const content = vi.spyOn(Document.prototype, "content");
        await read();
        const all = content.mock.calls.length;
        content.mockClear();
        await composed({ ...files, "web.env": "" }, { web: { compose: "compose.yaml" } });
        expect(all).toBe(content.mock.calls.length);
        content.mockRestore();
    });

    it("gives the release the same id as the plain value that an earlier version used", async () => {
        const key = Buffer.alloc(32, 1);
        const { release, secretValues } = await read();
        const settings = changedSettings(release);
        const identity = { digest: "sha256:1", settings, secretValues };
        const before = {
            ...identity,
            settings: { ...settings, env: { ...release.env, ...secrets } },
            secretValues: {},
        };
        expect(releaseId(key, withPlainEnvironment(identity))).toBe(releaseId(key, before));
        const other = { ...secretValues, [environmentSecret("API_KEY")]: "another-key" };
        expect(releaseId(key, withPlainEnvironment({ ...identity, secretValues: other }))).not.toBe(
            releaseId(key, before),
        );
    });
});
