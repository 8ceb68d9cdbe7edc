import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigFolder } from "../../../front/folder";
import type { Run } from "../../../haproxy/Run";
import { folders } from "../../../model/folders";

let volume: string;
beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), "relink-config-"));
});
afterEach(() => rmSync(volume, { recursive: true }));

/** Runs the real scripts on a folder of this machine instead of the volume. */
const run: Run = async ([command = "", ...args], input) => {
    const here = args.map(arg => arg.replaceAll(folders.config, volume));
    const { stdout, stderr, status } = spawnSync(command, here, { input, encoding: "utf8" });
    return { stdout, stderr, exitCode: status ?? 128 };
};
const accepts: Run = async () => ({ stdout: "", stderr: "", exitCode: 0 });
const current = () => readlinkSync(join(volume, "current"));

describe("the scripts that write HAProxy's files", () => {
    it("write a version, swap it in, and keep the last three", async () => {
        const folder = new ConfigFolder(run, accepts);
        for (const text of ["1", "2", "3", "4"]) {
            await folder.apply(files => files.set("conf/a.cfg", text));
        }
        expect(current()).toBe("versions/4");
        expect(readFileSync(join(volume, "current/conf/a.cfg"), "utf8")).toBe("4");
        expect(readFileSync(join(volume, "versions/2/conf/a.cfg"), "utf8")).toBe("2");
        expect(() => readFileSync(join(volume, "versions/1/conf/a.cfg"))).toThrow("ENOENT");
    });

    it("never replace a version that another process wrote meanwhile", async () => {
        await new ConfigFolder(run, accepts).apply(files => files.set("conf/a.cfg", "1"));
        const meanwhile: Run = async (...asked) => {
            unlinkSync(join(volume, "current"));
            symlinkSync("versions/9", join(volume, "current"));
            return accepts(...asked);
        };
        const late = new ConfigFolder(run, meanwhile).apply(files => files.set("conf/a.cfg", "2"));
        await expect(late).rejects.toThrow("another process wrote version 'versions/9' over 'versions/1'");
        expect(current()).toBe("versions/9");
    });
});
