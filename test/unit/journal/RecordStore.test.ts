import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../docker/Engine";
import type { Run } from "../../../haproxy/Run";
import { askRecords, isReader, readRecords, readRecordsOf } from "../../../journal/RecordStore";
import type { ContainerInfo } from "../../../model/Container";
import { belongsTo } from "../../../model/ownership";
import { emptyRecord } from "../../../model/Record";
import { FakeEngine } from "../docker/FakeEngine";

// Docker reads a file's length and then its content. A record that is replaced in between is cut off. This was seen with
// twelve services, six of which one up released.

const web = `${JSON.stringify({ ...emptyRecord("web"), promotions: 7 }, null, 1)}\n`;

/** @returns the record's folder as Docker sends it */
async function archiveOf(text: string): Promise<Buffer> {
    const archive = pack();
    archive.entry({ name: "record/services/api.json" }, JSON.stringify(emptyRecord("api")));
    archive.entry({ name: "record/services/web.json" }, text);
    archive.finalize();
    return buffer(archive);
}

/** @returns an Engine that sends one archive after the other, and then the last one again and again */
function sending(archives: Buffer[]) {
    let reads = 0;
    const getArchive = async () => Readable.from([archives[Math.min(reads++, archives.length - 1)]]);
    const engine = { docker: { getContainer: () => ({ getArchive }) } } as unknown as Engine;
    return { engine, reads: () => reads };
}

describe("records that are replaced while they are read", () => {
    it("are read again if the file or the archive was cut off", async () => {
        const whole = await archiveOf(web);
        const { engine, reads } = sending([await archiveOf(web.slice(0, 60)), whole.subarray(0, 1700), whole]);
        const { services } = await readRecords(engine, "front");
        expect([...services.keys()]).toEqual(["api", "web"]);
        expect(services.get("web")?.promotions).toBe(7);
        expect(reads()).toBe(3);
    });

    it("are an error if they stay cut off", async () => {
        const { engine } = sending([await archiveOf("no JSON")]);
        await expect(readRecords(engine, "front")).rejects.toThrow(
            "the record services/web.json in the front's volume is not readable: it is not JSON",
        );
    });

    it("are not read again if a newer version wrote them", async () => {
        const { engine, reads } = sending([await archiveOf('{ "format": 3, "service": "web" }')]);
        await expect(readRecords(engine, "front")).rejects.toThrow("this version of relink reads formats 1 and 2");
        expect(reads()).toBe(1);
    });
});

describe("records that are read without an anchor", () => {
    let fake: FakeEngine;
    afterEach(() => fake.close());

    it("are read by a container that the next run finds if this one is killed before it removes it", async () => {
        fake = await FakeEngine.start(({ method, path }) => {
            if (path === "/images/json") {
                return [200, [{ Id: "sha256:1" }]];
            }
            if (path === "/images/sha256:1/json") {
                return [200, { Config: { Labels: { "relink.service": "web", "relink.color": "blue", other: "x" } } }];
            }
            if (path === "/containers/create") {
                return [201, { Id: "reader" }];
            }
            return method === "DELETE" ? [204, ""] : path.endsWith("/archive") ? [404, {}] : [200, {}];
        });
        const target = { project: "shop", stack: "prod", front: "shop-prod" };
        expect((await readRecordsOf(fake.engine, target)).services.size).toBe(0);
        expect(fake.asked.at(-1)).toBe("DELETE /containers/reader");

        const created = fake.calls.find(({ path }) => path === "/containers/create")!;
        const labels = JSON.parse(created.body.toString()).Labels as Record<string, string>;
        expect(belongsTo("shop-prod", ["shop/prod"], labels)).toBe(true);
        expect(belongsTo("shop-prod2", ["shop/prod"], labels)).toBe(false);
        const reader = { state: "created", labels } as ContainerInfo;
        expect(isReader(reader)).toBe(true);
        // The labels of its image do not make it a container of a service.
        expect(labels).toMatchObject({ "relink.service": "", "relink.color": "" });
        // A container that runs is not a reader, nor is a service's container.
        expect(isReader({ ...reader, state: "running" })).toBe(false);
        expect(isReader({ ...reader, labels: { ...labels, "relink.service": "web" } })).toBe(false);
    });
});

describe("records that are asked for by a command", () => {
    const answering = (answers: { stdout?: Buffer; exitCode?: number }[]) => {
        const asked: string[][] = [];
        const run: Run = async argv => {
            const { stdout = Buffer.alloc(0), exitCode = 0 } = answers[asked.push(argv) - 1] ?? {};
            return {
                stdout: stdout.toString("utf8"),
                stderr: exitCode === 0 ? "" : "file changed as we read it",
                exitCode,
            };
        };
        return { run, asked };
    };

    async function packed(text: string): Promise<Buffer> {
        const archive = pack();
        archive.entry({ name: "front-incarnation" }, "3\n");
        archive.entry({ name: "services/web.json" }, text);
        archive.finalize();
        return buffer(archive);
    }

    it("are those of the named services, and are read again if one changed meanwhile", async () => {
        const { run, asked } = answering([{ exitCode: 1 }, { stdout: await packed(web) }]);
        const { services, frontIncarnation } = await askRecords(run, ["web"]);
        expect([...services.values()].map(({ promotions }) => promotions)).toEqual([7]);
        expect(frontIncarnation).toBe(3);
        expect(asked.map(argv => argv.at(-1))).toEqual(["services/web.json", "services/web.json"]);
    });

    it("are empty before the first record", async () => {
        const { run, asked } = answering([]);
        expect(await askRecords(run)).toMatchObject({ services: new Map(), frontIncarnation: 0 });
        expect(asked.map(argv => argv.at(-1))).toEqual(["services"]);
    });

    it("are an error if they cannot be read, and never count as empty", async () => {
        const { run } = answering(Array.from({ length: 10 }, () => ({ exitCode: 2 })));
        await expect(askRecords(run, ["web"])).rejects.toThrow("could not be read: file changed as we read it");
    });
});
