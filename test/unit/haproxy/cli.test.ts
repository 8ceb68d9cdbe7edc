import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askBatch } from "../../../haproxy/cli";
import type { Run } from "../../../haproxy/Run";

// The real script, with sockets that answer as HAProxy's master does.

const gone = "Can't find the target PID matching the prefix '@!7'";

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
    rmSync(folder, { recursive: true });
});

/** Runs a command on this machine instead of in the anchor. */
const here: Run = (argv, stdin) =>
    new Promise(resolve => {
        const [command = "", ...args] = argv;
        const child = execFile(command, args, (error, stdout, stderr) =>
            resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code) }),
        );
        child.stdin?.end(stdin);
    });

/** @returns the path of a socket that answers the line of each connection */
function master(answer: (line: string) => { text: string; closes: boolean }): Promise<string> {
    const path = join(folder, `${servers.length}.sock`);
    const server = createServer({ allowHalfOpen: true }, socket => {
        socket.on("error", () => {}); // a client may leave before the end
        socket.on("data", data => {
            const { text, closes } = answer(data.toString().trim());
            socket.write(text);
            if (closes) {
                socket.end();
            }
        });
    });
    servers.push(server);
    return new Promise(resolve => server.listen(path, () => resolve(path)));
}

describe("a batch of commands", () => {
    it("gets its answers in order, also long ones, as arguments and as input", async () => {
        const long = `${"0 1 2 3 4 5 6 7 8 9\n".repeat(20_000)}\n`;
        const socket = await master(line => ({
            text: line.startsWith("show") ? long : `done: ${line}\n`,
            closes: true,
        }));
        const reads = ["show stat -1 6 -1", "show info"].map(command => ({ socket, command }));
        expect((await askBatch(here, reads)).map(({ text, reached }) => [text.length, reached])).toEqual([
            [long.trim().length, true],
            [long.trim().length, true],
        ]);
        const writes = ["set map a b c", "reload"].map(command => ({ socket, command }));
        expect(await askBatch(here, writes)).toEqual(
            writes.map(({ command }) => ({ socket, command, text: `done: ${command}`, reached: true })),
        );
    });

    it("sends a payload after its command, and an empty line after that", async () => {
        const heard: string[] = [];
        const socket = await master(text => {
            heard.push(text);
            return { text: "fine\n", closes: true };
        });
        const payload = ["-----BEGIN CERTIFICATE-----", "aGVsbG8=", "-----END CERTIFICATE-----"];
        const command = "@!8 set ssl cert /a.pem";
        expect(await askBatch(here, [{ socket, command, payload }])).toMatchObject([{ text: "fine", reached: true }]);
        expect(heard).toEqual([`${command} <<\n${payload.join("\n")}`]);
    });

    it("ends although a master reports that a worker is gone and keeps the connection open", async () => {
        const socket = await master(line =>
            line.startsWith("@!7") ? { text: `${gone}\n\n`, closes: false } : { text: "fine\n", closes: true },
        );
        const commands = ["@!7 set server web-blue/slot-1 state drain", "@!8 set server web-blue/slot-1 state drain"];
        const replies = await askBatch(
            here,
            commands.map(command => ({ socket, command })),
        );
        expect(replies.map(({ text }) => text)).toEqual([gone, "fine"]);
    });

    it("asks again if HAProxy sends nothing, but not for ever", async () => {
        let asked = 0;
        const socket = await master(line => {
            asked += 1;
            return { text: line === "show info" && asked > 1 ? "fine\n" : "", closes: asked > 1 };
        });
        expect(await askBatch(here, [{ socket, command: "show info" }])).toMatchObject([
            { text: "fine", reached: true },
        ]);
        expect(asked).toBe(2);
        expect(await askBatch(here, [{ socket, command: "set map a b c" }])).toMatchObject([
            { text: "no answer, three times", reached: false },
        ]);
        expect(asked).toBe(5);
    }, 30_000);

    it("takes an empty line as an answer", async () => {
        const socket = await master(() => ({ text: "\n", closes: true }));
        expect(await askBatch(here, [{ socket, command: "set map a b c" }])).toMatchObject([
            { text: "", reached: true },
        ]);
    });

    it("reports the sockets without a listener", async () => {
        const socket = await master(() => ({ text: "fine\n", closes: true }));
        const dead = join(folder, "dead.sock");
        const replies = await askBatch(
            here,
            [dead, socket].map(socket => ({ socket, command: "show info" })),
        );
        expect(replies).toMatchObject([{ reached: false }, { reached: true, text: "fine" }]);
        expect(replies[0]?.text).toMatch(/No such file/);
    });
});
