import {
    isAlias,
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    type Node,
    type Pair,
    parseDocument,
    visit,
    type YAMLMap,
    type Document as Yaml,
} from "yaml";
import { type Fields, isFields } from "../settings/fields";
import { ComposeError, type ComposePath, composeError, needsCompose } from "./ComposeError";
import { interpolate, type Lookup, type OnUnset } from "./interpolate";

/** Is told of what cannot be read. */
export type Fail = (error: ComposeError) => void;

/** What {@link Document.content} needs. */
export interface ContentReader {
    /** A variable's value. */
    lookup: Lookup;
    onUnset: OnUnset;
    /**
     * Is told of each thing that only Docker Compose can read, and of missing variables. Extensions (`x-...`) count
     * only where something uses them.
     */
    fail: Fail;
}

/** One Compose file as it is written. */
export class Document {
    private constructor(
        private readonly yaml: Yaml,
        private readonly lines: LineCounter,
    ) {}

    /** @throws ComposeError with the line of a text that is not a Compose file */
    static parse(text: string): Document {
        const lines = new LineCounter();
        const yaml = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "error", lineCounter: lines });
        const [error] = yaml.errors;
        if (error !== undefined) {
            const isSecond = error.code === "MULTIPLE_DOCS";
            const message = isSecond
                ? "has a second document (---): use a second file"
                : `is not YAML: ${error.message}`;
            throw new ComposeError(message, { line: lines.linePos(error.pos[0]).line });
        }
        if (!isMap(yaml.contents)) {
            throw new ComposeError("is not a Compose file: it has no `services`", { line: 1 });
        }
        const document = new Document(yaml, lines);
        const services = yaml.get("services");
        if (services !== undefined && services !== null && !isMap(services) && !isAlias(services)) {
            const line = document.lineOf(["services"]);
            throw new ComposeError("is not a Compose file: `services` must be a map", { line });
        }
        document.checkAliases();
        return document;
    }

    /** Finds what the YAML library finds only where it is used, and then without a line. */
    private checkAliases(): void {
        const fail = (node: Node, message: string): never => {
            const { line } = this.lines.linePos(node.range?.[0] ?? 0);
            throw new ComposeError(`is not YAML: ${message}`, { line });
        };
        visit(this.yaml, {
            Alias: (_, alias, parents) => {
                const target = alias.resolve(this.yaml);
                if (target === undefined) {
                    fail(alias, `no anchor &${alias.source} before this *${alias.source}`);
                } else if (parents.includes(target)) {
                    fail(alias, `*${alias.source} is inside of &${alias.source} itself`);
                }
            },
            Pair: (_, { key, value }) => {
                const sources = isSeq(value) ? value.items : [value];
                const isSound = sources.every(source => isMap(isAlias(source) ? source.resolve(this.yaml) : source));
                if (isScalar(key) && key.source === "<<" && !isSound && !sources.some(isAlias)) {
                    fail(key, "<< takes maps only, such as *NAME of an anchor &NAME");
                }
            },
        });
        try {
            this.yaml.toJS();
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            throw new ComposeError(`is not YAML: ${message}`, { line: 1 });
        }
    }

    /** @returns how many keys of the path the file has */
    depthOf(path: ComposePath): number {
        let depth = path.length;
        while (depth > 0 && !this.yaml.hasIn(path.slice(0, depth))) {
            depth -= 1;
        }
        return depth;
    }

    /** @returns the line of the path, or of as many of its keys as the file has */
    lineOf(path: ComposePath): number {
        let node: unknown = this.yaml.contents;
        let offset = 0;
        for (const part of path) {
            const target: unknown = isAlias(node) ? node.resolve(this.yaml) : node;
            let next: unknown;
            if (isMap(target)) {
                const pair = this.pairOf(target, String(part));
                offset = isNode(pair?.key) ? (pair.key.range?.[0] ?? offset) : offset;
                next = pair?.value;
            } else if (isSeq(target)) {
                next = target.items[Number(part)];
                offset = isNode(next) ? (next.range?.[0] ?? offset) : offset;
            }
            node = next;
        }
        return this.lines.linePos(offset).line;
    }

    /** Finds a key of a map, or of what `<<` merges into the map. */
    private pairOf(map: YAMLMap, name: string): Pair | undefined {
        const named = (wanted: string) => map.items.find(({ key }) => isScalar(key) && key.source === wanted);
        const merged = named("<<")?.value;
        const sources = isSeq(merged) ? merged.items : [merged];
        return (
            named(name) ??
            sources
                .map(source => (isAlias(source) ? source.resolve(this.yaml) : source))
                .filter(isMap)
                .map(source => this.pairOf(source, name))
                .find(pair => pair !== undefined)
        );
    }

    /** @returns the content with its variables replaced, as Docker Compose would do it */
    content(reader: ContentReader): Fields {
        const { fail } = reader;
        this.findTags(fail);
        this.markOddNumbers();
        const fill = (value: unknown, path: ComposePath): unknown => {
            if (typeof value === "string") {
                return filled(value, path, reader);
            }
            if (value instanceof OddNumber) {
                value.check(path, fail);
                return value.value;
            }
            if (Array.isArray(value)) {
                return value.map((item, index) => fill(item, [...path, index]));
            }
            return isFields(value)
                ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]))
                : value;
        };
        return fill(this.yaml.toJS(), []) as Fields;
    }

    /** Finds `!reset` and `!override`. */
    private findTags(fail: Fail): void {
        visit(this.yaml, {
            Node: (_, node, parents) => {
                const tag = "tag" in node && typeof node.tag === "string" ? node.tag : "";
                if (tag.startsWith("!")) {
                    const path = parents.flatMap(parent =>
                        "key" in parent && isScalar(parent.key) ? [String(parent.key.value)] : [],
                    );
                    fail(new ComposeError(`has the tag ${tag}, which ${needsCompose}`, { path }));
                }
            },
        });
    }

    private markOddNumbers(): void {
        visit(this.yaml, {
            Scalar: (_, node) => {
                if (typeof node.value === "number" && node.source !== undefined && node.source !== `${node.value}`) {
                    node.value = new OddNumber(node.value);
                }
            },
        });
    }
}

/** @returns the text as it is where `fail` was told of an error */
function filled(text: string, path: ComposePath, { lookup, onUnset, fail }: ContentReader): string {
    try {
        return interpolate(text, lookup, onUnset);
    } catch (error) {
        const located = composeError(error).at({ path });
        if (!String(path[0]).startsWith("x-")) {
            fail(located);
        }
        return text;
    }
}

/** A number such as `022`, `1.10` or `0x1F`: YAML readers make different texts of it. */
class OddNumber {
    constructor(readonly value: number) {}

    check(path: ComposePath, fail: Fail): void {
        if (path[0] === "services" && (path[2] === "environment" || path[2] === "labels")) {
            const message = "is a number that YAML readers spell in several ways: put it in quotes";
            fail(new ComposeError(message, { path }));
        }
    }
}
