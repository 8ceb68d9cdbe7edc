import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configKey } from "../../../settings/ConfigPath";
import { type Problem, renderProblems } from "../../../settings/Problem";
import { checkSettings, type RawConfig } from "../../../settings/parse";
import { schemaKeys } from "../../../settings/schemaKeys";
import { applyFix, Blocked } from "./applyFix";
import { configs, planted, withoutGoodValues } from "./goodValues";
import { expectNothingElse } from "./rendered";
import { context } from "./support";

type Path = (string | number)[];
type Node = Record<string | number, unknown>;

/** What came up over all cases, by the schema's keys. */
const accepted = new Map<string, number>();
const refused = new Map<string, number>();

let cases = 0;

/** The property: settings that render to nothing that was not meant, or problems that each name a place and a fix. */
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
    // One of them, for time's sake: each one means to parse the whole once more.
    const problem = problems[cases % problems.length]!;
    try {
        expectFixed(raw, problem);
    } catch (error) {
        // Only where another problem is about what the key is in: that one is mended first.
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

/** `relink:front` is no object, and `relink:front.http.port` was set as one key. */
function isAround(other: Problem, problem: Problem): boolean {
    return (
        configKey(problem.path)
            .replace(/[["\]]/g, ".")
            .includes(String(other.path[0])) && other !== problem
    );
}

/** A mistake has put a secret where nobody can know that it is one. */
function isMisplaced(raw: unknown): boolean {
    const visible = JSON.stringify(raw, (key, value) => (/^(?:secrets|registries|env)$/.test(key) ? undefined : value));
    return visible?.includes(planted) ?? false;
}

/** The command mends what it is there for. */
function expectFixed(raw: unknown, problem: Problem): void {
    expect(problem.message).toMatch(/^[^\n]+$/);
    expect(problem.fix).toMatch(/^[\x20-\x7e]+$/);
    // No stack file is that.
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
        return;
    }
    // No program's argument can hold a NUL, and Pulumi reads no path with `__proto__`: such a key is edited by hand.
    if (/\0|__proto__/.test(problem.path.join())) {
        return;
    }
    const mended = applyFix(problem.fix, raw);
    if (mended !== undefined) {
        const all = checkSettings(raw as RawConfig, context).problems ?? [];
        const left = checkSettings(mended as RawConfig, context).problems ?? [];
        // What was in a list three times is in it twice.
        if (problem.message.includes("twice") && left.length < all.length) {
            return;
        }
        const same = left.filter(({ path, message }) => {
            return configKey(path) === configKey(problem.path) && message === problem.message;
        });
        expect(same, `${problem.fix} does not mend it`).toEqual([]);
    }
}

function note(counts: Map<string, number>, paths: Path[]): void {
    for (const key of keys) {
        const parts = key.split(".");
        const isThere = paths.some(
            path => path.length >= parts.length && parts.every((part, at) => part === "*" || part === path[at]),
        );
        counts.set(key, (counts.get(key) ?? 0) + (isThere ? 1 : 0));
    }
}

const keys = schemaKeys().map(({ path }) => path);

function pathsOf(value: unknown, path: Path = []): Path[] {
    if (typeof value !== "object" || value === null) {
        return [path];
    }
    const below = Object.entries(value).flatMap(([key, item]) =>
        pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
    );
    return path.length === 0 ? below : [path, ...below];
}

/** Letters that HAProxy, a shell, YAML or a terminal read something into. */
const letters = [
    "\n",
    '"',
    "'",
    " ",
    "\0",
    "é",
    "%[src]",
    "\\",
    "#",
    "$(id)",
    "${",
    "\r\n",
    "\u2028",
    "\t",
    "`",
    ";",
    "\u001b[2J",
];
const hostile = fc.oneof(
    fc
        .tuple(
            fc.constantFrom(...letters),
            fc.constantFrom("web", "/healthz", "shop.example.com", "shop/web:v1", ""),
            fc.nat(20),
        )
        .map(([letter, text, at]) => text.slice(0, at) + letter + text.slice(at)),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
);
const oddValue = fc.oneof(
    hostile,
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
        0,
        -1,
        1e21,
        0.1,
        65536,
        "",
        "0",
        "10s",
        "24d",
        "99999999999h",
        null,
        true,
        "*",
        {},
        [],
        [[]],
    ),
    fc.constantFrom("04da6b54-80e4-46f7-96ec-b56ff0331ba9", "[object Object]", "x".repeat(70_000)),
);
const oddKey = fc.oneof(
    hostile,
    fc.constantFrom(
        "image",
        "port",
        "__proto__",
        "constructor",
        "toString",
        "x.y",
        "",
        "front.http.port",
        "none",
        "a-blue",
    ),
);

const change = fc.record({
    at: fc.nat(),
    other: fc.nat(),
    kind: fc.constantFrom("set", "set", "hostile", "delete", "rename", "swap", "wrap", "add", "add", "type"),
    letter: fc.constantFrom(...letters),
    value: oddValue,
    key: oddKey,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** One mistake somewhere in a config. */
function spoil(config: unknown, { at, other, kind, letter, value: odd, key }: Change): void {
    const value = structuredClone(odd);
    const paths = pathsOf(config);
    const path = paths[at % Math.max(1, paths.length)];
    const [parent, last] = path === undefined ? [undefined, ""] : [valueAt(config, path.slice(0, -1)), path.at(-1)!];
    if (parent === undefined) {
        return;
    }
    const old = parent[last];
    const isList = Array.isArray(parent);
    if (kind === "set") {
        define(parent, last, value);
    } else if (kind === "hostile") {
        const text = JSON.stringify(old);
        define(parent, last, text.slice(0, other % 9) + letter + text.slice(other % 9));
    } else if (kind === "delete") {
        delete parent[last];
    } else if (kind === "rename" && !isList) {
        delete parent[last];
        define(parent, other % 2 === 0 ? key : `${last}s`, old);
    } else if (kind === "swap") {
        define(parent, last, structuredClone(valueAt(config, paths[other % paths.length]!)));
    } else if (kind === "wrap") {
        define(parent, last, other % 2 === 0 ? [old] : { [key]: old });
    } else if (kind === "add" && isList) {
        parent.push(other % 2 === 0 ? value : structuredClone(old));
    } else if (kind === "add") {
        define(parent, key, value);
    } else {
        define(parent, last, typeof old === "string" ? Number(old) || true : JSON.stringify(old));
    }
}

function valueAt(root: unknown, path: Path): Node | undefined {
    return path.reduce<unknown>((value, segment) => (value as Node | undefined)?.[segment], root) as Node | undefined;
}

/** Also `__proto__`, as JSON has it. */
function define(parent: Node, key: string | number, value: unknown): void {
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

/** As the program gets it: what went through JSON. */
function throughJson(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value));
}

/** Nothing is timed: only a machine that does many other things at once takes longer than some seconds. */
const timeout = 300_000;

describe("10,000 configs", () => {
    it("has good values for every key of the schema", () => {
        expect(withoutGoodValues(keys), "add good values for these to test/unit/settings/goodValues.ts").toEqual([]);
    });

    it("made of good values: accepted, and rendered to nothing that was not meant", { timeout }, () => {
        const seen = { accepted: 0, refused: 0 };
        fc.assert(
            fc.property(configs, config => {
                seen[check(throughJson(config))] += 1;
            }),
            { numRuns: 3_000 },
        );
        // Some combinations are wrong, as stopFirst with one replica; most must be right.
        expect(seen.accepted).toBeGreaterThan(1_000);
        expect(keys.filter(key => !(accepted.get(key)! > 0))).toEqual([]);
    });

    it("with mistakes anywhere: settings, or problems with a place and a command that mends it", { timeout }, () => {
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
        expect(keys.filter(key => !(refused.get(key)! > 0))).toEqual([]);
    });

    it("of anything at all", { timeout }, () => {
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

/** All that ends up in HAProxy's text, its maps or a Docker name is made of these letters only. */
const harmless = /^[A-Za-z0-9\-._~!&()*+,;=:@/?%[\]]*$/;

describe("a text with a letter that HAProxy could misread", () => {
    it("is refused wherever it may end up there", () => {
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
