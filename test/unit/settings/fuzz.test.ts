import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configKey } from "../../../settings/ConfigPath";
import { type Problem, renderProblems } from "../../../settings/Problem";
import { checkSettings, type RawConfig } from "../../../settings/parse";
import { schemaKeys } from "../../../settings/schemaKeys";
import { applyFix, Blocked } from "./applyFix";
import { configs } from "./configs";
import { planted, withoutGoodValues } from "./goodValues";
import { change, hostile, type Path, pathsOf, spoil, writeAt } from "./mistakes";
import { expectNothingElse } from "./rendered";
import { context } from "./support";

/** How many accepted and refused configs had each key of the schema. */
const accepted = new Map<string, number>();
const refused = new Map<string, number>();

let cases = 0;

/**
 * The property: a config gives settings that render to exactly what they mean, or problems with a place and a fix.
 */
function check(raw: unknown): "accepted" | "refused" {
    const { settings, problems } = checkSettings(raw as RawConfig, context);
    if (settings !== undefined) {
        expectNothingElse(settings);
        note(accepted, pathsOf(raw));
        return "accepted";
    }
    expect(problems.length).toBeGreaterThan(0);
    const text = renderProblems(problems, "dev");
    expect(text).toMatch(/^[\x20-\x7e\n]+$/);
    expect(text).not.toMatch(/^ *at .*:\d+/m);
    if (!isMisplaced(raw)) {
        expect(text).not.toContain(planted);
    }
    // Only one fix of each config is tried: each try parses the whole config again.
    const problem = problems[cases % problems.length]!;
    try {
        expectFixed(raw, problem, problems.length);
    } catch (error) {
        // A fix may fail if another problem is about an object around the key. The user mends that one first.
        if (!(error instanceof Blocked && problems.some(other => isAround(other, problem)))) {
            throw error;
        }
    }
    cases += 1;
    note(
        refused,
        problems.map(problem => problem.path as Path),
    );
    return "refused";
}

/** @returns whether another problem is about an object around the key, as when `relink:front` is not an object */
function isAround(other: Problem, problem: Problem): boolean {
    return (
        configKey(problem.path)
            .replace(/[["\]]/g, ".")
            .includes(String(other.path[0])) && other !== problem
    );
}

/** @returns whether a mistake has moved a secret to a key that is not for secrets */
function isMisplaced(raw: unknown): boolean {
    const visible = JSON.stringify(raw, (key, value) =>
        /^(?:secrets|registries|env|users)$/.test(key) ? undefined : value,
    );
    return visible?.includes(planted) ?? false;
}

/**
 * Expects that the command mends its problem.
 * @param all how many problems there are
 */
function expectFixed(raw: unknown, problem: Problem, all: number): void {
    expect(problem.message).toMatch(/^[^\n]+$/);
    expect(problem.fix).toMatch(/^[\x20-\x7e]+$/);
    // A stack file is always an object.
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
        return;
    }
    // An argument of a program cannot contain a NUL, and Pulumi reads no path with `__proto__`: the user edits such a
    // key by hand.
    if (/\0|__proto__/.test(problem.path.join())) {
        return;
    }
    const mended = applyFix(problem.fix, raw);
    if (mended !== undefined) {
        const left = checkSettings(mended as RawConfig, context).problems ?? [];
        // An item that was in a list three times is still in it twice.
        if (problem.message.includes("twice") && left.length < all) {
            return;
        }
        const same = left.filter(({ path, message }) => {
            return configKey(path) === configKey(problem.path) && message === problem.message;
        });
        expect(same, `${problem.fix} does not mend it`).toEqual([]);
    }
}

function note(counts: Map<string, number>, paths: Path[]): void {
    const there = new Set(paths.flatMap(path => path.map((_, last) => spelled(path.slice(0, last + 1)))));
    for (const [key, spelling] of spellings) {
        counts.set(key, (counts.get(key) ?? 0) + (there.has(spelling) ? 1 : 0));
    }
}

/** @returns the keys that no refused config had a problem at. Where few configs have a key, that is by chance */
function unmet(): string[] {
    return keys.filter(key => !(refused.get(key)! > 0));
}

/** Makes a mistake at one key, in a config that has it. */
function spoilKey(key: string): void {
    for (const config of fc.sample(configs, 2_000)) {
        const raw = structuredClone(config);
        const path = pathsOf(raw).find(path => spelled(path) === spellings.get(key));
        if (path !== undefined) {
            writeAt(raw, path, [[]]);
            check(throughJson(raw));
            return;
        }
    }
}

/** @returns a path as one text, with `*` for a name that the user chooses */
function spelled(path: Path): string {
    return path.map((part, at) => (at === 1 && named.has(path[0]) ? "*" : part)).join("\0");
}

const keys = schemaKeys().map(({ path }) => path);
const spellings = new Map(keys.map(key => [key, key.replaceAll(".", "\0")]));
/** What has names right below it that the user chooses. */
const named = new Set<string | number | undefined>(
    keys.map(key => key.split(".")).flatMap(([first = "", second]) => (second === "*" ? [first] : [])),
);

/** @returns the config as the program gets it: through JSON */
function throughJson(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value));
}

/** A safety margin for a busy machine. The test does not measure time. */
const timeout = 300_000;

describe("10,000 configs", () => {
    it("have good values for every key of the schema", () => {
        expect(withoutGoodValues(keys), "add good values for these to test/unit/settings/goodValues.ts").toEqual([]);
    });

    it("of good values are accepted, and render to exactly what they mean", { timeout }, () => {
        const seen = { accepted: 0, refused: 0 };
        fc.assert(
            fc.property(configs, config => {
                seen[check(throughJson(config))] += 1;
            }),
            { numRuns: 3_000 },
        );
        // Some combinations are wrong, such as stopFirst with one replica.
        expect(seen.accepted).toBeGreaterThan(1_000);
        expect(keys.filter(key => !(accepted.get(key)! > 0))).toEqual([]);
    });

    it("with mistakes anywhere give settings, or problems with a place and a command that mends them", {
        timeout,
    }, () => {
        const seen = { accepted: 0, refused: 0 };
        fc.assert(
            fc.property(configs, fc.array(change, { minLength: 1, maxLength: 5 }), (config, changes) => {
                const raw = structuredClone(config);
                for (const one of changes) {
                    spoil(raw, one);
                }
                seen[check(throughJson(raw))] += 1;
            }),
            { numRuns: 6_000 },
        );
        expect(seen.accepted).toBeGreaterThan(50);
        for (const key of unmet()) {
            spoilKey(key);
        }
        expect(unmet()).toEqual([]);
    });

    it("of any JSON give settings or problems", { timeout }, () => {
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.jsonValue(),
                    fc.dictionary(
                        fc.constantFrom("front", "services", "host", "secrets", "registries", "x"),
                        fc.jsonValue(),
                    ),
                ),
                raw => {
                    check(throughJson(raw));
                },
            ),
            { numRuns: 1_000 },
        );
    });
});

/** The characters of all values in HAProxy's configuration, in its maps or in a Docker name. */
const harmless = /^[A-Za-z0-9\-._~!&()*+,;=:@/?%[\]]*$/;

describe("a text with a character that HAProxy could misread", () => {
    it("is refused in every setting that reaches HAProxy", () => {
        fc.assert(
            fc.property(hostile, text => {
                fc.pre(!harmless.test(text) || text.includes("%["));
                const service = { image: "a", port: 1 };
                const raws = [
                    { services: { [text]: service } },
                    { services: { web: { ...service, image: text } } },
                    { services: { web: { ...service, hosts: [text] } } },
                    { services: { web: { ...service, paths: [text] } } },
                    { services: { web: { ...service, health: { path: text } } } },
                    { services: { web: { ...service, health: { host: text } } } },
                    { services: { web: service }, front: { name: text } },
                    { services: { web: service }, front: { image: text } },
                    { services: { web: service }, front: { address: text } },
                    { services: { web: service }, front: { network: { subnet: text } } },
                ];
                for (const raw of raws) {
                    expect(checkSettings(raw, context).settings).toBeUndefined();
                }
            }),
            { numRuns: 500 },
        );
    });
});
