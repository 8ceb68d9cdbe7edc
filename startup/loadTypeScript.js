/**
 * Lets this process `require` TypeScript of this project: transpiled by SWC, and what was made of a file is kept until the
 * file changes. Why so: docs/decisions/13-no-build-step.md.
 */
require("./requireNode");
require("./onFirstUse");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { version } = require("@swc/core/package.json");
const { mapErrors } = require("./mapErrors");

const options = {
    jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
    module: { type: "commonjs" },
    sourceMaps: "inline",
    inlineSourcesContent: false,
    swcrc: false,
};
const settings = JSON.stringify([version, options]);
const folder = join(__dirname, "..", "node_modules", ".cache", "relink-typescript");

/** JavaScript of one TypeScript file, with its source map as the last comment. */
function transpiled(file) {
    const source = readFileSync(file, "utf8");
    const kept = join(folder, `${digest(file)}.js`);
    // At its end, so that a file that was cut short is none.
    const mark = `\n// ${digest(settings, source)}\n`;
    const known = contentOf(kept);
    if (known?.endsWith(mark)) {
        return known;
    }
    const { code } = require("@swc/core").transformSync(source, { ...options, filename: file });
    keep(kept, code + mark);
    return code;
}

function digest(...texts) {
    return texts.reduce((hash, text) => hash.update(text).update("\0"), createHash("sha256")).digest("hex");
}

function contentOf(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

/** Where nothing can be written, everything is transpiled each time. */
function keep(file, text) {
    try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(`${file}.${process.pid}`, text);
        renameSync(`${file}.${process.pid}`, file);
    } catch {}
}

mapErrors(transpiled);
require.extensions[".ts"] = (module, file) => module._compile(transpiled(file), file);
