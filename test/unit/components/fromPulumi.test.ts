import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readSettings, SettingsError } from "../../../components/fromPulumi";

const services = JSON.stringify({ web: { image: "shop/web:v1", port: 8080, secrets: ["KEY"] } });

async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
    try {
        await run();
    } catch (error) {
        return error;
    }
    return undefined;
}

describe("the settings of a Pulumi program", () => {
    const before = pulumi.runtime.allConfig();
    afterEach(() => {
        pulumi.runtime.setAllConfig(before);
        vi.restoreAllMocks();
        vi.unstubAllEnvs();
    });

    it("come from the keys of the namespace relink, with the secret ones decrypted", async () => {
        await pulumi.runtime.setMocks(
            { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
            "relink",
            "dev",
        );
        pulumi.runtime.setAllConfig(
            {
                "relink:services": services,
                "relink:secrets": '{"web.KEY": "hunter2"}',
                "relink:host": "",
                "docker:host": "unix:///elsewhere.sock",
            },
            ["relink:secrets"],
        );
        const settings = await readSettings();
        expect(settings.front.name).toBe("relink-dev");
        expect(settings.host).toBeUndefined();
        expect(settings.services[0]?.secretValues).toEqual({ KEY: "hunter2" });
    });

    it("have one problem for a certificate whose file is missing", async () => {
        pulumi.runtime.setAllConfig({
            "relink:services": JSON.stringify({ web: { image: "shop/web:v1", port: 8080 } }),
            "relink:front": JSON.stringify({ https: { certificates: ["shop"] } }),
            "relink:certificates": JSON.stringify({ shop: { file: "none.pem" } }),
        });
        const error = (await thrownBy(readSettings)) as SettingsError;
        expect(error.problems.map(({ path }) => path)).toEqual([["certificates", "shop", "file"]]);
    });

    it.each<[string, Record<string, string>, Record<string, string | undefined>, string[]]>([
        ["an empty passphrase", { "relink:secrets": '{"web.KEY": "hunter2"}' }, {}, ["relink:secrets"]],
        [
            "an empty passphrase and a login",
            {
                "relink:secrets": '{"web.KEY": "hunter2"}',
                "relink:registries": '{"r.example.com": {"username": "a", "password": "b"}}',
            },
            {},
            ["relink:secrets and relink:registries"],
        ],
        ["a passphrase", { "relink:secrets": '{"web.KEY": "hunter2"}' }, { PULUMI_CONFIG_PASSPHRASE: "x" }, []],
        ["a file of one", { "relink:secrets": '{"web.KEY": "hunter2"}' }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }, []],
        [
            "another secrets provider",
            { "relink:secrets": '{"web.KEY": "hunter2"}' },
            { PULUMI_CONFIG_PASSPHRASE: undefined },
            [],
        ],
        ["no secret", { "relink:services": services.replace(',"secrets":["KEY"]', "") }, {}, []],
    ])("warn of secrets that everybody can decrypt: %s", async (_name, config, env, expected) => {
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "");
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", undefined);
        for (const [name, value] of Object.entries(env)) {
            vi.stubEnv(name, value);
        }
        pulumi.runtime.setAllConfig({ "relink:services": services, ...config }, Object.keys(config));
        await readSettings();
        const told = warn.mock.calls.map(([text]) => text).filter(text => text.includes("empty passphrase"));
        expect(told.map(text => text.split(": encrypted")[0])).toEqual(expected);
    });

    it("warn also of secrets that come from a Compose file's variables", async () => {
        const folder = mkdtempSync(join(tmpdir(), "relink-compose-"));
        const compose = join(folder, "compose.yaml");
        writeFileSync(compose, "services: { web: { image: web, expose: [80], env_file: .env } }\n");
        writeFileSync(join(folder, ".env"), "PASSWORD=hunter22\n");
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "");
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", undefined);
        pulumi.runtime.setAllConfig({ "relink:services": JSON.stringify({ web: { compose } }) });
        try {
            expect((await readSettings()).services[0]?.secretValues).toEqual({ "environment.PASSWORD": "hunter22" });
            expect(warn.mock.calls.map(([text]) => text.split(": encrypted")[0])).toEqual([
                "the secrets of the Compose files",
            ]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("that are wrong end in one error, which Pulumi prints without a stack trace", async () => {
        pulumi.runtime.setAllConfig({ "relink:services": services, "relink:sevrices": "{}" });
        const error = await thrownBy(readSettings);
        expect(error).toBeInstanceOf(SettingsError);
        expect(pulumi.RunError.isInstance(error)).toBe(true);
        expect((error as SettingsError).problems).toHaveLength(2);
        expect((error as Error).message).toContain("relink:sevrices");
        expect((error as Error).message).toContain("did you mean services?");
    });

    it("never show a text that is not JSON, because it may be a secret", async () => {
        pulumi.runtime.setAllConfig({ "relink:services": "hunter2 {", "relink:secrets": "hunter2 {" });
        const error = await thrownBy(readSettings);
        expect((error as Error).message).toContain("relink:secrets\n      is a string, but must be an object");
        expect((error as Error).message).not.toContain("hunter2");
    });
});
