import { describe, expect, it } from "vitest";
import type { Applied, Change } from "../../../front/folder";
import { LiveFiles } from "../../../front/LiveFiles";
import { readMap, writeMapEntry } from "../../../haproxy/maps";
import { openSlots } from "../../../haproxy/openSlots";
import { ReloadFailed } from "../../../haproxy/runtime";
import type { Worker } from "../../../model/FrontState";
import { LinkValue } from "../../../model/LinkValue";
import type { World } from "../../../model/World";
import { serverAt, workerOf } from "../providers/FakeSession";

/** HAProxy with these workers, and a folder with these files, in memory. */
class Front {
    readonly files: Map<string, string>;
    readonly looks: string[] = [];
    readonly steps: string[] = [];
    /** Called before each look. */
    onLook = (_services: readonly string[]) => {};
    reloads: () => void = () => {};
    readonly live = new LiveFiles(
        { apply: change => this.#apply(change) },
        {
            reload: async generation => {
                this.steps.push(`reload of ${generation}: ${this.link}`);
                this.reloads();
                return { log: "" };
            },
        },
        async services => {
            this.onLook(services);
            this.looks.push(services.join());
            return { front: { generations: [], workers: this.workers, deadSockets: [] } } as unknown as World;
        },
    );

    constructor(
        link: string,
        readonly workers: Worker[],
    ) {
        this.files = new Map([["maps/link.map", `web ${link}\n`]]);
    }

    /** The link of `web` in the file. */
    get link(): string | undefined {
        return readMap(this.files, "link").get("web");
    }

    /** Writes a backend of another service. A worker without this hash needs a reload for it. */
    async addBackend(): Promise<void> {
        await this.live.change(files => files.set("conf/20-other-blue.cfg", "backend other-blue"));
    }

    async writeLink(link: LinkValue): Promise<void> {
        await this.live.change(files => {
            writeMapEntry(files, "link", "web", link);
            return files;
        }, "web");
    }

    async #apply(change: Change): Promise<Applied> {
        const before = new Map(this.files);
        const files = change(new Map(this.files));
        const set = (to: ReadonlyMap<string, string>) => {
            this.files.clear();
            for (const [path, text] of to) {
                this.files.set(path, text);
            }
        };
        set(files);
        const undo = () => new Map(before);
        return { version: 1, changed: true, reloadNeeded: true, hash: "new", files: new Map(files), undo };
    }
}

/** A worker with the hash of older files, whose link is on blue. */
const onBlue = (change: Parameters<typeof serverAt>[1] = {}) =>
    workerOf("blue", { configHash: "old", blue: [serverAt(1, change)], green: [serverAt(1)] });

describe("a reload", () => {
    it("finds in the file the link that users have, not the one that somebody wrote by hand", async () => {
        const front = new Front("green:blue:0", [onBlue()]);
        await front.addBackend();
        expect(front.steps).toEqual(["reload of 1: blue:green:0"]);
    });

    it("is the only reason to change a link in the file", async () => {
        const front = new Front("green:blue:0", [onBlue({})]);
        front.workers[0]!.configHash = "new";
        await front.addBackend();
        expect(front.steps).toEqual([]);
        expect(front.link).toBe("green:blue:0");
    });

    it.each([
        { state: "no container is up", worker: onBlue({ up: false }) },
        { state: "no slot is open", worker: onBlue({ admin: "maint" }) },
        { state: "the worker has no link", worker: workerOf("none", { configHash: "old" }) },
    ])("leaves the file as it is if $state", async ({ worker }) => {
        const front = new Front("green:blue:0", [worker]);
        await front.addBackend();
        expect(front.steps).toEqual(["reload of 1: green:blue:0"]);
    });

    it("leaves the file as it is if two workers differ", async () => {
        const other = workerOf("green", { pid: 2, configHash: "old", blue: [serverAt(1)], green: [serverAt(1)] });
        const front = new Front("green:blue:0", [onBlue(), other]);
        await front.addBackend();
        expect(front.link).toBe("green:blue:0");
    });

    it("happens once in each generation with other files", async () => {
        const workers = [
            onBlue(),
            onBlue(),
            workerOf("blue", { generation: "2", configHash: "new" }),
            workerOf("blue", { generation: "3", configHash: "older" }),
            workerOf("blue", { generation: "4", configHash: "old", old: true }),
        ];
        const front = new Front("blue:green:0", workers);
        await front.addBackend();
        expect(front.steps).toEqual(["reload of 1: blue:green:0", "reload of 3: blue:green:0"]);
        expect(front.looks).toEqual([""]);
    });

    it("that HAProxy refuses leaves the files as they were", async () => {
        const front = new Front("blue:green:0", [onBlue()]);
        front.reloads = () => {
            throw new ReloadFailed("no");
        };
        await expect(front.addBackend()).rejects.toThrow(ReloadFailed);
        expect([...front.files.keys()]).toEqual(["maps/link.map"]);
        front.reloads = () => {};
        await front.addBackend();
        expect(front.steps).toHaveLength(2);
    });
});

describe("a link that this process writes", () => {
    it("stays in the file until the workers get it, through any reload meanwhile", async () => {
        const front = new Front("blue:green:0", [onBlue()]);
        await front.writeLink(LinkValue.to("green"));
        await front.addBackend();
        expect(front.steps).toEqual(["reload of 1: green:blue:0", "reload of 1: green:blue:0"]);
    });

    it("stays in a file that had it already, although the workers still follow another one", async () => {
        const front = new Front("green:blue:0", [onBlue()]);
        await front.writeLink(LinkValue.to("green"));
        expect(front.steps).toEqual(["reload of 1: green:blue:0"]);
    });

    it("stays in the file although the look before it found another one", async () => {
        const front = new Front("blue:green:25", [onBlue()]);
        let written: Promise<void> | undefined;
        front.onLook = services => {
            if (services.includes("web")) {
                written ??= front.writeLink(LinkValue.to("green"));
            }
        };
        await front.addBackend();
        await written;
        expect(front.link).toBe("green:blue:0");
    });

    it("is not written again after it was removed", async () => {
        const front = new Front("blue:green:0", [onBlue()]);
        await front.live.change(files => files.set("maps/link.map", ""));
        await front.addBackend();
        expect(front.link).toBeUndefined();
    });
});

describe("a slot that the file has closed while the worker sends it requests", () => {
    const path = "conf/20-web-blue.cfg";
    const lines = (one: string, two: string) =>
        `backend web-blue\n    server slot-1 10.0.0.1:8080${one}\n    server slot-2 10.0.0.2:8080${two}\n`;
    const closed = lines(" disabled", " disabled");

    /** A front whose file of blue has both slots closed. */
    function frontWith(...workers: Worker[]): Front {
        const front = new Front("blue:green:0", workers);
        front.files.set(path, closed);
        return front;
    }

    it("is opened in the file before a reload", async () => {
        const front = frontWith(onBlue());
        let reloaded: string | undefined;
        front.reloads = () => {
            reloaded = front.files.get(path);
        };
        await front.addBackend();
        expect(reloaded).toBe(lines("", " disabled"));
    });

    it("is opened also if its container has several ports", async () => {
        const front = frontWith(onBlue({ port: 0, wiring: 3 }));
        const withId = (text: string) => text.replace(/:8080/g, " id 24577");
        front.files.set(path, withId(closed));
        await front.addBackend();
        expect(front.files.get(path)).toBe(withId(lines("", " disabled")));
        expect(openSlots(front.files.get(path)!)).toEqual(new Set([1]));
    });

    it("is opened also if its color has only a share of the requests", async () => {
        const links = new Map([["web", LinkValue.to("green").withPercent(10)]]);
        const worker = workerOf("green", { configHash: "old", links, blue: [serverAt(1)], green: [serverAt(1)] });
        const front = frontWith(worker);
        await front.addBackend();
        expect(front.files.get(path)).toBe(lines("", " disabled"));
    });

    it("is opened only for a reload", async () => {
        const front = frontWith({ ...onBlue(), configHash: "new" });
        await front.addBackend();
        expect(front.files.get(path)).toBe(closed);
    });

    it.each([
        { state: "its container is not up", workers: [onBlue({ up: false })] },
        { state: "it is drained", workers: [onBlue({ admin: "drain" })] },
        { state: "one of two workers has it closed", workers: [onBlue(), onBlue({ admin: "maint" })] },
        { state: "the file has another port", workers: [onBlue({ port: 9090 })] },
        {
            state: "its color has no users",
            workers: [workerOf("green", { configHash: "old", blue: [serverAt(1)], green: [serverAt(1)] })],
        },
    ])("stays closed if $state", async ({ workers }) => {
        const front = frontWith(...workers);
        await front.addBackend();
        expect(front.files.get(path)).toBe(closed);
    });

    it("stays closed if this process has closed it in the file", async () => {
        const front = frontWith(onBlue());
        await front.live.change(files => files.set(path, closed), path);
        await front.addBackend();
        expect(front.files.get(path)).toBe(closed);
    });

    it("stays closed if this process closes it in the file after a look that found it open", async () => {
        const front = frontWith(onBlue());
        let written: Promise<void> | undefined;
        front.onLook = services => {
            if (services.includes("web")) {
                written ??= front.live.change(files => files.set(path, closed), path);
            }
        };
        await front.addBackend();
        await written;
        expect(front.files.get(path)).toBe(closed);
    });
});
