import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { startCommand } from "../../support/command";
import { ended, lives } from "../../support/HaltedRun";
import { pidIn } from "../../support/pidIn";
import { temporaryFolder } from "../../support/temporaryFolder";

const folder = temporaryFolder("parent");
const repository = join(__dirname, "../../..");
/** A shell with the CLI's name. */
const cli = join(folder, "pulumi");
beforeAll(() => symlinkSync("/bin/sh", cli));

/**
 * @returns the CLI's line to start a provider host, which writes into a file of this name. As with Pulumi's own script
 * `pulumi-resource-pulumi-nodejs`, a shell waits for the host, and their output is a pipe
 */
function lineFor(name: string, program: (file: string) => string): string {
    const [script, host] = [join(folder, `${name}.sh`), join(folder, `${name}.js`)];
    const load = ["./startup/loadTypeScript", "./providers/parent"].map(path => `require("${join(repository, path)}")`);
    writeFileSync(host, `${load.join("; const parent = ")};\n${program(JSON.stringify(join(folder, name)))}`);
    writeFileSync(script, `${process.execPath} ${host}\nexit\n`);
    return `sh ${script} 2>&1 | cat; exit`;
}

describe("a provider host that the CLI starts by a shell", () => {
    const tell = (file: string) => `require("node:fs").writeFileSync(${file}, String(parent.parentHasTerminal()))`;

    it("knows whether the CLI prints to a terminal", () => {
        const line = `${cli} -c '${lineFor("terminal", tell)}'`;
        execFileSync("script", ["-qec", line, "/dev/null"], { cwd: repository, stdio: "ignore" });
        expect(readFileSync(join(folder, "terminal"), "utf8")).toBe("true");
    });

    it("knows whether the CLI prints to a log", () => {
        execFileSync(cli, ["-c", lineFor("log", tell)], { cwd: repository, stdio: "pipe" });
        expect(readFileSync(join(folder, "log"), "utf8")).toBe("false");
    });

    let host: number | undefined;
    afterEach(() => {
        if (host !== undefined && lives(host)) {
            process.kill(host, "SIGKILL");
        }
    });

    it("notices that the CLI was killed", async () => {
        const line = lineFor(
            "killed",
            file =>
                `require("node:fs").writeFileSync(${file}, String(process.pid));\n` +
                "setInterval(() => parent.parentIsGone() && process.exit(), 20);",
        );
        const options = { cwd: repository, env: process.env, timeoutSeconds: 60 };
        const running = startCommand(cli, ["-c", line], options);
        host = await pidIn(join(folder, "killed"));
        expect(lives(host)).toBe(true);
        running.signal("SIGKILL");
        await ended(host);
    });
});
