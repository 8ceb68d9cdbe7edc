import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { commandOutcome } from "../../../hooks/commandOutcome";
import { runHook } from "../../../hooks/runHook";
import { killGroup } from "../../../hooks/userCommand";
import { preStop } from "../../../up/preStop";
import type { SeenContainer } from "../../../up/Seen";
import type { Up } from "../../../up/Up";
import { expectSuccess, startCommand } from "../../support/command";
import { ended, lives } from "../../support/HaltedRun";
import { pidIn } from "../../support/pidIn";
import { temporaryFolder } from "../../support/temporaryFolder";

const folder = temporaryFolder("user-command");
const repository = join(__dirname, "../../..");

afterEach(() => vi.unstubAllEnvs());

async function hook(command: string, timeoutMs = 20_000): Promise<{ text: string; shown: string[] }> {
    const shown: string[] = [];
    const { text } = await runHook(
        { command, timeoutMs, retries: 0, onTimeout: "hold" },
        { hook: "prePromotion", service: "web", color: "green", image: "shop/web:v2" },
        () => Promise.reject(new Error("nothing to ask")),
        [],
        line => shown.push(line),
    );
    return { text, shown };
}

function preStopOf(command: string, timeoutMs = 20_000): Promise<void> {
    const container = { id: "c0ffee", name: "shop-web-blue-1", state: "running" } as SeenContainer;
    const settings = {
        preStopCommand: command,
        preStopIn: "host" as const,
        preStopWaitUntilUnhealthy: false,
        healthcheckTimeoutMs: 1_000,
    };
    const up = { hooks: { command: commandOutcome }, progress: { status() {} } } as unknown as Up;
    return preStop(up, { container, isFronted: false, settings, timeoutMs, secretValues: {} });
}

// A process that outlives its command and keeps its output open, as ssh's ControlPersist does.
const leaveBehind = (file: string) =>
    `setsid sh -c 'echo $$ > ${file}; exec sleep 300' & until test -s ${file}; do :; done`;

describe("A command that leaves a process which keeps its output open", () => {
    it("passes when it has ended, with all its output, and the process goes on", async () => {
        const file = join(folder, "left-by-hook");
        const { text, shown } = await hook(`${leaveBehind(file)}; echo done`);
        expect(text).toBe("hooks.prePromotion: passed");
        expect(shown).toEqual(["done"]);
        const left = await pidIn(file);
        expect(lives(left)).toBe(true);
        process.kill(left, "SIGKILL");
    });

    it("passes as preStopCommand too", async () => {
        const file = join(folder, "left-by-pre-stop");
        await preStopOf(leaveBehind(file));
        process.kill(await pidIn(file), "SIGKILL");
    });

    it("is late at its timeout, whatever the process does", async () => {
        const file = join(folder, "late");
        const { text } = await hook(`echo begun; ${leaveBehind(file)}; sleep 300`, 1_000);
        expect(text).toBe("hooks.prePromotion: did not end within 1 s (timeout)\n    begun");
        process.kill(await pidIn(file), "SIGKILL");
    });

    it("does not crash relink if the command ends at the moment of its deadline", async () => {
        const file = join(folder, "group-gone");
        // The process group is gone when the deadline comes.
        await expect(preStopOf(`${leaveBehind(file)}; exit 3`, 1_000)).rejects.toThrow("ended with exit code 3");
        process.kill(await pidIn(file), "SIGKILL");
    });
});

describe("A command that somebody kills", () => {
    it("is reported as ended by a signal, with its output", async () => {
        const { text } = await hook("echo begun; kill -KILL $$");
        expect(text).toBe("hooks.prePromotion: was ended by a signal:\n    begun");
    });

    it("is reported as preStopCommand too", async () => {
        await expect(preStopOf("echo begun; kill -KILL $$")).rejects.toThrow(
            "preStopCommand for shop-web-blue-1 did not come to its end\n    begun",
        );
    });
});

describe("A command whose parent is killed", () => {
    it("ends with its parent, and so do the processes that it started", async () => {
        const [own, child] = [join(folder, "own"), join(folder, "child")];
        const command = `echo $$ > ${own}; sh -c 'echo $$ > ${child}; sleep 300'; true`;
        const settings = { command, timeoutMs: 60_000, retries: 0, onTimeout: "hold" };
        const program = `require("./hooks/runHook").runHook(${JSON.stringify(settings)}, {}, undefined, []);`;
        const node = ["-r", join(repository, "startup", "loadTypeScript.js"), "-e", program];
        const parent = startCommand(process.execPath, node, { cwd: repository, env: process.env, timeoutSeconds: 60 });
        const pids = [await pidIn(own), await pidIn(child)];
        expect(pids.map(lives)).toEqual([true, true]);
        parent.signal("SIGKILL");
        for (const pid of pids) {
            await ended(pid);
        }
    });

    it("does not see the process that watches for that, neither as a child nor by an open pipe", async () => {
        const { shown } = await hook(
            "read kids < /proc/$$/task/$$/children; echo [$kids]; test -e /proc/$$/fd/3 || echo closed",
        );
        expect(shown).toEqual(["[]", "closed"]);
    });
});

describe("A command that could not be started", () => {
    it("reports why, and relink goes on, if no file can be opened any more", async () => {
        const program = `
            const { runUserCommand } = require("./hooks/userCommand");
            const { openSync } = require("node:fs");
            try { for (;;) openSync("/dev/null"); } catch {}
            runUserCommand({ command: "true", timeoutMs: 60_000, show: () => {} })
                .then(end => setImmediate(() => process.stdout.write(JSON.stringify(end))));`;
        const load = ["-r", "./startup/loadTypeScript.js", "-e", program];
        const limited = ["-c", 'ulimit -n 64 && exec "$@"', "sh", process.execPath, ...load];
        const run = startCommand("/bin/sh", limited, { cwd: repository, env: process.env, timeoutSeconds: 60 });
        const { stdout } = expectSuccess(await run.result);
        expect(JSON.parse(stdout)).toEqual({ isLate: false, error: expect.stringMatching(/EMFILE/) });
    });

    it("has no process group that could be ended by mistake", () => {
        const kill = vi.spyOn(process, "kill").mockReturnValue(true);
        try {
            killGroup(undefined);
            expect(kill).not.toHaveBeenCalled();
        } finally {
            kill.mockRestore();
        }
    });
});
