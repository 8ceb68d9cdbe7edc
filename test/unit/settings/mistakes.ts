import fc from "fast-check";

/** A path in a config. */
export type Path = (string | number)[];
type Node = Record<string | number, unknown>;

/** Special characters of HAProxy, a shell, YAML or a terminal. */
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
/** Texts with such characters. */
export const hostile = fc.oneof(
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

/** The mistake that {@link spoil} makes. */
export const change = fc.record({
    at: fc.nat(),
    other: fc.nat(),
    kind: fc.constantFrom("set", "set", "hostile", "delete", "rename", "swap", "wrap", "add", "add", "type"),
    letter: fc.constantFrom(...letters),
    value: oddValue,
    key: oddKey,
});
export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Makes one mistake somewhere in a config. */
export function spoil(config: unknown, { at, other, kind, letter, value: odd, key }: Change): void {
    const value = structuredClone(odd);
    const paths = pathsOf(config);
    // Keys that few configs have are chosen more often. Otherwise some of them would get no mistake.
    const chosen = paths.flatMap(path =>
        path.includes("rolling") || path.includes("canary") ? [path, path, path] : [path],
    );
    const path = chosen[at % Math.max(1, chosen.length)];
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

/** Writes a value over the one at a path that the config has. */
export function writeAt(config: unknown, path: Path, value: unknown): void {
    define(valueAt(config, path.slice(0, -1))!, path.at(-1)!, value);
}

function valueAt(root: unknown, path: Path): Node | undefined {
    return path.reduce<unknown>((value, segment) => (value as Node | undefined)?.[segment], root) as Node | undefined;
}

/** Sets a key, also `__proto__`, as `JSON.parse` does. */
function define(parent: Node, key: string | number, value: unknown): void {
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

/** @returns the paths of all values in a config */
export function pathsOf(value: unknown, path: Path = []): Path[] {
    if (typeof value !== "object" || value === null) {
        return [path];
    }
    const below = Object.entries(value).flatMap(([key, item]) =>
        pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
    );
    return path.length === 0 ? below : [path, ...below];
}
