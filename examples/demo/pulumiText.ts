/** Shortens what the Pulumi CLI prints, for the demo. Unknown text stays as it is. */

/** One row of `pulumi up`: what happens to a resource. */
export interface Row {
    /** `web-green`, `web link`, `front-anchor`. */
    name: string;
    text: string;
    /** A deployment, a link or HAProxy's configuration. */
    isOurs: boolean;
}

// " ~  TYPE NAME updating (3s) [diff: ~image]; starting 2 containers on green"
const rowPattern =
    /^ ?[ +~-]{1,3}\s+([\w-]+:[\w/.-]+:\w+) (\S+) +(?:(creating|created|updating|updated|deleting|deleted|\*\*[^*]+\*\*)(?: \([^)]*\))? ?)?(?:\[diff: [^\]]*\](?:; )?)?(.*)$/;

/** @returns the row in a line of `pulumi up`; undefined where the line has nothing new for a reader of the demo */
export function parseRow(line: string): Row | undefined {
    const [, type = "", name = "", done = "", message = ""] = rowPattern.exec(line) ?? [];
    const isOurs = type.startsWith("pulumi-nodejs:dynamic/relink:");
    const isShown = isOurs || type.startsWith("docker:");
    if (message === "" ? !isShown || !/^(created|updated|deleted)$/.test(done) : type === "pulumi:pulumi:Stack") {
        return undefined;
    }
    const shown = type.endsWith(":Link") ? `${name} link` : name;
    const text = message.replace(/ \([\d.]+ m?s\)$/, "") || done;
    // In the service's row the plan's sentence begins with the service's name again.
    return { name: shown, text: text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text, isOurs };
}

/** @returns a row without its numbers. Rows that differ in numbers alone say the same. */
export function withoutFigures({ name, text }: Pick<Row, "name" | "text">): string {
    return `${name} ${text.replace(/\d+(\.\d+)?/g, "").replace(/\(slot.*/, "")}`;
}

/** @returns the output of `pulumi preview --diff` without URNs, ids and the complete settings of a new release */
export function shortDiff(text: string): string[] {
    const lines: string[] = [];
    let hiddenIndent = -1;
    for (const line of text.split("\n").slice(1)) {
        const indent = line.length - line.replace(/^[ +~-]*/, "").length;
        if (line.includes("--outputs:--")) {
            break;
        }
        if (hiddenIndent >= 0) {
            hiddenIndent = indent > hiddenIndent ? hiddenIndent : -1;
            continue;
        }
        if (/\[urn=/.test(line)) {
            lines[lines.length - 1] += ` ${/::([^:\]]+)\]/.exec(line)?.[1] ?? ""}`;
        } else if (/(settings|secrets) *:.*\{$/.test(line)) {
            hiddenIndent = indent;
        } else if (!/\[(id|provider)=|__plan|revision *:|secrets *: \[secret\]|Stack: \(same\)/.test(line)) {
            lines.push(
                line.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1...").replace("pulumi-nodejs:dynamic/", ""),
            );
        }
    }
    // The rest of a row that was left out.
    return lines.filter(line => line.trim() !== "" && !/^ \S*$/.test(line) && !line.startsWith("@"));
}

/** @returns the part `Resources:` in one line, for example `~ 2 updated, 13 unchanged` */
export function resourceCounts(text: string): string {
    const [, counts = ""] = /^Resources:\n((?: {4}.*\n)+)/m.exec(text) ?? [];
    return counts
        .split("\n")
        .map(line => line.trim())
        .filter(line => line !== "")
        .join(", ");
}

/** @returns the errors of `pulumi up`, each with its lines */
export function errors(text: string): string[] {
    const [, diagnostics = ""] = /^Diagnostics:\n([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(text) ?? [];
    return diagnostics
        .split(/\n\s*\n/)
        .map(part => part.split("\n").slice(1).join("\n").trim())
        .filter(part => part.startsWith("error:"));
}
