// A reporter for vitest that ends the run with a few lines for each failure. CI keeps only the end of a long output, and one
// long error there would hide all others.

const maxLines = 8;
const maxLineCharacters = 160;
const maxCharacters = 3_000;

export default class FailureDigest {
    onTestRunEnd(modules, unhandledErrors) {
        const failures = [
            ...modules.flatMap(module => [
                ...module.errors().map(error => [module.moduleId.split("/test/").at(-1), error]),
                ...[...module.children.allSuites()].flatMap(suite =>
                    suite.errors().map(error => [suite.fullName, error]),
                ),
                ...[...module.children.allTests("failed")].flatMap(test =>
                    (test.result().errors ?? []).map(error => [test.fullName, error]),
                ),
            ]),
            ...unhandledErrors.map(error => ["outside of a test", error]),
        ];
        if (failures.length > 0) {
            console.log(`\nFailures in short:\n${shorten(failures.map(([name, error]) => digest(name, error)))}`);
        }
    }
}

/** @returns the name with the lines of the diff, or else with the start and the end of the message */
function digest(name, { message = "", diff }) {
    const lines = plain(diff ?? message)
        .split("\n")
        .filter(line => line.trim() !== "" && (diff === undefined || /^[+-] (?!Expected$|Received$)/.test(line)));
    const shown = lines.length <= maxLines ? lines : [...lines.slice(0, maxLines / 2), "...", ...heart(lines)];
    return [`* ${name}`, ...shown.map(line => `    ${shortened(line)}`)].join("\n");
}

/** @returns Pulumi's diagnostics in the lines, or else the last lines */
function heart(lines) {
    const diagnostics = lines.findIndex(line => line.trim() === "Diagnostics:");
    return diagnostics === -1 ? lines.slice(-maxLines / 2) : lines.slice(diagnostics + 1, diagnostics + 1 + maxLines);
}

/** @returns a line in its first characters. A line that replays a random test stays whole: `{ seed: 1, path: "2:3" }` */
function shortened(line) {
    return /\bseed: .*\bpath: /.test(line) ? line : line.slice(0, maxLineCharacters);
}

/** @returns the first digests whole, and only the names of the others */
function shorten(digests) {
    let left = maxCharacters;
    return digests
        .map(text => {
            left -= text.length;
            return left > 0 ? text : text.split("\n")[0].slice(0, maxLineCharacters);
        })
        .join("\n");
}

function plain(text) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are what is removed
    return text.replace(/\x1b\[[0-9;]*m/g, "");
}
