const { SourceMap, setSourceMapsSupport } = require("node:module");

/**
 * Has the stacks of errors name the lines of the TypeScript.
 *
 * Pulumi's SDK installs the package source-map-support, which replaces Node's own way, and it asks for the stack of every
 * resource and of every call. The package reads the source maps of the SDK for that: 0.4 s of processor time per command.
 *
 * @param transpiled returns the JavaScript of a TypeScript file, with its source map as a comment
 */
exports.mapErrors = transpiled => {
    if (!Object.keys(require.cache).some(file => file.includes("/source-map-support/"))) {
        setSourceMapsSupport(true);
        return;
    }
    const mapOf = mapsBy(transpiled);
    Error.prepareStackTrace = (error, frames) =>
        `${error}${frames.map(frame => `\n    at ${placed(frame, mapOf)}`).join("")}`;
};

/** `NAME (FILE:LINE:COLUMN)`, or without the name and the brackets. */
function placed(frame, mapOf) {
    const map = mapOf(frame.getFileName());
    const { lineNumber, columnNumber } = map?.findOrigin(frame.getLineNumber(), frame.getColumnNumber()) ?? {};
    return lineNumber ? `${frame}`.replace(/:\d+:\d+(?=\)?$)/, `:${lineNumber}:${columnNumber}`) : `${frame}`;
}

/** A function that returns the source map of a TypeScript file, and undefined for any other. */
function mapsBy(transpiled) {
    const maps = new Map();
    return file => {
        if (!file?.endsWith(".ts")) {
            return undefined;
        }
        if (!maps.has(file)) {
            maps.set(
                file,
                mapIn(() => transpiled(file)),
            );
        }
        return maps.get(file);
    };
}

function mapIn(code) {
    try {
        const [, base64] = /sourceMappingURL=data:application\/json\S*;base64,(\S+)/.exec(code());
        return new SourceMap(JSON.parse(Buffer.from(base64, "base64").toString()));
    } catch {
        // The file is not there any more: the error matters more than its lines.
        return undefined;
    }
}
