import { describe, expect, it } from "vitest";
import type { FrontAccess } from "../../../front/FrontAccess";
import { ServiceRoutes } from "../../../front/ServiceRoutes";
import { emptyMaps, readMap, writeMapEntry } from "../../../haproxy/maps";
import { placeOf, type Route } from "../../../model/Route";

type Entries = Record<string, string>;

/** A front whose file and memory have these routes. */
function frontWith(file: Entries, memory: Entries) {
    const files = emptyMaps();
    for (const [key, value] of Object.entries(file)) {
        writeMapEntry(files, "routes", key, value);
    }
    const access = {
        readFiles: async () => files,
        observe: async () => ({ front: { workers: [{ old: false, routes: new Map(Object.entries(memory)) }] } }),
        configure: async (change: (files: Map<string, string>) => unknown) => change(files),
    } as unknown as FrontAccess;
    return { web: new ServiceRoutes(access, "web"), written: () => Object.fromEntries(readMap(files, "routes")) };
}

const narrow = (route: Route) => placeOf(route).startsWith("*.example.com");
const none = () => false;

describe("a service's routes in HAProxy's file", () => {
    it("lose what is given up, and keep the rest", async () => {
        const front = frontWith({ "*.example.com/": "web", "*/": "web" }, { "*.example.com/": "web", "*/": "web" });
        await front.web.write([], narrow);
        expect(front.written()).toEqual({ "*/": "web" });
    });

    it("get a place again that only the memory has, where another one is given up", async () => {
        const front = frontWith({ "*.example.com/": "web" }, { "*/": "web" });
        await front.web.write([], narrow);
        expect(front.written()).toEqual({ "*/": "web" });
    });

    it("leave such a place to the service that has it in the file by then", async () => {
        const front = frontWith({ "*.example.com/": "web", "*/": "api" }, { "*/": "web" });
        await front.web.write([], narrow);
        expect(front.written()).toEqual({ "*/": "api" });
    });

    it("lead to another service again whose requests are still in the memory", async () => {
        const front = frontWith({ "*.example.com/": "web" }, { "*.example.com/": "api" });
        await front.web.write([], narrow);
        expect(front.written()).toEqual({ "*.example.com/": "api" });
    });

    it("are not touched where nothing is given up", async () => {
        const front = frontWith({}, { "*/": "web" });
        await front.web.write([], none);
        expect(front.written()).toEqual({});
    });
});
