import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import Dockerode from "dockerode";
import { describe, expect, it } from "vitest";
import { startCommand } from "../support/command";
import { OwnEngine } from "../support/OwnEngine";
import { haproxyImage } from "../support/scenario";
import { repository } from "../support/stackFolder";
import { toolchain } from "../support/toolchain";
import { until } from "../support/until";

const kind = process.env.RELINK_TEST_ENGINE;

// Without this check, tests for one Docker Engine would also pass on another.
describe.runIf(kind)("The Docker Engine of these tests", () => {
    it("is the one that RELINK_TEST_ENGINE names", async () => {
        const { version, driver } = (await toolchain("testEngines.mjs")).testEngine(kind);
        const { ServerVersion, Driver } = await new Dockerode().info();
        expect(ServerVersion.slice(0, version.length)).toBe(version);
        expect(Driver).toBe(driver);
    });
});

describe.skipIf(kind !== undefined || OwnEngine.missing !== undefined)("An Engine of a test's own", () => {
    /** @returns everything on this machine with the name of an Engine that the process `maker` made */
    const leftOf = (maker: number) => {
        const name = `relink-own-${maker}-`;
        const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
        const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
        const commands = namesIn("/proc").filter(pid => /^\d+$/.test(pid) && commandOf(pid).includes(name));
        return [...namesIn(tmpdir()), ...namesIn("/run/netns"), ...mounts, ...commands.map(commandOf)].filter(text =>
            text.includes(name),
        );
    };

    it("is removed after the process that made it was killed", async () => {
        const maker = startCommand(
            process.execPath,
            [
                ...["-r", "./startup/loadTypeScript.js", "test/support/engine/main.ts", "28-containerd"],
                ...["sh", "-c", "echo it is there; exec sleep 600"],
            ],
            { cwd: repository, env: process.env, timeoutSeconds: 600 },
        );
        await until(async () => (maker.output().includes("it is there") ? true : undefined), {
            deadline: Date.now() + 300_000,
            what: "the Engine is there",
        });
        expect(leftOf(maker.pid)).not.toEqual([]);
        maker.signal("SIGKILL");
        await until(
            async seen => {
                const left = leftOf(maker.pid);
                seen(left.join("\n"));
                return left.length === 0 ? true : undefined;
            },
            { deadline: Date.now() + 120_000, what: "something is left of it" },
        );
    });

    it("leaves nothing when it is removed", async () => {
        const engine = await OwnEngine.create([haproxyImage]);
        expect(leftOf(process.pid)).not.toEqual([]);
        await engine.remove();
        expect(leftOf(process.pid)).toEqual([]);
    });
});

function commandOf(pid: string): string {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
        return "";
    }
}
