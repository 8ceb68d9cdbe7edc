/**
 * Ends the process where Node is too old, and says so. It is the first file that every process of relink loads: plain
 * JavaScript, and of a kind that old Nodes can read.
 */
const oldest = "22.18.0";

const parts = version => version.split(".").map(Number);
const [major, minor] = parts(process.versions.node);
const [oldestMajor, oldestMinor] = parts(oldest);
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    console.error(
        `relink: Node ${process.versions.node} (${process.execPath}) is too old: ${oldest} or later is needed. ` +
            "Install it, put it first on PATH, and run the same command again.",
    );
    process.exit(1);
}
