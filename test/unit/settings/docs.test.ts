import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type SchemaKey, schemaKeys } from "../../../settings/schemaKeys";

const text = readFileSync(join(__dirname, "../../../docs/settings.md"), "utf8");

/** Words in docs/settings.md for a key without a default. */
const noDefault = ["none", "image's", "front's", "unlimited", "Docker's"];

function documented(): Map<string, string> {
    const rows = new Map<string, string>();
    for (const [heading, prefix] of [
        ["## A service", "services.*."],
        ["## The front", "front."],
        ["## The others", ""],
    ] as const) {
        const section = text.split(heading)[1]!.split("\n## ")[0]!;
        for (const [, key, value] of section.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)) {
            for (const one of expand(key!.replace("relink:", "").replace("ADDRESS", "*"))) {
                rows.set(prefix + one, value!.replaceAll("`", "").trim());
            }
        }
    }
    return rows;
}

/** `a.{b,c}.d` stands for two keys. */
function expand(key: string): string[] {
    const [, before = "", names, after = ""] = /^(.*)\{(.*)\}(.*)$/.exec(key) ?? [];
    return names === undefined ? [key] : names.split(",").map(name => before + name + after);
}

function isDefaultAsDocumented(key: SchemaKey, value: string): boolean {
    const isEmpty = typeof key.default === "object" && Object.keys(key.default as object).length === 0;
    if (key.default === undefined || isEmpty) {
        // `log` is optional. Its key `driver` is required only with it.
        const parts = ["services.*.log.driver"];
        return key.required && !parts.includes(key.path) ? value === "required" : noDefault.includes(value);
    }
    return value === String(key.default);
}

describe("docs/settings.md", () => {
    it("has a row for each key of the schema, and no other", () => {
        expect([...documented().keys()].sort()).toEqual(
            schemaKeys()
                .map(key => key.path)
                .sort(),
        );
    });

    it.each(schemaKeys().map(key => [key.path, key] as const))("gives the schema's default of %s", (path, key) => {
        const value = documented().get(path) ?? "no row";
        expect(isDefaultAsDocumented(key, value), `schema: ${JSON.stringify(key.default)}, docs: ${value}`).toBe(true);
    });
});
