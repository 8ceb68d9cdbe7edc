// Entry of the set-up: `node toolchain/run.mjs VERB ARGS`. This file has only syntax that an old Node can read, so that
// an old Node ends with the message below. Everything else is loaded after the check.
const major = Number(process.versions.node.split(".")[0]);
if (major < 18) {
    console.error(
        "relink: this is Node " +
            process.versions.node +
            ", too old for the set-up. Install Node 20.20 or later and run the same command again.",
    );
    process.exit(1);
}
import("./verbs.mjs")
    .then(verbs => verbs.main(process.argv.slice(2)))
    .catch(error => {
        // A Problem is written for the user. Anything else is a defect, so its stack is shown.
        // biome-ignore lint/complexity/useOptionalChain: an old Node could not read it.
        console.error(error && error.isProblem ? `\nrelink: ${error.message}` : error);
        process.exitCode = 1;
    });
