import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectSuccess, killProcessesIn, startCommand } from "../../support/command";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-command-"));
});
afterEach(() => {
    killProcessesIn(folder);
    rmSync(folder, { recursive: true, force: true });
});

function start(script: string, timeoutSeconds = 20) {
    return startCommand(process.execPath, ["-e", script], { cwd: folder, env: process.env, timeoutSeconds });
}

/** Starts a process in a group of its own, as Pulumi starts its plugins, and prints its id. */
const startsAnother = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
    console.log(child.pid);
`;

/** @returns whether a process runs. A zombie does not, because some containers never collect them */
function isRunning(pid: number): boolean {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return stat[stat.lastIndexOf(")") + 2] !== "Z";
    } catch {
        return false;
    }
}

async function ended(pid: number): Promise<void> {
    while (isRunning(pid)) {
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}

test("a command's exit code and all of its output are returned", async () => {
    const result = await start(`process.stdout.write("o".repeat(200000)); console.error("e"); process.exitCode = 3`)
        .result;
    expect(result).toMatchObject({ code: 3, stderr: "e\n" });
    expect(result.stdout).toHaveLength(200_000);
    expect(() => expectSuccess(result)).toThrow("exit code 3");
});

test("a command that takes too long is ended with the processes that it started, and the call fails", async () => {
    const command = start(`${startsAnother} setInterval(() => {}, 1000)`, 1);
    await expect(command.result).rejects.toThrow("took longer than 1 s");
    const pid = Number(command.output());
    expect(pid).toBeGreaterThan(1);
    await ended(pid);
});

test("a process that outlived its command is found by its folder", async () => {
    const command = start(`${startsAnother} child.unref()`);
    const { stdout } = expectSuccess(await command.result);
    expect(isRunning(Number(stdout))).toBe(true);
    killProcessesIn(folder);
    await ended(Number(stdout));
});
