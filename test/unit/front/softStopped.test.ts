import { describe, expect, it } from "vitest";
import { readMap } from "../../../haproxy/maps";
import type { ContainerInfo } from "../../../model/Container";
import type { BackendStat, ServerStat, Worker, WorkerAddress } from "../../../model/FrontState";
import { LinkValue } from "../../../model/LinkValue";
import { emptyRecord } from "../../../model/Record";
import type { RecordedRelease } from "../../../model/Release";
import { parseRoute, placeOf } from "../../../model/Route";
import { wiringOf } from "../../../model/Wiring";
import type { World } from "../../../model/World";
import type { Session } from "../../../providers/Session";
import { upOf } from "../../../providers/upOf";
import { pointTo } from "../../../up/pointTo";
import { removeRoutes, takeRoutes } from "../../../up/route";
import { noProgress } from "../providers/FakeSession";

/** HAProxy's worker that takes new connections, and the one that a reload has soft-stopped. */
const [current, stopped] = [2, 1];

/** One slot of a backend, open to requests. */
type Slot = [slot: number, address: string, change?: Partial<ServerStat>];

class Front {
    readonly routes: Map<number, Map<string, string>>;
    readonly links: Map<number, Map<string, LinkValue>>;
    files = new Map([["maps/routes.map", ""]]);

    constructor(
        readonly has: {
            /** Routes that both workers have. */
            routes: Record<string, string>;
            /** Services that the soft-stopped worker has a link and a backend of, with the open slots of their blue. */
            known: Record<string, Slot[]>;
            /** Containers of each service's blue, which is live. */
            containers: Record<string, Slot[]>;
            /** Other ports of all containers. @default none */
            routePorts?: Record<string, number>;
        },
    ) {
        const both = <T>(make: () => T) => new Map([current, stopped].map(pid => [pid, make()]));
        this.routes = both(() => new Map(Object.entries(has.routes)));
        this.links = both(() => new Map(Object.keys(has.known).map(name => [name, LinkValue.to("blue")])));
    }

    get session(): Session {
        const change = async (workers: readonly WorkerAddress[], apply: (pid: number) => void) =>
            workers.map(worker => {
                apply(worker.pid);
                return { worker, ok: true, gone: false };
            });
        return {
            target: { front: "front" },
            enter: async () => {},
            observe: async () => this.world,
            readFiles: async () => this.files,
            configure: async (edit: (files: Map<string, string>) => Map<string, string>) => {
                this.files = edit(this.files);
            },
            runtime: {
                setMap: (workers: WorkerAddress[], map: "routes" | "link", key: string, value: string) =>
                    change(workers, pid =>
                        map === "routes"
                            ? this.routes.get(pid)?.set(key, value)
                            : this.links.get(pid)?.set(key, LinkValue.parse(value)),
                    ),
                deleteMapEntry: (workers: WorkerAddress[], _map: "routes", key: string) =>
                    change(workers, pid => this.routes.get(pid)?.delete(key)),
            },
        } as unknown as Session;
    }

    get world(): World {
        const { known, containers } = this.has;
        const worker = (pid: number, backends: Record<string, Slot[]>): Worker =>
            ({
                pid,
                old: pid === stopped,
                releases: new Map(),
                routes: new Map(this.routes.get(pid)),
                links: new Map(this.links.get(pid)),
                backends: new Map(Object.entries(backends).map(([name, slots]) => [`${name}-blue`, backend(slots)])),
            }) as unknown as Worker;
        const services = Object.keys(containers).map(name => {
            const release = { id: "a", settings: { port: 8080, routePorts: this.has.routePorts } } as RecordedRelease;
            const blue = { replicas: 1, release: "a" };
            return [
                name,
                { ...emptyRecord(name), link: { live: "blue" as const }, blue, releases: { a: release } },
            ] as const;
        });
        return {
            containers: Object.entries(containers).flatMap(([name, slots]) =>
                slots.map(([slot, address]) => ({
                    state: "running",
                    address,
                    labels: { "relink.service": name, "relink.color": "blue", "relink.slot": String(slot) },
                })),
            ) as unknown as ContainerInfo[],
            generations: [],
            records: { services: new Map(services), frontIncarnation: 0 },
            front: { generations: [], deadSockets: [], workers: [worker(current, containers), worker(stopped, known)] },
        };
    }

    routesOf(pid: number): Record<string, string> {
        return Object.fromEntries(this.routes.get(pid) ?? []);
    }
}

function backend(slots: Slot[]): BackendStat {
    const server = ([slot, address, change]: Slot) =>
        ({ slot, address, port: 8080, admin: "ready", up: true, ...change }) as ServerStat;
    return { servers: new Map(slots.map(slot => [slot[0], server(slot)])) } as BackendStat;
}

const web: Slot[] = [[1, "10.0.0.1"]];
const api: Slot[] = [[1, "10.0.0.2"]];
const apiRoute = parseRoute("shop.example.com/api");

describe("a soft-stopped worker of HAProxy", () => {
    it("sends no request to a service that it does not know", async () => {
        const routes = { "shop.example.com/": "web" };
        const front = new Front({ routes, known: { web }, containers: { web, api } });
        await takeRoutes(upOf(front.session, "api", noProgress), [apiRoute], []);
        expect(front.routesOf(current)).toEqual({ ...routes, "shop.example.com/api/": "api:/api:keep" });
        expect(front.routesOf(stopped)).toEqual(routes);
    });

    it("sends a service's requests there if its own slots are the containers", async () => {
        const front = new Front({ routes: {}, known: { web, api }, containers: { web, api } });
        await takeRoutes(upOf(front.session, "api", noProgress), [apiRoute], []);
        expect(front.routesOf(stopped)).toEqual(front.routesOf(current));
    });

    it("sends no request to a service whose slots lead elsewhere in that worker", async () => {
        const front = new Front({ routes: {}, known: { web, api: [[1, "10.0.0.9"]] }, containers: { web, api } });
        await takeRoutes(upOf(front.session, "api", noProgress), [apiRoute], []);
        expect(front.routesOf(stopped)).toEqual({});
    });

    it.each<[string, Slot[]]>([
        ["one slot more", [...web, [2, "10.0.0.3"]]],
        ["one slot less", []],
        ["another address", [[1, "10.0.0.9"]]],
    ])("gets no link if its open slots are not the containers: %s", async (_what, open) => {
        const front = new Front({ routes: {}, known: { web: open }, containers: { web } });
        front.links.get(stopped)?.set("web", LinkValue.to("green"));
        await pointTo(upOf(front.session, "web", noProgress), LinkValue.to("blue"));
        expect([current, stopped].map(pid => front.links.get(pid)?.get("web")?.live)).toEqual(["blue", "green"]);
    });

    it.each<[string, Partial<ServerStat>, Record<string, number> | undefined, "blue" | "green"]>([
        [
            "the same ones",
            { port: 0, wiring: wiringOf({ port: 8080, routePorts: { "a.com": 9000 } }) },
            { "a.com": 9000 },
            "blue",
        ],
        ["one, where the release has two", {}, { "a.com": 9000 }, "green"],
        ["two, where the release has one", { port: 0, wiring: 7 }, undefined, "green"],
        ["another second one", { port: 0, wiring: 7 }, { "a.com": 9000 }, "green"],
    ])(
        "gets a link only if it knows the ports of the release. It knows %s",
        async (_what, server, routePorts, live) => {
            const front = new Front({
                routes: {},
                known: { web: [[1, "10.0.0.1", server]] },
                containers: { web },
                routePorts,
            });
            front.links.get(stopped)?.set("web", LinkValue.to("green"));
            await pointTo(upOf(front.session, "web", noProgress), LinkValue.to("blue"));
            expect(front.links.get(stopped)?.get("web")?.live).toBe(live);
        },
    );

    it("gets a link to slots that are the containers", async () => {
        const front = new Front({ routes: {}, known: { web }, containers: { web } });
        front.links.get(stopped)?.set("web", LinkValue.to("green"));
        await pointTo(upOf(front.session, "web", noProgress), LinkValue.to("blue"));
        expect([current, stopped].map(pid => front.links.get(pid)?.get("web")?.live)).toEqual(["blue", "blue"]);
    });

    it("keeps the route of a renamed service to the old name, and its link, until it has exited", async () => {
        const routes = { "shop.example.com/": "web" };
        const front = new Front({ routes, known: { web }, containers: { web, store: api } });
        const place = parseRoute("shop.example.com");
        await takeRoutes(upOf(front.session, "store", noProgress), [place], []);
        await removeRoutes(upOf(front.session, "web", noProgress));
        await pointTo(upOf(front.session, "web", noProgress), LinkValue.none());
        expect(front.routesOf(current)).toEqual({ "shop.example.com/": "store" });
        expect(front.routesOf(stopped)).toEqual(routes);
        expect([current, stopped].map(pid => front.links.get(pid)?.get("web")?.live)).toEqual(["none", "blue"]);
    });

    it("loses a service that is removed and has no successor", async () => {
        const front = new Front({
            routes: { "*/": "web", "api.example.com/": "api" },
            known: { web, api },
            containers: { web, api },
        });
        await removeRoutes(upOf(front.session, "api", noProgress));
        await pointTo(upOf(front.session, "api", noProgress), LinkValue.none());
        expect(front.routesOf(stopped)).toEqual({ "*/": "web" });
        expect(front.links.get(stopped)?.get("api")?.live).toBe("none");
    });

    it("loses a service that is removed, whatever services of other places it does not know", async () => {
        const front = new Front({
            routes: { "*/home/": "web:/home:keep", "api.example.com/": "api" },
            known: { web, api },
            containers: { web, api, rooms: [[1, "10.0.0.3"]] },
        });
        await takeRoutes(upOf(front.session, "rooms", noProgress), [parseRoute("rooms.example.com")], []);
        await removeRoutes(upOf(front.session, "api", noProgress));
        await pointTo(upOf(front.session, "api", noProgress), LinkValue.none());
        expect(front.routesOf(stopped)).toEqual({ "*/home/": "web:/home:keep" });
        expect(front.links.get(stopped)?.get("api")?.live).toBe("none");
    });

    it("keeps a route that a service gives up as long as it does not know the service that takes it", async () => {
        const routes = { "a.example.com/": "web" };
        const front = new Front({ routes, known: { web }, containers: { web, store: api } });
        await takeRoutes(upOf(front.session, "store", noProgress), [parseRoute("*.example.com")], []);
        await takeRoutes(
            upOf(front.session, "web", noProgress),
            [parseRoute("b.example.com")],
            [placeOf(parseRoute("*.example.com"))],
        );
        expect(front.routesOf(current)).toEqual({ "*.example.com/": "store", "b.example.com/": "web" });
        expect(front.routesOf(stopped)).toEqual({ "a.example.com/": "web", "b.example.com/": "web" });
    });
});

describe("HAProxy's file, in which an up died that gave a service another one's place", () => {
    it("leads to that one again when the service gives the place up", async () => {
        const front = new Front({
            routes: { "shop.example.com/api/": "api" },
            known: { web, api },
            containers: { web, api },
        });
        front.files.set("maps/routes.map", "shop.example.com/ web\nshop.example.com/api/ web\n");
        await removeRoutes(upOf(front.session, "web", noProgress));
        expect(Object.fromEntries(readMap(front.files, "routes"))).toEqual({ "shop.example.com/api/": "api" });
    });
});
