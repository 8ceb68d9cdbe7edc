import type { Settings } from "../model/Settings";
import { buildSettings, type SettingsContext } from "./build";
import { type ConfigPath, configKey, startsWith } from "./ConfigPath";
import type { Problem } from "./Problem";
import { problemsOf, unknownKey } from "./problemsOf";
import type { IsSound } from "./ServiceScope";
import { type StackConfig, stackSchema } from "./schema";
import { checkService } from "./serviceChecks";
import { checkStack } from "./stackChecks";
import { checkUse } from "./useChecks";

export type { SettingsContext } from "./build";

/** The keys of the namespace `relink:` as the user wrote them, decoded from JSON. */
export interface RawConfig {
    front?: unknown;
    services?: unknown;
    host?: unknown;
    secrets?: unknown;
    registries?: unknown;
    certificates?: unknown;
    users?: unknown;
    /** All other keys are unknown: each is a problem. */
    [key: string]: unknown;
}

/** Either the settings, or everything that is wrong with the config. */
export type ParsedSettings =
    | { settings: Settings; problems?: undefined }
    | { settings?: undefined; problems: Problem[] };

/**
 * Parses a stack config. It throws nothing: `renderProblems` makes the text of an error from the problems.
 *
 * @returns the settings with all defaults, or every problem of the config
 */
export function checkSettings(raw: RawConfig, context: SettingsContext): ParsedSettings {
    const { problems, value } = withoutPrototypeKeys(raw);
    const first = stackSchema.safeParse(value);
    if (!first.success) {
        problems.push(...problemsOf(first.error, value));
    }
    const config = first.success ? first.data : parseTheRest(value, problems);
    if (config) {
        const isSound = soundness(problems.map(problem => problem.path));
        const names = Object.keys(config.services).sort();
        problems.push(...names.flatMap(name => checkService(name, config, isSound)));
        problems.push(...checkStack(config, context, isSound));
        problems.push(...checkUse(value, config, isSound));
        if (problems.length === 0) {
            return { settings: buildSettings(config, context) };
        }
    }
    return { problems: inOrder(problems) };
}

/**
 * Parses what is left without everything that is wrong, so that the checks between settings run on that part and the
 * user sees all problems at once.
 */
function parseTheRest(raw: unknown, problems: readonly Problem[]): StackConfig | undefined {
    // A stand-in for a value that was not read is a symbol, which `structuredClone` refuses.
    const rest = withoutPrototypeKeys(raw).value;
    let wrong = problems.map(problem => problem.path);
    // An object that lacks a required key is still wrong without its wrong keys: the next round removes the object.
    for (let levelsUp = 0; levelsUp < 4; levelsUp++) {
        removeAll(
            rest,
            wrong.map(path => path.slice(0, Math.max(1, path.length - levelsUp))),
        );
        const result = stackSchema.safeParse(withRequiredKeys(rest));
        if (result.success) {
            return result.data;
        }
        wrong = problemsOf(result.error, rest).map(problem => problem.path);
    }
    return undefined;
}

function removeAll(root: unknown, paths: readonly ConfigPath[]): void {
    const lists = new Set<unknown[]>();
    for (const path of paths) {
        let parent = root;
        for (const segment of path.slice(0, -1)) {
            parent = isObject(parent) && Object.hasOwn(parent, segment) ? parent[segment] : undefined;
        }
        const last = path.at(-1);
        if (isObject(parent) && last !== undefined) {
            delete parent[last];
            if (Array.isArray(parent)) {
                lists.add(parent);
            }
        }
    }
    for (const list of lists) {
        // The indexes in the paths are those of the whole list, so the holes close only now.
        list.splice(0, list.length, ...list.filter(() => true));
    }
}

/** Fills in required keys, so that a service without an image gets all other checks. */
function withRequiredKeys(rest: unknown): unknown {
    if (!isObject(rest)) {
        return { services: {} };
    }
    const services = isObject(rest.services) && !Array.isArray(rest.services) ? rest.services : {};
    const completed = Object.entries(services).map(([name, service]) => [
        name,
        isObject(service) ? { image: "missing", ...service } : service,
    ]);
    return { ...rest, services: Object.fromEntries(completed) };
}

/** Copies the config, and reports keys `__proto__`, which zod drops without a word. */
function withoutPrototypeKeys(raw: unknown): { value: unknown; problems: Problem[] } {
    const problems: Problem[] = [];
    const copy = (value: unknown, path: ConfigPath): unknown => {
        if (Array.isArray(value)) {
            return Array.from(value, (item, index) => copy(item, [...path, index]));
        }
        if (!isObject(value)) {
            return value;
        }
        const entries = Object.entries(value).filter(([key]) => {
            if (key === "__proto__") {
                problems.push(unknownKey(path, key));
            }
            return key !== "__proto__";
        });
        return Object.fromEntries(entries.map(([key, item]) => [key, copy(item, [...path, key])]));
    };
    return { value: copy(raw, []), problems };
}

function soundness(wrong: readonly ConfigPath[]): IsSound {
    return (...path) => !wrong.some(other => startsWith(path, other) || startsWith(other, path));
}

/** Sorts by place, and drops repetitions. */
function inOrder(problems: readonly Problem[]): Problem[] {
    const byText = new Map(problems.map(problem => [`${configKey(problem.path)} ${problem.message}`, problem]));
    return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}

function isObject(value: unknown): value is Record<string | number, unknown> {
    return typeof value === "object" && value !== null;
}
