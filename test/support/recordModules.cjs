// Preloaded by LoadedModules.ts: writes at the end of a process which modules it has loaded.
const { writeFileSync } = require("node:fs");
const { basename, join } = require("node:path");
const { isProxy } = require("node:util").types;

process.on("exit", () => {
    // startup/onFirstUse.js has put a Proxy where a module is not loaded.
    const loaded = Object.keys(require.cache).filter(file => !isProxy(require.cache[file].exports));
    const name = `${basename(process.argv[1] ?? "")}-${process.pid}.json`;
    writeFileSync(join(process.env.RELINK_TEST_MODULES, name), JSON.stringify({ program: process.argv[1], loaded }));
});
