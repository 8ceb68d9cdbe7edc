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
import { InterpolationError, interpolate, type Lookup } from "./interpolate";
import { ComposeError, type ComposePath, needsCompose } from "./values";

/** Text that cannot be read as YAML. */
export class UnreadableYaml extends Error {
    constructor(
        readonly line: number,
        message: string,
    ) {
        super(message);
    }
}

/** One Compose file, as it is written. */
export class Document {
    private constructor(
        private readonly yaml: Yaml,
        private readonly lines: LineCounter,
    ) {}

    /** @throws UnreadableYaml */
    static parse(text: string): Document {
        const lines = new LineCounter();
        const yaml = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "error", lineCounter: lines });
        const [error] = yaml.errors;
        if (error !== undefined) {
            const isSecond = error.code === "MULTIPLE_DOCS";
            const message = isSecond
                ? "has a second document (---): use a second file"
                : `is no YAML: ${error.message}`;
            throw new UnreadableYaml(lines.linePos(error.pos[0]).line, message);
        }
        if (!isMap(yaml.contents)) {
            throw new UnreadableYaml(1, "is no Compose file: it has no `services`");
        }
        const document = new Document(yaml, lines);
        const services = yaml.get("services");
        if (services !== undefined && services !== null && !isMap(services) && !isAlias(services)) {
            throw new UnreadableYaml(document.lineOf(["services"]), "is no Compose file: `services` must be a map");
        }
        document.checkAliases();
        return document;
    }

    /** The library finds these only where they are used, and then without their line. */
    private checkAliases(): void {
        const fail = (node: Node, message: string): never => {
            throw new UnreadableYaml(this.lines.linePos(node.range?.[0] ?? 0).line, `is no YAML: ${message}`);
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
            throw new UnreadableYaml(1, `is no YAML: ${error instanceof Error ? error.message : String(error)}`);
        }
    }

    /** How many keys of the path the file has. */
    depthOf(path: ComposePath): number {
        let depth = path.length;
        while (depth > 0 && !this.yaml.hasIn(path.slice(0, depth))) {
            depth -= 1;
        }
        return depth;
    }

    /** The line where the path, or as much of it as there is, is written. */
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

    /** A key of a map, or of what is merged into it by `<<`. */
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

    /**
     * The content with its variables filled in, for whom Docker Compose does not read it.
     *
     * @param fail hears of each thing that only Compose can read, and of variables that are missing; not in extensions
     *     (`x-...`), of which what is used is somewhere else too
     */
    content(lookup: Lookup, onUnset: (name: string) => void, fail: (error: ComposeError) => void): Fields {
        this.findTags(fail);
        const fill = (value: unknown, path: ComposePath): unknown => {
            if (typeof value === "string") {
                try {
                    return interpolate(value, lookup, onUnset);
                } catch (error) {
                    if (!(error instanceof InterpolationError)) {
                        throw error;
                    }
                    if (!String(path[0]).startsWith("x-")) {
                        const { message, variable } = error;
                        const fix =
                            variable &&
                            `set it in the environment or an env file (.env, unless envFile names others): ${variable}=VALUE`;
                        fail(new ComposeError(path, message, fix));
                    }
                    return value;
                }
            }
            if (value instanceof OddNumber) {
                if (path[0] === "services" && (path[2] === "environment" || path[2] === "labels")) {
                    fail(
                        new ComposeError(path, "is a number that YAML readers spell in several ways: put it in quotes"),
                    );
                }
                return value.value;
            }
            if (Array.isArray(value)) {
                return value.map((item, index) => fill(item, [...path, index]));
            }
            return isFields(value)
                ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]))
                : value;
        };
        this.markOddNumbers();
        return fill(this.yaml.toJS(), []) as Fields;
    }

    /** `!reset` and `!override`. */
    private findTags(fail: (error: ComposeError) => void): void {
        visit(this.yaml, {
            Node: (_, node, parents) => {
                const tag = "tag" in node && typeof node.tag === "string" ? node.tag : "";
                if (tag.startsWith("!")) {
                    const keys = parents.flatMap(parent =>
                        "key" in parent && isScalar(parent.key) ? [String(parent.key.value)] : [],
                    );
                    fail(new ComposeError(keys, `has the tag ${tag}, which ${needsCompose}`));
                }
            },
        });
    }

    /** Numbers such as `022`, `1.10` and `0x1F`, of which YAML readers make different texts. */
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

class OddNumber {
    constructor(readonly value: number) {}
}
