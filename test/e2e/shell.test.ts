import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { Shell } from "../../docker/Shell";
import { until } from "../support/until";

describe("commands through one open exec", () => {
    const engine = Engine.connect();
    const name = `t-shell-${randomBytes(4).toString("hex")}`;
    const shell = new Shell(engine, name, "0");

    beforeAll(async () => {
        const container = await engine.docker.createContainer({
            name,
            Image: "haproxy:3.0",
            Entrypoint: ["sleep"],
            Cmd: ["600"],
            User: "0",
            HostConfig: { Init: true },
        });
        await container.start();
    });

    afterAll(async () => {
        await shell.close();
        await engine.docker.getContainer(name).remove({ force: true });
    });

    it("keeps arguments, input and output exactly as they are", async () => {
        const hostile = "a  b\n\n'\"`$(id)`\\\t*";
        const argv = ["sh", "-c", 'printf "%s|" "$@"; cat; echo wrong >&2; exit 3', "sh", hostile, "", "=", ""];
        const result = await shell.run(argv, "line\nwithout an end");
        expect(result).toEqual({ stdout: `${hostile}||=||line\nwithout an end`, stderr: "wrong\n", exitCode: 3 });
    });

    it("gives each of many requests at once its own answer", async () => {
        const numbers = Array.from({ length: 50 }, (_, index) => String(index));
        const results = await Promise.all(numbers.map(number => shell.run(["cat"], number)));
        expect(results.map(({ stdout }) => stdout)).toEqual(numbers);
    });

    it("carries large binary input", async () => {
        const input = randomBytes(300_000);
        const { stdout } = await shell.run(["sha256sum"], input);
        const { createHash } = await import("node:crypto");
        expect(stdout.split(" ")[0]).toBe(createHash("sha256").update(input).digest("hex"));
    });

    it("runs no command whose input did not arrive completely", async () => {
        const cut = new Shell(engine, name, "0");
        expect((await cut.run(["sh", "-c", "cat > /tmp/kept; cat /tmp/kept"], "whole")).stdout).toBe("whole");
        const container = engine.docker.getContainer(name);
        const processes = async () => (await container.top()).Processes.length as number;
        const before = await processes();
        // A paused container reads nothing, and the connection's buffers hold less than this input.
        await container.pause();
        const asked = cut.run(["sh", "-c", "cat > /tmp/kept"], randomBytes(30_000_000));
        const failed = expect(asked).rejects.toThrow(/was lost/);
        await setTimeout(500);
        await cut.close();
        await failed;
        await container.unpause();
        await until(async () => ((await processes()) < before ? true : undefined), {
            deadline: Date.now() + 60_000,
            what: "the shell does not end",
        });
        expect((await shell.run(["head", "-c", "40", "/tmp/kept"])).stdout).toBe("whole");
    });

    it("answers that a program is missing, and goes on", async () => {
        expect((await shell.run(["no-such-program"])).exitCode).toBe(127);
        expect((await shell.run(["true"])).exitCode).toBe(0);
    });

    it("opens again after it was closed", async () => {
        await shell.close();
        expect((await shell.run(["echo", "again"])).stdout).toBe("again\n");
    });

    it("reports a container that stops under a request, and one that is not there", async () => {
        const asked = shell.run(["sleep", "600"]);
        const failed = expect(asked).rejects.toThrow(/was lost/);
        await engine.docker.getContainer(name).kill();
        await failed;
        await expect(shell.run(["true"])).rejects.toThrow(/not running/);
        await engine.docker.getContainer(name).start();
    });
});
