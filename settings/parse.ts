import type { Settings } from "../model/Settings";
import { buildSettings, type SettingsContext } from "./build";
import type { IsSound } from "./checking";
import { type ConfigPath, configKey, type Problem, renderProblems } from "./Problem";
import { problemsOf, unknownKey } from "./problemsOf";
import { type StackConfig, stackSchema } from "./schema";
import { checkService } from "./serviceChecks";
import { checkStack } from "./stackChecks";

export type { SettingsContext } from "./build";

/** The keys of the namespace `relink:`, decoded from JSON and otherwise as the user wrote them. */
export interface RawConfig {
    front?: unknown;
    services?: unknown;
    host?: unknown;
    secrets?: unknown;
    registries?: unknown;
    /** Further keys are unknown ones, and are reported as such. */
    [key: string]: unknown;
}

/** Either the settings or everything that is wrong with the config. */
export type ParsedSettings =
    | { settings: Settings; problems?: undefined }
    | { settings?: undefined; problems: Problem[] };

/** Thrown by `parseSettings`. Inside a Pulumi program `readSettings` throws a `SettingsError` with the same text. */
export class InvalidConfigError extends Error {
    constructor(
        readonly problems: readonly Problem[],
        stack: string,
    ) {
        super(renderProblems(problems, stack));
        this.name = "InvalidConfigError";
    }
}

/**
 * Parses a stack config.
 *
 * @throws InvalidConfigError that lists every problem
 */
export function parseSettings(raw: RawConfig, context: SettingsContext): Settings {
    const { settings, problems } = checkSettings(raw, context);
    if (problems) {
        throw new InvalidConfigError(problems, context.stack);
    }
    return settings;
}

/** Parses a stack config; problems are returned as data, and nothing is thrown. */
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
        if (problems.length === 0) {
            return { settings: buildSettings(config, context) };
        }
    }
    return { problems: inOrder(problems) };
}

/**
 * What is left when everything wrong is taken out, so that the checks between settings can run on the sound part and
 * the user sees all problems at once.
 */
function parseTheRest(raw: unknown, problems: readonly Problem[]): StackConfig | undefined {
    const rest = structuredClone(raw);
    let wrong = problems.map(problem => problem.path);
    // An object that lacks a required key is still wrong without its wrong keys: the next round takes out the object.
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
        // Leaves no holes, once all indexes have been used.
        list.splice(0, list.length, ...list.filter(() => true));
    }
}

/** Stands in for required keys, so that a service without an image can still be checked for everything else. */
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

/** A key `__proto__` would be dropped without a word. */
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

function startsWith(path: ConfigPath, start: ConfigPath): boolean {
    return start.every((segment, index) => path[index] === segment);
}

/** By place, each sentence once. */
function inOrder(problems: readonly Problem[]): Problem[] {
    const byText = new Map(problems.map(problem => [`${configKey(problem.path)} ${problem.message}`, problem]));
    return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}

function isObject(value: unknown): value is Record<string | number, unknown> {
    return typeof value === "object" && value !== null;
}
