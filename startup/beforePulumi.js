/**
 * What Node loads before Pulumi's SDK: in the program by `nodeargs` in Pulumi.yaml, in the provider host by
 * startup/pulumi-resource-pulumi-nodejs. Everything works without it too, but slower.
 */
require("./requireNode");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

// Where NODE_COMPILE_CACHE is set, it is that folder.
enableCompileCache(join(__dirname, "../node_modules/.cache/relink-compiled"));

const { defer, sdk } = require("./onFirstUse");
// The SDK loads it for what it does to the stacks of errors. mapErrors.js does that for less.
defer(sdk, "source-map-support/register");
require("./loadTypeScript");
