/**
 * Has some modules loaded when they are used, and not when a file says `require`. An `up` with nothing to do uses none of
 * them, and loading them takes as much processor time as everything else that it does.
 *
 * `require` finds a stand-in where it looks for a loaded module. The first use of the stand-in loads the module.
 */
const { Module, createRequire } = require("node:module");

const sdk = createRequire(require.resolve("@pulumi/pulumi"));
const dockerode = createRequire(require.resolve("dockerode"));

// Pulumi stores functions as text by way of these. The resources of relink have no function in them.
defer(sdk, "typescript");
defer(sdk, "@npmcli/arborist");
defer(sdk, "normalize-package-data");
// This one starts V8's debugger, which reports each script, and sets a flag of V8 that voids the compile cache.
defer(sdk, "./runtime/closure/v8Hooks", { isInitializedAsync: async () => {} });
// Only for `pulumi --tracing`. Until that has started, a span of the SDK is one of the package that it is made with.
defer(sdk, "./cmd/run/tracing", {
    newSpan: name => sdk("@opentelemetry/api").trace.getTracer("nodejs-runtime").startSpan(name),
});
defer(sdk, "./automation");
defer(sdk, "./provider");
defer(sdk, "js-yaml");

// A host behind SSH, pulling through BuildKit, and building images.
defer(dockerode, "docker-modem/lib/ssh");
defer(dockerode, "./session");
defer(dockerode, "tar-fs");
defer(dockerode, "@balena/dockerignore");

for (const name of ["axios", "dockerode", "tar-stream", "yaml"]) {
    defer(require, name);
}

exports.sdk = sdk;
exports.defer = defer;

/**
 * @param from the `require` of who requires the module
 * @param until what the module's functions answer until it is loaded: calling one of these does not load it
 */
function defer(from, name, until = {}) {
    let file;
    try {
        file = from.resolve(name);
    } catch {
        // Another version of the package has no such file.
        return;
    }
    if (require.cache[file] === undefined) {
        const exports = standIn(file, until);
        require.cache[file] = Object.assign(new Module(file), { filename: file, loaded: true, exports });
    }
}

/** What `require` returns for a file until somebody uses it. */
function standIn(file, until) {
    let loaded;
    const real = () => {
        if (loaded === undefined) {
            delete require.cache[file];
            loaded = { exports: require(file) };
        }
        return loaded.exports;
    };
    // Compiled `import`s ask for `__esModule`, and for `default` where it is true. Only the second needs the module.
    const member = name => (name === "default" && !real().__esModule ? real() : real()[name]);
    return new Proxy(() => {}, {
        apply: (_, self, args) => Reflect.apply(real(), self, args),
        get: (_, name) => (name === "__esModule" ? true : (loaded === undefined && until[name]) || member(name)),
        has: (_, name) => name in real(),
        ownKeys: () => Reflect.ownKeys(real()),
        getOwnPropertyDescriptor(_, name) {
            const property = Reflect.getOwnPropertyDescriptor(real(), name);
            return property && { ...property, configurable: true };
        },
    });
}
