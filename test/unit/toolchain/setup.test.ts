import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCommand } from "../../support/command";
import { toolchain } from "../../support/toolchain";

const root = join(__dirname, "..", "..", "..");
const options = { cwd: root, env: process.env, timeoutSeconds: 20 };

describe("the version of a Pulumi CLI", () => {
    it.each([
        ["3.230.0", true],
        ["3.231.0-alpha.1", true],
        ["4.0.0", true],
        ["3.229.9", false],
        ["2.999.0", false],
        ["", false],
        ["dev", false],
    ])("%j is enough for 3.230.0: %s", async (found, expected) => {
        const { isAtLeast } = await toolchain("pulumiCli.mjs");
        expect(isAtLeast(found, "3.230.0")).toBe(expected);
    });
});

describe("the environment of the set-up", () => {
    const environment = { RELINK_PATH: "/ours", PATH: "/ours:/then", DOCKER_HOST: "unix:///run/it's.sock" };

    it("is put in front of the caller's PATH once, and keeps the rest of it", async () => {
        const { applied } = await toolchain("environment.mjs");
        const once = applied(environment, { PATH: "/usr/bin", HOME: "/root" });
        expect(once).toEqual({
            PATH: ["/ours", "/usr/bin"].join(delimiter),
            HOME: "/root",
            DOCKER_HOST: "unix:///run/it's.sock",
        });
        expect(applied(environment, once)).toEqual(once);
    });

    it("reaches a shell unchanged, also with quotes", async () => {
        const { exportLines } = await toolchain("environment.mjs");
        const script = `PATH=/usr/bin:/bin\n${exportLines(environment)}\nprintf '%s|%s' "$PATH" "$DOCKER_HOST"`;
        const result = await startCommand("sh", ["-c", script], options).result;
        expect(result.stdout).toBe("/ours:/usr/bin:/bin|unix:///run/it's.sock");
    });
});

describe("the Debian packages of Docker", () => {
    const nothing = { daemon: true, client: true, iptables: true };
    it.each([
        ["Debian 12, whose docker.io has the client", nothing, false, ["docker.io", "iptables"]],
        [
            "Debian 13 and later, whose docker.io only recommends it",
            nothing,
            true,
            ["docker.io", "docker-cli", "iptables"],
        ],
        ["the client alone, on Debian 13", { ...nothing, daemon: false, iptables: false }, true, ["docker-cli"]],
        ["the client alone, on Debian 12", { ...nothing, daemon: false, iptables: false }, false, ["docker.io"]],
        ["the daemon alone", { ...nothing, client: false, iptables: false }, true, ["docker.io"]],
    ])("%s", async (_, missing, hasOwnClient, expected) => {
        const { enginePackages } = await toolchain("dockerEngine.mjs");
        expect(enginePackages(missing, hasOwnClient)).toEqual(expected);
    });

    it("are installed with apt's sandbox, which only a download into the set-up's own folder does without", async () => {
        const { aptArguments } = await toolchain("debian.mjs");
        expect(aptArguments(["install", "-y", "docker.io"])).not.toContain("APT::Sandbox::User=root");
        expect(aptArguments(["update"])).not.toContain("APT::Sandbox::User=root");
        expect(aptArguments(["download", "busybox-static"])).toContain("APT::Sandbox::User=root");
    });
});

describe("the root of a Debian suite", () => {
    it.each([
        ["trixie", false],
        ["bookworm", false],
        ["forky", true],
    ])("%s: its mirror may be out of date: %s", async (suite, expected) => {
        const { rootArguments } = await toolchain("debianRoot.mjs");
        const found = rootArguments({ suite, packages: ["haproxy", "socat"], target: "x.tar", options: [] });
        expect(found.some((argument: string) => argument.includes("Check-Valid-Until"))).toBe(expected);
        expect(found).toContain("--include=haproxy,socat");
        expect(found.slice(-2)).toEqual([suite, "x.tar"]);
    });
});

describe("an image that was built here", () => {
    it("is reported as a substitute if it has the name of an official image", async () => {
        const { substitutesIn } = await toolchain("images/images.mjs");
        const built = { id: "sha256:1", sources: "2f3a" };
        const pulled = { id: "sha256:2", sources: undefined };
        const local = new Map(
            Object.entries({
                "haproxy:3.0": built,
                "node:24-slim": pulled,
                "relink-nginx:debian": built,
            }),
        );
        expect(substitutesIn(local, true)).toEqual(["haproxy:3.0"]);
    });
});

describe("the hash of a step's sources", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "relink-hash-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("changes with a byte or a name, and not with the time of a file", async () => {
        const { contentHash } = await toolchain("stamp.mjs");
        writeFileSync(join(folder, "a"), "1");
        const before = contentHash(folder);
        writeFileSync(join(folder, "a"), "1");
        expect(contentHash(folder)).toBe(before);
        writeFileSync(join(folder, "a"), "2");
        expect(contentHash(folder)).not.toBe(before);
        rmSync(join(folder, "a"));
        writeFileSync(join(folder, "b"), "1");
        expect(contentHash(folder)).not.toBe(before);
    });
});

describe("the closing line of a CI run", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "relink-summary-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const close = async (report: unknown, status: number) => {
        const file = join(folder, "report.json");
        writeFileSync(file, JSON.stringify(report));
        const args = [join(root, ".ci", "summary.mjs"), file, String(status)];
        const { stdout, code } = await startCommand(process.execPath, args, options).result;
        return { line: stdout.trim().split("\n").at(-1), code };
    };
    const suite = (status: string, ...tests: string[]) => ({
        status,
        assertionResults: tests.map(test => ({ status: test })),
    });

    it("counts what passed, failed and was skipped", async () => {
        const report = { testResults: [suite("passed", "passed", "pending"), suite("failed", "failed", "passed")] };
        expect(await close(report, 1)).toEqual({ line: "2 passed, 1 failed, 1 skipped", code: 1 });
        expect(await close({ testResults: [suite("passed", "passed")] }, 0)).toEqual({
            line: "1 passed, 0 failed",
            code: 0,
        });
    });

    it("counts a file that could not be loaded as failed", async () => {
        const report = { testResults: [suite("passed", "passed"), suite("failed")] };
        expect(await close(report, 0)).toEqual({ line: "1 passed, 1 failed", code: 1 });
    });

    it("is a failure if no test ran, even after a successful run", async () => {
        expect(await close({ testResults: [] }, 0)).toEqual({ line: "0 passed, 0 failed", code: 1 });
        expect(await close("not a report", 0)).toMatchObject({ code: 1 });
    });
});

describe("the entry of the set-up", () => {
    it("has only syntax that an old Node reads, so that it can report the Node that is needed", () => {
        const source = readFileSync(join(root, "toolchain", "run.mjs"), "utf8");
        expect(source).not.toMatch(/\?\.|\?\?|^import [^(]|await /m);
    });
});
