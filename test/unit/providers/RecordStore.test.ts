import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../docker/Engine";
import { emptyRecord } from "../../../providers/Record";
import { readRecords } from "../../../providers/RecordStore";

// Docker reads a file's length and then its content. What comes of a record that is replaced in between was seen with twelve
// services, six of which were released in one up.

const web = `${JSON.stringify({ ...emptyRecord("web"), promotions: 7 }, null, 1)}\n`;

/** The record's folder as Docker sends it. */
async function archiveOf(text: string): Promise<Buffer> {
    const archive = pack();
    archive.entry({ name: "record/services/api.json" }, JSON.stringify(emptyRecord("api")));
    archive.entry({ name: "record/services/web.json" }, text);
    archive.finalize();
    return buffer(archive);
}

/** An Engine that sends one archive after the other, and the last one for ever. */
function sending(archives: Buffer[]) {
    let reads = 0;
    const getArchive = async () => Readable.from([archives[Math.min(reads++, archives.length - 1)]]);
    const engine = { docker: { getContainer: () => ({ getArchive }) } } as unknown as Engine;
    return { engine, reads: () => reads };
}

describe("records that are replaced while they are read", () => {
    it("are read again, whether the file was cut off or the archive", async () => {
        const whole = await archiveOf(web);
        const { engine, reads } = sending([await archiveOf(web.slice(0, 60)), whole.subarray(0, 1700), whole]);
        const { services } = await readRecords(engine, "front");
        expect([...services.keys()]).toEqual(["api", "web"]);
        expect(services.get("web")?.promotions).toBe(7);
        expect(reads()).toBe(3);
    });

    it("are an error where they stay like that", async () => {
        const { engine } = sending([await archiveOf("no JSON")]);
        await expect(readRecords(engine, "front")).rejects.toThrow(
            "the record services/web.json in the front's volume is not readable: it is no JSON",
        );
    });

    it("are not read again where somebody else's version wrote them", async () => {
        const { engine, reads } = sending([await archiveOf('{ "format": 2, "service": "web" }')]);
        await expect(readRecords(engine, "front")).rejects.toThrow("this version of relink reads format 1");
        expect(reads()).toBe(1);
    });
});
