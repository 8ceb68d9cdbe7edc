import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCommand } from "../../support/command";
import { toolchain } from "../../support/toolchain";

const name = "relink-test-v1-linux-x64.tar.gz";

let folder: string;
let server: Server;
let archive: Buffer;
let list: string;

beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "relink-download-"));
    writeFileSync(join(folder, "tool"), "#!/bin/sh\n");
    const options = { cwd: folder, env: process.env, timeoutSeconds: 20 };
    await startCommand("tar", ["-czf", "made.tar.gz", "tool"], options).result;
    archive = readFileSync(join(folder, "made.tar.gz"));
    list = `${sha256(archive)}  ${name}\n`;
    server = createServer((request, answer) => answer.end(request.url === `/${name}` ? archive : list));
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

const download = async () => {
    const { download } = await toolchain("download.mjs");
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const target = join(folder, "unpacked");
    const worked = await download({ url: `${base}/${name}`, checksums: `${base}/sums.txt`, folder: target });
    return { worked, unpacked: existsSync(join(target, "tool")) };
};

describe("the archive of a tool", () => {
    it("is unpacked when its checksum is in the vendor's list", async () => {
        expect(await download()).toEqual({ worked: true, unpacked: true });
    });

    it("is not unpacked when another archive came than the list names", async () => {
        list = `${sha256(Buffer.from("the vendor's"))}  ${name}\n`;
        expect(await download()).toEqual({ worked: false, unpacked: false });
    });

    it("is not unpacked when the list gives its checksum for another file", async () => {
        list = `${sha256(archive)}  relink-test-v1-darwin-x64.tar.gz\n`;
        expect(await download()).toEqual({ worked: false, unpacked: false });
    });

    it("is not unpacked when there is no such list", async () => {
        list = "";
        expect(await download()).toEqual({ worked: false, unpacked: false });
    });
});
