import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeCli } from "../../../compose/composeCli";
import { fromCompose } from "../../../compose/fromCompose";
import type { Settings } from "../../../model/Settings";
import { type Problem, placeOf } from "../../../settings/Problem";
import { checkSettings, type RawConfig } from "../../../settings/parse";
import { context } from "../settings/support";

export interface ComposedSettings {
    /** The service `web` as the schema gets it. */
    web: Record<string, unknown>;
    raw: RawConfig;
    settings?: Settings;
    problems: Problem[];
    /** `place: message` of each problem. */
    lines: string[];
    warnings: string[];
    /** The folder of the files. It does not exist any more. */
    folder: string;
}

export interface ComposeOptions {
    /** The config of the service `web`. @default `{ compose: "compose.yaml" }` */
    web?: object;
    /** Further keys of the stack config. */
    others?: object;
    env?: Record<string, string>;
    cli?: ComposeCli;
}

/** Reads a stack config whose service `web` comes from these files; a text alone is compose.yaml. */
export async function composed(
    files: string | Record<string, string>,
    { web = { compose: "compose.yaml" }, others = {}, env = {}, cli }: ComposeOptions = {},
): Promise<ComposedSettings> {
    const folder = mkdtempSync(join(tmpdir(), "relink-compose-"));
    try {
        for (const [name, text] of Object.entries(typeof files === "string" ? { "compose.yaml": files } : files)) {
            writeFileSync(join(folder, name), text);
        }
        const config = { services: { web }, ...others };
        const result = await fromCompose(config, { folder, env, cli: cli ?? null });
        const { settings, problems = [] } = checkSettings(result.raw, context);
        const all = [...result.problems, ...result.locate(problems)];
        return {
            web: (result.raw.services as Record<string, Record<string, unknown>>).web!,
            raw: result.raw,
            ...(all.length === 0 && { settings }),
            problems: all,
            lines: all.map(problem => `${placeOf(problem)}: ${problem.message}`),
            warnings: result.warnings,
            folder,
        };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** @returns a Compose file with one service `web` of these lines */
export function webFile(...lines: string[]): string {
    return [
        "name: shop",
        "services:",
        "  web:",
        "    image: shop/web:v1",
        ...lines.map(line => `    ${line}`),
        "",
    ].join("\n");
}
