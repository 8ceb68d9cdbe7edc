import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../docker/Engine";
import { findFronts } from "../../../front/frontOwner";
import { folders } from "../../../model/folders";
import { emptyRecord } from "../../../model/Record";
import { frontNames } from "../../../model/Target";

/** @returns an anchor as Docker lists it */
function anchorOf(name: string, { labels = {}, volume = frontNames(name).volumes.record } = {}) {
    return {
        Id: name,
        Names: [`/${name}`],
        Labels: { "relink.role": "anchor", "relink.project": "shop", "relink.stack": name, ...labels },
        Mounts: [{ Name: volume, Destination: folders.record }],
    };
}

/** @returns the record's folder as Docker sends it */
async function archiveOf(record: object): Promise<Buffer> {
    const archive = pack();
    archive.entry({ name: "record/owner" }, "shop/prod\n");
    archive.entry({ name: "record/services/web.json" }, JSON.stringify(record));
    archive.finalize();
    return buffer(archive);
}

/** @returns an Engine with these anchors, each of which has a record, or fails with this status */
function engineWith(anchors: ReturnType<typeof anchorOf>[], records: Record<string, Buffer | number>): Engine {
    const getArchive = async (id: string) => {
        const found = records[id] ?? 404;
        if (typeof found === "number") {
            throw Object.assign(new Error(`${id} answers ${found}`), { statusCode: found });
        }
        return Readable.from([found]);
    };
    return {
        docker: {
            listContainers: async () => anchors,
            getContainer: (id: string) => ({ getArchive: () => getArchive(id) }),
        },
    } as unknown as Engine;
}

const used = { ...emptyRecord("web"), format: 2, stack: "shop/pr-12" };

describe("the fronts of a Docker host", () => {
    it("have the owner and the users that their records name", async () => {
        const engine = engineWith([anchorOf("old-name")], { "old-name": await archiveOf(used) });
        expect(await findFronts(engine)).toEqual([{ name: "old-name", owner: "shop/prod", users: ["shop/pr-12"] }]);
    });

    it("are found although the record of one cannot be read, because it is newer, or the front goes away", async () => {
        const names = ["good", "newer", "going", "gone"];
        const engine = engineWith(
            names.map(name => anchorOf(name)),
            {
                good: await archiveOf(used),
                newer: await archiveOf({ ...used, format: 99 }),
                going: 500,
                gone: 404,
            },
        );
        expect(await findFronts(engine)).toEqual([
            { name: "good", owner: "shop/prod", users: ["shop/pr-12"] },
            { name: "newer", owner: "shop/newer", users: [] },
            { name: "going", owner: "shop/going", users: [] },
            { name: "gone", owner: "shop/gone", users: [] },
        ]);
    });

    it("are not containers that have an anchor's labels from their image", async () => {
        const engine = engineWith(
            [
                anchorOf("stranger", { labels: { "relink.front": "shop-prod" } }),
                anchorOf("other-volume", { volume: "shop-prod-record" }),
            ],
            {},
        );
        expect(await findFronts(engine)).toEqual([]);
    });
});
