import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { schemaKeys } from "../../../settings/schemaKeys";
import { settingsOf } from "./support";

const root = join(__dirname, "../../..");
const stacks = ["stacks", "examples/canary", "examples/promotion", "examples/rolling"].flatMap(folder =>
    readdirSync(join(root, folder))
        .filter(name => name.endsWith(".yaml"))
        .map(name => join(folder, name)),
);

describe("the stack configs of this repository", () => {
    it.each(stacks)("are valid: %s", name => {
        const { config } = parse(readFileSync(join(root, name), "utf8"));
        const raw = Object.entries(config).map(([key, value]) => [key.replace("relink:", ""), value]);
        expect(settingsOf(Object.fromEntries(raw)).services).not.toHaveLength(0);
    });

    it("have the keys that Pulumi.yaml declares, each with a default, without which Pulumi refuses a stack", () => {
        const { config } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
        const known = new Set(schemaKeys().map(key => key.path.split(".")[0]));
        // A plugin's setting has a value, because Pulumi allows no default there.
        const { "docker:disableDockerDaemonCheck": daemonCheck, ...own } = config;
        expect(daemonCheck).toEqual({ value: true });
        expect(Object.keys(own).sort()).toEqual([...known].sort());
        for (const [key, declared] of Object.entries(own)) {
            expect(declared, key).toMatchObject({ type: expect.any(String), default: expect.anything() });
        }
    });
});
