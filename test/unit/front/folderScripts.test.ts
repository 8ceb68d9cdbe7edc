import { spawnSync } from "node:child_process";
import {
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readlinkSync,
    rmSync,
    symlinkSync,
    unlinkSync,
    writeFileSync,
} from "node:fs";
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

    it.each([
        ["new files and the folders, where the other files are links to the version before", false, ["conf/new.cfg"]],
        ["every file, where the volume has no hard links", true, ["conf/gone.cfg", "conf/kept.cfg", "conf/new.cfg"]],
    ])("sync %s", async (_, copies, files) => {
        const folder = new ConfigFolder(run, accepts);
        await folder.apply(files => files.set("conf/kept.cfg", "1").set("conf/gone.cfg", "1"));
        const { synced, runs } = recording(copies);
        await new ConfigFolder(runs, accepts).apply(files => {
            files.delete("conf/gone.cfg");
            return files.set("conf/new.cfg", "2");
        });
        const inVersion = synced().filter(path => !path.includes("check"));
        expect(inVersion.filter(path => path.endsWith(".cfg")).sort()).toEqual(files);
        expect(inVersion).toEqual(expect.arrayContaining([".", "./conf", "manifest"]));
    });
});

/**
 * @param copies whether `cp` refuses hard links
 * @returns a run whose `sync` notes what it is asked for, and the paths, without the version's folder
 */
function recording(copies: boolean): { runs: Run; synced: () => string[] } {
    const programs = join(volume, "programs");
    const list = join(volume, "synced");
    mkdirSync(programs);
    writeFileSync(join(programs, "sync"), `#!/bin/sh\nprintf '%s\\n' "$@" >> ${list}\n`, { mode: 0o755 });
    if (copies) {
        const script = '#!/bin/sh\n[ "$1" != -al ] || exit 1\nPATH=/bin:/usr/bin exec cp "$@"\n';
        writeFileSync(join(programs, "cp"), script, { mode: 0o755 });
    }
    const runs: Run = async ([command = "", ...args], input) => {
        const here = args.map(arg => arg.replaceAll(folders.config, volume));
        const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
        const { stdout, stderr, status } = spawnSync(command, here, { input, encoding: "utf8", env });
        return { stdout, stderr, exitCode: status ?? 128 };
    };
    const synced = () =>
        readFileSync(list, "utf8")
            .trim()
            .split("\n")
            .map(path => path.replace(`${volume}/versions/2/`, ""));
    return { runs, synced };
}
