import type { Settings } from "../../../model/Settings";
import { configKey } from "../../../settings/ConfigPath";
import type { Problem } from "../../../settings/Problem";
import { checkSettings, type RawConfig } from "../../../settings/parse";

export const context = { project: "relink", stack: "dev" };

/** A config with one service `web`, whose keys the test adds to. */
export function configWith(service: object = {}, others: object = {}): RawConfig {
    return { services: { web: { image: "shop/web:v1", port: 8080, ...service } }, ...others };
}

export function settingsOf(raw: RawConfig): Settings {
    const { settings, problems } = checkSettings(raw, context);
    if (!settings) {
        throw new Error(`expected settings, got problems: ${JSON.stringify(problems)}`);
    }
    return settings;
}

export function problemsIn(raw: unknown): Problem[] {
    return checkSettings(raw as RawConfig, context).problems ?? [];
}

/** @returns `key: message` of each problem */
export function linesOf(raw: unknown): string[] {
    return problemsIn(raw).map(problem => `${configKey(problem.path)}: ${problem.message}`);
}
