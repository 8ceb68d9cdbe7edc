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
            "the record services/web.json in the front's volume is not readable: it is not JSON",
        );
    });

    it("are not read again where somebody else's version wrote them", async () => {
        const { engine, reads } = sending([await archiveOf('{ "format": 2, "service": "web" }')]);
        await expect(readRecords(engine, "front")).rejects.toThrow("this version of relink reads format 1");
        expect(reads()).toBe(1);
    });
});

describe("records that are read without an anchor", () => {
    let fake: FakeEngine;
    afterEach(() => fake.close());

    it("are read by a container that the next run finds, where this run is killed before it removes it", async () => {
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
        // What the image says of itself makes it no container of a service.
        expect(labels).toMatchObject({ "relink.service": "", "relink.color": "" });
        // Nothing that runs is a reader, nor a service's container, whatever its image says.
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

    it("are those of the services that matter, and read again where one changed meanwhile", async () => {
        const { run, asked } = answering([{ exitCode: 1 }, { stdout: await packed(web) }]);
        const { services, frontIncarnation } = await askRecords(run, ["web"]);
        expect([...services.values()].map(({ promotions }) => promotions)).toEqual([7]);
        expect(frontIncarnation).toBe(3);
        expect(asked.map(argv => argv.at(-1))).toEqual(["services/web.json", "services/web.json"]);
    });

    it("are none where there is nothing yet", async () => {
        const { run, asked } = answering([]);
        expect(await askRecords(run)).toMatchObject({ services: new Map(), frontIncarnation: 0 });
        expect(asked.map(argv => argv.at(-1))).toEqual(["services"]);
    });

    it("are an error where they cannot be read, and never taken for none", async () => {
        const { run } = answering(Array.from({ length: 10 }, () => ({ exitCode: 2 })));
        await expect(askRecords(run, ["web"])).rejects.toThrow("could not be read: file changed as we read it");
    });
});
