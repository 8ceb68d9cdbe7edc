import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderBackend } from "../../../front/configuration";
import { type LinkInputs, link } from "../../../providers/Link";
import { Session } from "../../../providers/Session";
import { FakeEngine } from "../docker/FakeEngine";
import { policyOf, recorded } from "../plan/support";
import { containerOf, FakeSession, Listener, serverAt, workerOf } from "./FakeSession";

const [a, b] = [recorded("A"), recorded("B")];

let engine: FakeEngine;
beforeEach(async () => {
    const info = { SystemTime: "2026-01-01T01:00:00Z" };
    engine = await FakeEngine.start(({ path }) => (path === "/info" ? [200, info] : [204, ""]));
});
afterEach(async () => {
    vi.restoreAllMocks();
    await engine.close();
});

interface Start {
    second?: object;
    scur?: number;
    /** HAProxy's map. */
    routes?: object;
    listener?: Listener;
}

/** Blue is live with A. Green holds B with two containers, and the test may change the second one. */
function front({ second = {}, scur = 0, routes = {}, listener }: Start = {}) {
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: a.id, at: "2026-01-01T00:00:00Z", by: "a test" },
            blue: { release: a.id, replicas: 1 },
            green: { release: b.id, replicas: 2 },
            releases: { [a.id]: a, [b.id]: b },
        },
        workers: [
            workerOf("blue", {
                green: [serverAt(1, { scur }), serverAt(2, second)],
                routes: new Map(Object.entries(routes)),
            }),
        ],
        containers: [containerOf("green", 1, b.id), containerOf("green", 2, b.id)],
        files: {
            "conf/20-web-green.cfg": renderBackend({
                service: "web",
                color: "green",
                port: 8080,
                health: b.settings.health,
                slots: [1, 2].map(number => ({ number, address: `10.0.0.${number}`, enabled: true })),
            }),
        },
        engine: engine.engine,
        listener,
    });
    vi.spyOn(Session, "for").mockReturnValue(fake.session);
    return fake;
}

/** Carries out a plan of the link as an `up` does. */
async function relink(change: Partial<LinkInputs>, action: Partial<LinkInputs["__plan"]>): Promise<void> {
    const inputs = {
        revision: 1,
        service: "web",
        link: "blue",
        routes: [],
        __target: { project: "shop", stack: "test", front: "front" },
        __plan: {
            from: "blue",
            percent: 0,
            replicas: 2,
            restore: false,
            policy: policyOf(),
            bake: { bakeTimeMs: 0, hooks: {} },
            hooks: {},
            heldPlaces: [],
            standIns: {},
            claimedByOthers: [],
            handovers: [],
            ...action,
        },
        ...change,
    } as unknown as LinkInputs;
    await link.update("", { ...inputs, revision: 0 }, inputs);
}

describe("the link moves", () => {
    const toGreen = { link: "green" as const };

    it("never to a release that was not planned", async () => {
        const fake = front();
        await expect(relink(toGreen, { expect: a.id })).rejects.toThrow(
            `runs release ${b.id}, not the expected ${a.id}`,
        );
        expect(fake.steps).toEqual([]);
    });

    it("never to a color that has too few containers ready", async () => {
        const fake = front({ second: { up: false } });
        await expect(relink(toGreen, { expect: b.id })).rejects.toThrow("green has 1 of 2 containers ready");
        expect(fake.steps).toEqual([]);
    });

    it("never if it has moved since the plan", async () => {
        const fake = front();
        await expect(relink(toGreen, { expect: b.id, from: "green" })).rejects.toThrow(
            "the link is blue, but the plan was made when it was green",
        );
        expect(fake.steps).toEqual([]);
    });

    it("never where another up has given the service a place since the plan, unless the plan wants that place too", async () => {
        const fake = front({ routes: { "*/": "web", "shop.example.com/": "web" } });
        const narrow = { ...toGreen, routes: ["shop.example.com"] };
        await expect(relink(narrow, { expect: b.id })).rejects.toThrow(
            "web: * leads to it only since the plan was made. Nothing was done. Run pulumi up again",
        );
        expect(fake.steps).toEqual([]);
    });

    it("never where what it gives up would reach no service any more", async () => {
        const fake = front({ routes: { "shop.example.com/": "web" } });
        await expect(relink(toGreen, { heldPlaces: ["shop.example.com"], standIns: { "*": "api" } })).rejects.toThrow(
            "web: * led to other services when the plan was made, and does not any more. Nothing was done",
        );
        expect(fake.steps).toEqual([]);
    });
});

describe("a route that gets a port of its own", () => {
    /** @returns what an `up` does to the routes and the link, in order */
    async function steps(held: object, routes: string[]): Promise<string[]> {
        const listener = await Listener.start({ color: "green", release: b.id });
        const fake = front({ routes: held, listener });
        try {
            const heldPlaces = Object.keys(held).map(key => key.replace(/\/$/, ""));
            await relink({ link: "green", routes }, { expect: b.id, heldPlaces });
        } finally {
            await listener.close();
        }
        return fake.steps
            .filter(step => /^(file maps|routes of|link of)/.test(step))
            .map(step => step.replace(/: .*?; /, ": "));
    }

    it("says so before the link moves, so that one switch changes release and port", async () => {
        const done = await steps({ "admin.a.com/": "web", "*/": "web" }, ["admin.a.com (own port)", "*"]);
        const [marked] = done;
        expect(marked).toMatch(/^file maps\/routes.map: admin.a.com\/ web:::[0-9a-f]{12}$/);
        const route = marked!.split(": ")[1];
        expect(done).toEqual([
            marked,
            `routes of worker 1: ${route}`,
            "file maps/link.map: web green:blue:0",
            "link of worker 1: web green:blue:0",
        ]);
    });

    it("opens after the link has moved where the service does not have it yet", async () => {
        const done = await steps({ "*/": "web:::0123456789ab" }, ["admin.a.com (own port)", "* (own port)"]);
        expect(done.slice(0, 2)).toEqual([
            "file maps/link.map: web green:blue:0",
            "link of worker 1: web green:blue:0",
        ]);
        const place = expect.stringMatching(/^routes of worker 1: admin.a.com\/ web:::[0-9a-f]{12}$/);
        expect(done.slice(2)).toContainEqual(place);
    });
});

describe("the previous color", () => {
    const leave = { color: "green", farewell: "stop" } as const;
    const stops = () => engine.asked.filter(call => call.endsWith("/stop"));

    it("is stopped only after its open requests have ended", async () => {
        front({ scur: 1 });
        const policy = policyOf({ onDrainTimeout: "wait", progressDeadlineMs: 0 });
        await expect(relink({}, { leave, policy })).rejects.toThrow("1 open request");
        expect(stops()).toEqual([]);
    });

    it("has its slots closed before it is stopped, first in the file, so that no reload opens them again", async () => {
        const fake = front();
        await relink({}, { leave });
        const closed = fake.steps.slice(0, 3);
        expect(closed[0]).toMatch(
            /^file .*server slot-1 10.0.0.1:8080 disabled; server slot-2 10.0.0.2:8080 disabled$/,
        );
        expect(closed.slice(1)).toEqual(["web-green/1 of worker 1: maint", "web-green/2 of worker 1: maint"]);
        expect(stops()).toHaveLength(2);
    });
});
