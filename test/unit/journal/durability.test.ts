import { existsSync, lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ensureKey } from "../../../journal/frontRecord";
import { writeRecord } from "../../../journal/RecordStore";
import { emptyRecord } from "../../../model/Record";
import { LeaseLost } from "../../../up/stop";
import { RecordFixture } from "../providers/shell";

// The front's record, key and lease after a full disk and after a power cut. The scripts run in a real shell.

const record = new RecordFixture();

/** Makes every write of this file fail as on a full disk. */
function leaveNoRoomFor(file: string): void {
    symlinkSync("/dev/full", join(record.folder.path, `${file}.new`));
}

function expectNothingLeftOf(file: string): void {
    expect(() => lstatSync(join(record.folder.path, `${file}.new`))).toThrow(/ENOENT/);
}

describe("on a full disk", () => {
    it("a record stays as it was", async () => {
        const lease = record.lease("relink/one");
        const before = await writeRecord(lease, emptyRecord("web"));
        const text = record.folder.read("services/web.json");
        leaveNoRoomFor("services/web.json");
        await expect(writeRecord(lease, { ...before, promotions: 7 })).rejects.toThrow("No space left on device");
        expect(record.folder.read("services/web.json")).toBe(text);
        expectNothingLeftOf("services/web.json");
    });

    it("no part of the stack's key is written", async () => {
        const lease = record.lease("relink/one");
        const key = Buffer.alloc(32, 7);
        await lease.take();
        leaveNoRoomFor("key");
        await expect(ensureKey(lease, key)).rejects.toThrow("No space left on device");
        expect(existsSync(join(record.folder.path, "key"))).toBe(false);
        expectNothingLeftOf("key");
        await ensureKey(lease, key);
        expect(record.folder.read("key").trim()).toBe(key.toString("hex"));
    });

    it("no lease is taken", async () => {
        leaveNoRoomFor("lease");
        const lease = record.lease("relink/one");
        await expect(lease.take()).rejects.toThrow(/lease of the front could not be taken.*No space left on device/s);
        expect(lease.held).toBe(false);
        expectNothingLeftOf("lease");
        await lease.take();
    });
});

describe("after a power cut", () => {
    it.each([
        ["is empty", ""],
        ["holds zeros", "\0\0\0\0\0\0"],
        ["has no time of expiry", "3\n"],
        ["is not a lease", "<html>\n\n"],
    ])("a lease that %s is free, and its former holder writes nothing more", async (_what, text) => {
        const before = record.lease("relink/before");
        await before.take();
        record.folder.write("lease", text);
        const after = record.lease("relink/after");
        await after.take();
        await after.verify();
        mkdirSync(join(record.folder.path, "services"));
        await expect(writeRecord(before, emptyRecord("web"))).rejects.toThrow(LeaseLost);
        await writeRecord(after, emptyRecord("web"));
    });

    it("an empty key is written again", async () => {
        const lease = record.lease("relink/one");
        record.folder.write("key", "");
        const key = Buffer.alloc(32, 7);
        await ensureKey(lease, key);
        expect(record.folder.read("key").trim()).toBe(key.toString("hex"));
    });
});
