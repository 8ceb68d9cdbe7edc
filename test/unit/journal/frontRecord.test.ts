import { describe, expect, it } from "vitest";
import { writeOwner } from "../../../journal/frontRecord";
import { NotOwner } from "../../../journal/leaseErrors";
import { parseLease } from "../../../journal/parseLease";
import { belongsTo, parseOwners } from "../../../model/ownership";
import { RecordFixture } from "../providers/shell";

const record = new RecordFixture();

describe("the owner of a front", () => {
    it("is recorded once", async () => {
        const lease = record.lease("shop/prod");
        await writeOwner(lease, "shop/prod", "shop/prod");
        await writeOwner(lease, "shop/prod", "shop/prod");
        expect(record.folder.read("owner")).toBe("shop/prod\n");
    });

    it("changes to the one that the labels name, and the record keeps both", async () => {
        const lease = record.lease("shop/staging");
        await writeOwner(lease, "shop/staging", "shop/prod");
        expect(parseOwners(record.folder.read("owner"))).toEqual(["shop/prod", "shop/staging"]);
    });

    it("and a stack that adopts from it are the only ones that get the lease", async () => {
        record.folder.write("owner", "shop/prod\nshop/staging\n");
        await record.lease("shop/staging").take();
        await record.leases[0]!.release();
        const former = record.lease("shop/prod");
        const refusal = await former.take().catch(error => error);
        expect(refusal).toBeInstanceOf(NotOwner);
        expect(refusal.message).toContain("the front belongs to the stack shop/staging, so nothing was done");
        expect(former.held).toBe(false);
        const next = record.lease("shop/next");
        await expect(next.take(0, "shop/prod")).rejects.toBeInstanceOf(NotOwner);
        await next.take(0, "shop/staging");
        await writeOwner(next, "shop/next", "shop/prod");
        expect(parseOwners(record.folder.read("owner"))).toEqual(["shop/prod", "shop/staging", "shop/next"]);
    });
});

describe("the lease of a front that another stack owns", () => {
    it("is for a stack that uses the front, whoever owns that by now", async () => {
        record.folder.write("owner", "shop/prod\nshop/staging\n");
        const lease = record.lease("shop/pr-12", undefined, { uses: true });
        await lease.take();
        expect(lease.held).toBe(true);
        const owner = record.lease("shop/staging");
        await expect(owner.take()).rejects.toThrow("stack shop/pr-12");
        await lease.release();
        await owner.take();
    });
});

describe("a front's object with labels", () => {
    const labels = (stack: string, front?: string) => ({
        "relink.project": "shop",
        "relink.stack": stack,
        ...(front && { "relink.front": front }),
    });
    const owners = ["shop/staging", "shop/prod"];

    it.each<[string, Record<string, string>, boolean]>([
        ["of the owner", labels("staging", "front"), true],
        ["of an earlier owner", labels("prod", "front"), true],
        ["of an earlier owner's name on another front", labels("prod", "front-2"), false],
        ["of another stack", labels("test", "front"), false],
        ["that are not relink's", { "relink.front": "front" }, false],
    ])("%s", (_name, given, expected) => expect(belongsTo("front", owners, given)).toBe(expected));
});

describe("the lease file", () => {
    it("names its holder while it is held, and no holder afterwards", async () => {
        const lease = record.lease("shop/prod");
        expect(parseLease(undefined)).toBeUndefined();
        await lease.take();
        expect(parseLease(record.folder.read("lease"))?.holder.words).toBe(lease.owner);
        await lease.release();
        expect(parseLease(record.folder.read("lease"))).toBeUndefined();
    });
});
