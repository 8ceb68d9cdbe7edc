import {
    isAlias,
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    parseDocument,
    visit,
    type Document as Yaml,
} from "yaml";
import { InterpolationError, interpolate, type Lookup } from "./interpolate";
import { ComposeError, type ComposePath, type Fields, isFields, needsCompose } from "./values";

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
        const yaml = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "silent", lineCounter: lines });
        const [error] = yaml.errors;
        if (error !== undefined) {
            throw new UnreadableYaml(lines.linePos(error.pos[0]).line, `is no YAML: ${error.message}`);
        }
        if (!isMap(yaml.contents)) {
            throw new UnreadableYaml(1, "is no Compose file: it has no `services`");
        }
        return new Document(yaml, lines);
    }

    /** Names of the services. */
    get services(): string[] {
        const services = this.yaml.get("services");
        return isMap(services) ? services.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : [];
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
                const pair = target.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
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

    /**
     * The content with its variables filled in, for whom Docker Compose does not read it.
     *
     * @param fail hears of each thing that only Compose can read, and of variables that are missing
     */
    content(lookup: Lookup, onUnset: (name: string) => void, fail: (error: ComposeError) => void): Fields {
        this.findTags(fail);
        const fill = (value: unknown, path: ComposePath): unknown => {
            if (typeof value === "string") {
                try {
                    return interpolate(value, lookup, onUnset);
                } catch (error) {
                    const message = error instanceof InterpolationError ? error.message : "cannot be read";
                    fail(new ComposeError(path, message));
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
