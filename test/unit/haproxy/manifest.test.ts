import { describe, expect, it } from "vitest";
import { editedFiles, manifestFile, writeManifest } from "../../../haproxy/manifest";

const first = new Map([
    ["conf/20-web-blue.cfg", "backend web-blue\n"],
    ["maps/link.map", "web blue:green:0\n"],
]);
const manifest = writeManifest(first, new Map(), undefined);

/** @returns the files of a version as they read back after somebody changed them */
function readBack(change: Record<string, string | undefined>): Map<string, string> {
    const files = new Map([...first, [manifestFile, manifest]]);
    for (const [path, text] of Object.entries(change)) {
        if (text === undefined) {
            files.delete(path);
        } else {
            files.set(path, text);
        }
    }
    return files;
}

describe("the manifest of HAProxy's files", () => {
    it("finds no edit in what relink wrote", () => {
        expect(editedFiles(readBack({}))).toEqual([]);
    });

    it("finds files that were edited or removed, and ignores those that somebody added", () => {
        expect(editedFiles(readBack({ "maps/link.map": "web green:blue:0\n" }))).toEqual(["maps/link.map"]);
        expect(editedFiles(readBack({ "conf/20-web-blue.cfg": undefined }))).toEqual(["conf/20-web-blue.cfg"]);
        expect(editedFiles(readBack({ "conf/99-mine.cfg": "backend mine\n" }))).toEqual([]);
    });

    it("finds no edit in a version that an earlier relink wrote without a manifest", () => {
        expect(editedFiles(first)).toEqual([]);
    });

    it("still finds an edit after a later version took over the file", () => {
        const edited = new Map(first).set("conf/20-web-blue.cfg", "backend web-blue # by hand\n");
        const next = new Map(edited).set("maps/link.map", "web green:blue:0\n");
        const written = new Map(next).set(manifestFile, writeManifest(next, edited, manifest));
        expect(editedFiles(written)).toEqual(["conf/20-web-blue.cfg"]);
        // After relink's own change of the file the edit is gone.
        const after = new Map(next).set("conf/20-web-blue.cfg", "backend web-blue\n");
        const again = writeManifest(after, next, written.get(manifestFile));
        expect(editedFiles(new Map(after).set(manifestFile, again))).toEqual([]);
    });

    it("is what sha256sum -c reads", () => {
        expect(manifest).toMatch(/^(?:[0-9a-f]{64} {2}\S+\n){2}$/);
    });
});
