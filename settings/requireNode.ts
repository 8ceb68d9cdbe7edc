/** The oldest Node that relink runs on: `require` of the packages that are ES modules needs it. */
const oldest = [20, 20] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new Error(
        `relink needs Node ${oldest.join(".")} or later, and this is ${process.versions.node}. ` +
            "Run it with npm run pulumi, which brings its own, or put a newer node first on PATH.",
    );
}
