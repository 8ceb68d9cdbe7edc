import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(__dirname, "../../..");
const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-node-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a file with a Node that reports this version. */
function run(version: string, file: string, args: string[] = []) {
    const pretender = join(folder, "version.cjs");
    const value = `{ ...process.versions, node: ${JSON.stringify(version)} }`;
    writeFileSync(pretender, `Object.defineProperty(process, "versions", { value: ${value} });`);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", pretender, file, ...args], {
        cwd: root,
        encoding: "utf8",
    });
    return { status, stdout, stderr };
}

/** Every file that Node starts with, except the set-up, which gets the right Node. */
const entries = [
    "program.js",
    "startup/beforePulumi.js",
    "startup/pulumi-resource-pulumi-nodejs",
    "startup/loadTypeScript.js",
    "settings/loadTypeScript.js",
    "providers/hook.cjs",
];

describe("a Node that is too old", () => {
    it.each(entries)("is reported by %s, with its path and what to do", entry => {
        expect(run("22.17.1", entry)).toEqual({
            status: 1,
            stdout: "",
            stderr:
                `relink: Node 22.17.1 (${process.execPath}) is too old: 22.18.0 or later is needed. ` +
                "Install it, put it first on PATH, and run the same command again.\n",
        });
    });

    it.each(["18.20.8", "20.20.2", "22.9.0"])("is %s", version => {
        expect(run(version, "startup/requireNode.js").status).toBe(1);
    });

    it.each(["22.18.0", "22.20.1", "23.0.0", "24.21.0", "26.1.0"])("is not %s", version => {
        expect(run(version, "startup/requireNode.js")).toEqual({ status: 0, stdout: "", stderr: "" });
    });

    it("is older than the version in package.json", () => {
        expect(readFileSync(join(root, "startup/requireNode.js"), "utf8")).toContain(
            `const oldest = "${engines.node.replace(">=", "")}";`,
        );
    });

    it("can read the file that reports it", () => {
        expect(readFileSync(join(root, "startup/requireNode.js"), "utf8")).not.toMatch(
            /\?\.|\?\?|^import [^(]|await /m,
        );
    });
});
