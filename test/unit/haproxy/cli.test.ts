import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askBatch } from "../../../haproxy/cli";
import type { Run } from "../../../haproxy/Run";

/** Runs the script on this machine, with whatever tool it finds here. */
const here: Run = (argv, stdin = "") =>
    new Promise((resolve, reject) => {
        const [program = "", ...args] = argv;
        const child = spawn(program, args);
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", text => {
            stdout += text;
        });
        child.stderr.on("data", text => {
            stderr += text;
        });
        child.on("error", reject);
        child.on("close", code => resolve({ stdout, stderr, exitCode: code ?? 128 }));
        child.stdin.end(stdin);
    });

let folder: string;
let servers: Server[];

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-cli-"));
    servers = [];
});

afterEach(() => {
    for (const server of servers) {
        server.close();
    }
    rmSync(folder, { recursive: true, force: true });
});

/** A socket whose n-th connection is served by the n-th of these, and by the last one from there on. */
async function listen(...serve: ((client: Socket, command: string) => void)[]): Promise<string> {
    const path = join(folder, `${servers.length}.sock`);
    const waiting = [...serve];
    const server = createServer({ allowHalfOpen: true }, client => {
        const next = waiting.length > 1 ? waiting.shift() : waiting[0];
        client.once("data", command => next?.(client, command.toString().trim()));
        client.on("end", () => next === silent || client.end());
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(path, resolve));
    return path;
}

const silent = (client: Socket): void => void client.unref();
const echo = (client: Socket, command: string): void => void client.write(`${command}?\n`);
const done = (client: Socket): void => void client.write("\n");

describe("HAProxy's sockets", () => {
    it("answer one command after the other", async () => {
        const socket = await listen(echo);
        const commands = [
            { socket, command: "show proc" },
            { socket, command: "@!12 set map relink blue" },
        ];
        expect(await askBatch(here, commands)).toEqual([
            { socket, command: "show proc", text: "show proc?", reached: true },
            { socket, command: "@!12 set map relink blue", text: "@!12 set map relink blue?", reached: true },
        ]);
    });

    it("have answered when there is nothing but an end of line", async () => {
        const socket = await listen(done);
        const [reply] = await askBatch(here, [{ socket, command: "set map relink blue" }]);
        expect(reply).toMatchObject({ text: "", reached: true });
    });

    it("are asked again where a connection stays silent", async () => {
        const socket = await listen(silent, echo);
        const [reply] = await askBatch(here, [{ socket, command: "show proc" }]);
        expect(reply).toMatchObject({ text: "show proc?", reached: true });
    }, 30_000);

    it("are asked again where a connection is closed without an answer, and not for ever", async () => {
        let connections = 0;
        const close = (client: Socket): void => {
            connections++;
            client.end();
        };
        const socket = await listen(close);
        const [reply] = await askBatch(here, [{ socket, command: "show proc" }]);
        expect(reply).toMatchObject({ text: "no answer, three times", reached: false });
        expect(connections).toBe(3);
    });

    it("say why where nobody listens", async () => {
        const socket = join(folder, "none.sock");
        const [reply] = await askBatch(here, [{ socket, command: "show proc" }]);
        expect(reply?.reached).toBe(false);
        expect(reply?.text).toMatch(/No such file/);
    });
});
