import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureKey } from "../../../journal/frontRecord";
import { Lease } from "../../../journal/Lease";
import { removeRecord, writeRecord } from "../../../journal/RecordStore";
import { linkHistory, withMove } from "../../../model/linkHistory";
import { emptyRecord, parseRecord, prune, type ServiceRecord } from "../../../model/Record";
import { everything } from "../../../model/Route";
import { recorded } from "../plan/support";
import { RecordFolder } from "../providers/shell";

const releaseA = recorded("A");
const releaseB = recorded("B", { proved: false, linked: false, promotion: 2 });

/** Blue has A, green has B. */
const record: ServiceRecord = {
    ...emptyRecord("web"),
    link: { live: "blue", release: releaseA.id },
    blue: { release: releaseA.id, replicas: 2, block: { first: "10.88.0.32", size: 16 } },
    green: { release: releaseB.id, replicas: 1 },
    releases: { [releaseA.id]: releaseA, [releaseB.id]: releaseB },
    routes: [everything],
    promotions: 2,
};

describe("parsing a record", () => {
    it("returns the record that was written", () => {
        expect(parseRecord(JSON.stringify(record), "services/web.json")).toEqual(record);
    });

    it("fills in the fields that an earlier version did not write", () => {
        expect(parseRecord('{"format":1,"service":"web","promotions":3}', "web.json")).toEqual({
            ...emptyRecord("web"),
            promotions: 3,
        });
    });

    it("reads the hosts of an earlier version as routes", () => {
        const text = '{"format":1,"service":"web","hosts":["*","shop.example.com"]}';
        expect(parseRecord(text, "web.json")).toEqual({
            ...emptyRecord("web"),
            routes: [everything, { host: "shop.example.com", path: "/", strip: false }],
        });
    });

    it.each<[string, string, string]>([
        [
            "a newer format",
            '{"format":3,"service":"web"}',
            "the record web.json has format 3, but this version of relink reads formats 1 and 2: use the newer version",
        ],
        ["no service", '{"format":1}', "the record web.json has format 1"],
        ["half a file", '{"format":1,"serv', "the record web.json in the front's volume is not readable"],
        ["an empty file", "", "the record web.json in the front's volume is not readable"],
        ["something else", "null", "the record web.json"],
        ["a list", "[]", "the record web.json has format undefined"],
    ])("refuses %s", (_name, text, message) => {
        expect(() => parseRecord(text, "web.json")).toThrow(message);
    });
});

describe("pruning a record", () => {
    it("keeps the releases of both colors", () => {
        expect(prune(record)).toEqual(record);
    });

    it("removes a release that no color has any more, with its secrets", () => {
        const { releases, judgedBad } = prune({ ...record, green: { replicas: 0 } });
        expect(Object.keys(releases)).toEqual([releaseA.id]);
        expect(judgedBad).toEqual({});
    });

    it("keeps as many stable releases as keepReleases, with the current one", () => {
        const releaseC = { ...releaseB, id: "cccccccccccc-0000000000000003" };
        const known = { ...record, blue: { release: releaseC.id, replicas: 1 }, green: { replicas: 0 } };
        const all = {
            ...known,
            releases: { [releaseA.id]: releaseA, [releaseB.id]: releaseB, [releaseC.id]: releaseC },
        };
        const stable = (release: string) => ({ stable: { color: "blue" as const, release } });
        const once = prune({ ...all, ...stable(releaseA.id) });
        const twice = prune({ ...once, releases: all.releases, ...stable(releaseB.id) });
        const { kept, releases } = prune({ ...twice, releases: all.releases, ...stable(releaseC.id), keepReleases: 2 });
        expect(twice.kept).toEqual([releaseB.id, releaseA.id]);
        expect(kept).toEqual([releaseC.id, releaseB.id]);
        expect(Object.keys(releases).sort()).toEqual([releaseB.id, releaseC.id].sort());
    });

    it("keeps only the verdict of a release that it removes", () => {
        const verdict = { reason: "it answered 500", retryToken: "1" };
        const pruned = prune({
            ...record,
            green: { release: releaseA.id, replicas: 1 },
            releases: {
                [releaseA.id]: releaseA,
                [releaseB.id]: { ...releaseB, judgedBad: verdict, secretValues: { TOKEN: "s3cret" } },
            },
            judgedBad: { other: { reason: "earlier" } },
        });
        expect(pruned.judgedBad).toEqual({ other: { reason: "earlier" }, [releaseB.id]: verdict });
        expect(JSON.stringify(pruned)).not.toContain("s3cret");
    });
});

describe("the history of a link", () => {
    const linked: ServiceRecord = {
        ...record,
        link: { live: "blue", release: releaseA.id, at: "2026-11-23T12:00:00.000Z", by: "ann" },
    };
    const first = {
        at: "2026-11-23T12:00:00.000Z",
        by: "ann",
        to: "blue",
        release: releaseA.id,
        image: releaseA.image,
        result: "confirmed",
    };
    const move = { at: "2026-11-23T13:00:00.000Z", by: "bob", from: "blue", to: "green", result: "confirmed" } as const;

    it("is the last confirmed move in a record that an earlier version wrote", () => {
        const { history: _, ...earlier } = linked;
        expect(linkHistory(parseRecord(JSON.stringify(earlier), "web.json"))).toEqual([first]);
        expect(linkHistory(emptyRecord("web"))).toEqual([]);
    });

    it("grows at its end, with the image, and keeps the last 20 moves", () => {
        let now = linked;
        for (let count = 0; count < 30; count++) {
            now = { ...now, history: withMove(now, { ...move, release: releaseB.id }) };
            expect(now.history.at(-1)).toEqual({ ...move, release: releaseB.id, image: releaseB.image });
            expect(now.history).toHaveLength(Math.min(count + 2, 20));
        }
        expect(linkHistory(now)).not.toContainEqual(first);
    });
});

describe("the record's files", () => {
    let folder: RecordFolder;
    let lease: Lease;

    beforeEach(() => {
        folder = new RecordFolder();
        lease = new Lease(folder.run, { project: "relink", stack: "test" });
    });

    afterEach(async () => {
        await lease.release();
        folder.remove();
    });

    it("are written as a whole, with the next serial, and only root can read them", async () => {
        const written = await writeRecord(lease, { ...record, serial: 4 });
        expect(written.serial).toBe(5);
        expect(parseRecord(folder.read("services/web.json"), "web.json")).toEqual(written);
        expect(statSync(join(folder.path, "services/web.json")).mode & 0o777).toBe(0o600);
        expect(statSync(join(folder.path, "services")).mode & 0o777).toBe(0o700);
        expect(() => folder.read("services/web.json.new")).toThrow("ENOENT");
    });

    it("are removed with their service", async () => {
        await writeRecord(lease, record);
        await removeRecord(lease, "web");
        expect(() => folder.read("services/web.json")).toThrow("ENOENT");
        await removeRecord(lease, "web");
    });

    it("keep their first key", async () => {
        const key = Buffer.alloc(32, 1);
        await ensureKey(lease, key);
        await ensureKey(lease, key);
        expect(folder.read("key").trim()).toBe(key.toString("hex"));
        await expect(ensureKey(lease, Buffer.alloc(32, 2))).rejects.toThrow(
            "another up has given the front a stack key meanwhile: run pulumi up again",
        );
        expect(folder.read("key").trim()).toBe(key.toString("hex"));
    });
});
