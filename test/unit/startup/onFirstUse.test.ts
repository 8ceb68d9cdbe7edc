import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(__dirname, "../../..");

/**
 * Runs a program that loads modules on their first use.
 *
 * @returns the value that it passes to `tell`
 */
function told(program: string): unknown {
    const prepared = `
        const { isProxy } = require("node:util").types;
        const { createRequire } = require("node:module");
        require("./startup/onFirstUse");
        const sdk = createRequire(require.resolve("@pulumi/pulumi"));
        const isLoaded = name => !isProxy(require.cache[sdk.resolve(name)].exports);
        const tell = value => process.stdout.write(JSON.stringify(value));
        ${program}`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", prepared], { cwd: root, encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
}

describe("a module that is loaded on its first use", () => {
    it("is found where Pulumi's SDK, dockerode and relink look for it", () => {
        const found = told("tell(Object.values(require.cache).filter(({ exports }) => isProxy(exports)).length)");
        expect(found).toBe(16);
    });

    it("is not loaded by `require`", () => {
        expect(told('require("typescript"); tell(isLoaded("typescript"))')).toBe(false);
    });

    it("is the real module after its first use", () => {
        expect(
            told(`
                const before = require("typescript");
                const after = [before.version, isLoaded("typescript"), require("typescript") === before];
                tell([...after, require("typescript").version === before.version]);`),
        ).toEqual([expect.stringMatching(/^\d+\./), true, false, true]);
    });

    it("can be called", () => {
        expect(told('tell(typeof sdk("dockerode/lib/session.js")({ modem: { dial() {} } }, {}, () => {}))')).toBe(
            "undefined",
        );
    });

    it("can be asked for its members", () => {
        expect(
            told('const yaml = require("yaml"); tell(["parse" in yaml, Object.keys(yaml).includes("parse")])'),
        ).toEqual([true, true]);
    });

    it("has the default export that a CommonJS and an ES module need", () => {
        expect(
            told(`
                const [dockerode, axios] = [require("dockerode"), require("axios")];
                tell([dockerode.__esModule, dockerode.default === require("dockerode"), typeof axios.default.get]);`),
        ).toEqual([true, true, "function"]);
    });

    it("is not copied by an import of everything", () => {
        // TypeScript compiles `import * as` to this.
        expect(
            told('const all = require("js-yaml"); tell([all.__esModule, isLoaded("js-yaml"), all.load("a: 1")])'),
        ).toEqual([true, false, { a: 1 }]);
    });

    it("is not loaded by the SDK's calls in every run", () => {
        expect(
            told(`
                const [tracing, hooks] = [sdk("./cmd/run/tracing"), sdk("./runtime/closure/v8Hooks")];
                tracing.newSpan("a span").setAttribute("an", "attribute").end();
                hooks.isInitializedAsync().then(() =>
                    tell([isLoaded("./cmd/run/tracing"), isLoaded("./runtime/closure/v8Hooks")]));`),
        ).toEqual([false, false]);
    });

    it("answers calls itself after it is loaded", () => {
        expect(
            told(`
                const tracing = sdk("./cmd/run/tracing");
                const before = tracing.newSpan;
                tracing.stop();
                tell([isLoaded("./cmd/run/tracing"), tracing.newSpan === before]);`),
        ).toEqual([true, false]);
    });
});
