import { describe, expect, it } from "vitest";
import type { RollIntent } from "../../../model/Intent";
import type { ObservedService, ObservedSlot } from "../../../model/ObservedService";
import { parseRoute } from "../../../model/Route";
import type { RollingSettings } from "../../../model/StrategySettings";
import { sharedChanges } from "../../../plan/sharedChanges";
import { plan } from "../../../plan/table";
import { configWith, settingsOf } from "../settings/support";
import { actsOf, blueWithA, blueWithBGreenWarmWithA, recorded, releaseOf, running, wish } from "./support";

function rollingOf(settings: object = {}): { kind: "rolling" } & RollingSettings {
    const { strategy } = settingsOf(configWith({ replicas: 2, strategy: { rolling: settings } })).services[0]!.policy;
    if (strategy.kind !== "rolling") {
        throw new Error("it does not roll");
    }
    return strategy;
}

const releaseA = recorded("A");
const releaseB = recorded("B", { proved: false, linked: false, promotion: 2 });

function slot(number: number, release: { id: string }, change: Partial<ObservedSlot> = {}): ObservedSlot {
    const sound = { runs: true, unhealthy: false, ready: true, proved: true };
    return { slot: number, release: release.id, ...sound, ...change };
}

/** Blue live with two of A. */
function two(slots = [slot(1, releaseA), slot(2, releaseA)], change: Partial<ObservedService> = {}): ObservedService {
    const block = { first: "10.88.0.32", size: 16 };
    return blueWithA({ blue: running(releaseA, 2, { slots, block, running: slots.length }), ...change });
}

/** The same, in the middle of becoming B. */
function half(slots: ObservedSlot[]): ObservedService {
    const { kind: _kind, ...settings } = rollingOf();
    const intent: RollIntent = {
        kind: "roll",
        color: "blue",
        from: [releaseA.id],
        to: releaseB.id,
        replicas: 2,
        settings,
    };
    const service = two(slots, { intent, promotions: 2 });
    return { ...service, blue: { ...service.blue, next: releaseB } };
}

function rolls(version: string, change: object = {}, settings: object = {}) {
    return wish(version, { replicas: 2, policy: { strategy: rollingOf(settings) }, ...change });
}

describe("strategy: rolling, a new release", () => {
    it("goes to the live color container by container, and the link stays", () => {
        const made = plan(two(), rolls("B"));
        expect(made.row).toBe("roll");
        expect(actsOf(made)).toEqual(["blue: shop/web:B x2"]);
        expect(made.sentence).toBe(
            "blue becomes shop/web:B (2 replicas) container by container, 1 at a time, new ones first; the link stays on blue.",
        );
        expect(made.steps).toEqual([
            "1. web-blue-3 started and proved",
            "2. web-blue-1 drained and removed; web-blue-4 started and proved",
            "3. web-blue-2 drained and removed",
        ]);
        expect(made).toMatchObject({ promotion: 2, link: { live: "blue", act: false }, green: { act: false } });
    });

    it("names how many are replaced at a time, and whether old or new ones go first", () => {
        expect(plan(two(), rolls("B", {}, { step: "service" })).steps).toEqual([
            "1. web-blue-3, web-blue-4 started and proved",
            "2. web-blue-1, web-blue-2 drained and removed",
        ]);
        expect(plan(two(), rolls("B", {}, { order: "stopFirst", step: "half" })).sentence).toContain(
            "half of them at a time, old ones first",
        );
    });

    it("scales and takes new routes at the same time", () => {
        const made = plan(two(), rolls("B", { replicas: 3, routes: [parseRoute("shop.example.com")] }));
        expect(actsOf(made)).toEqual(["blue: shop/web:B x3", "link: blue for shop.example.com"]);
    });

    it("moves only the link if the idle color holds the wanted release", () => {
        const made = plan(blueWithBGreenWarmWithA(), wish("A", { policy: { strategy: rollingOf() } }));
        expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "return", acts: ["link: green for *"] });
    });

    it.each<[string, object, string]>([
        ["the port", { port: 9090 }, "port"],
        ["the front's health check", { health: { path: "/healthz", rise: 4 } }, "health.path, health.rise"],
        ["a timeout of the backend", { timeouts: { server: "5s" } }, "timeouts.server"],
        ["the number of slots", { maxReplicas: 9 }, "maxReplicas"],
        ["the port of a route", { routes: [{ hosts: ["a.com"], port: 9000 }] }, "routes[].port"],
    ])("is refused if it changes a setting that all containers share: %s", (_, service, keys) => {
        const made = plan(two(), { ...rolls("B"), release: releaseOf("B", service) });
        expect(made.refusal).toBe(
            `strategy: rolling cannot change ${keys}, which all containers of blue share. ` +
                "Set strategy: blueGreen for this release",
        );
        expect(made.blue.act || made.green.act).toBe(false);
    });

    it("may change settings of each container, and a health check's host that comes from the routes", () => {
        const service = { env: { LEVEL: "debug" }, health: { command: "check" }, hosts: ["shop.example.com"] };
        expect(sharedChanges(releaseOf("A").settings, releaseOf("B", service).settings)).toEqual([]);
        const made = plan(two(), { ...rolls("B"), release: releaseOf("B", service) });
        // The backend comes from the new release, and must not change meanwhile.
        expect(made.blue.release?.settings.health.host).toBe("web");
    });
});

describe("a background service", () => {
    const workerOf = (version: string, more: object = {}) =>
        releaseOf(version, { port: undefined, strategy: "rolling", ...more });

    it("shares no setting between its containers", () => {
        const [held, wanted] = [workerOf("A"), workerOf("B", { maxReplicas: 20, health: { interval: "9s" } })];
        expect(sharedChanges(held.settings, wanted.settings)).toEqual([]);
    });

    it.each([
        ["gets a port", workerOf("A"), releaseOf("B")],
        ["gives up its port", releaseOf("A"), workerOf("B")],
    ])("is another service if it %s", (what, held, wanted) => {
        const live = recorded("A", { settings: held.settings });
        const service = blueWithA({ blue: running(live, 2) });
        expect(plan(service, { ...rolls("B"), release: wanted }).refusal).toContain(
            `a service that ${what} is another`,
        );
    });
});

describe("after an up that died in the middle of a rolling release", () => {
    const begun = [slot(2, releaseA), slot(3, releaseB), slot(4, releaseB, { ready: false, proved: false })];

    it("the same release goes on, with the number of its promotion", () => {
        const made = plan(half(begun), rolls("B"));
        expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "roll", acts: ["blue: shop/web:B x2"] });
        expect(made.steps).toEqual([
            "1. web-blue-4 proved, left by an interrupted up",
            "2. web-blue-2 drained and removed",
        ]);
        expect(made.promotion).toBe(2);
    });

    it("an unproved container that serves is proved beside the others, or replaced if too few would serve meanwhile", () => {
        const unproved = slot(3, releaseB, { proved: false });
        const stepsFrom = (slots: ObservedSlot[], settings = {}) => plan(half(slots), rolls("B", {}, settings)).steps;
        expect(stepsFrom([slot(1, releaseA), slot(2, releaseA), unproved])?.[0]).toBe(
            "1. web-blue-3 proved, left by an interrupted up",
        );
        expect(stepsFrom([slot(2, releaseA), unproved])).toEqual([
            "1. web-blue-1 started and proved",
            "2. web-blue-3 drained and removed; web-blue-4 started and proved",
            "3. web-blue-2 drained and removed",
        ]);
        expect(stepsFrom([slot(2, releaseA), unproved], { order: "stopFirst" })?.[0]).toContain("web-blue-3 proved");
        expect(stepsFrom([unproved], { order: "stopFirst" })).toEqual([
            "1. web-blue-1 started and proved",
            "2. web-blue-3 drained and removed",
            "3. web-blue-2 started and proved",
        ]);
    });

    it("it is taken back if the config asks for the old release", () => {
        const made = plan(half(begun), rolls("A"));
        expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "recovery", acts: ["blue: shop/web:A x2"] });
        expect(made.sentence).toMatch(/^takes back an interrupted rolling release: blue becomes shop\/web:A/);
        expect(made.promotion).toBeUndefined();
    });

    it("a third release replaces both, first the one that was never complete", () => {
        const made = plan(half([slot(1, releaseA), slot(2, releaseA), slot(3, releaseB)]), rolls("C"));
        expect(made.row).toBe("roll");
        expect(made.steps?.[1]).toContain("web-blue-3 drained and removed");
    });

    it("it is finished if every new container was up, and only the remaining old ones are removed", () => {
        const complete = half([slot(1, releaseA), slot(3, releaseB), slot(4, releaseB)]);
        const made = plan(complete, rolls("B"));
        expect(made.sentence).toMatch(/^finishes an interrupted rolling release: blue becomes shop\/web:B/);
        expect(made.steps).toEqual(["1. web-blue-1 drained and removed"]);
    });

    it("it is taken back if a new container serves that was never proved", () => {
        const unproved = half([slot(1, releaseA), slot(3, releaseB), slot(4, releaseB, { proved: false })]);
        const made = plan(unproved, wish("C", { replicas: 2 }));
        expect(made.sentence).toMatch(/^takes back an interrupted rolling release: blue becomes shop\/web:A/);
    });

    it("a release of another kind waits until it is taken back", () => {
        const made = plan(half(begun), wish("C", { replicas: 2 }));
        expect(actsOf(made)).toEqual(["blue: shop/web:A x2"]);
        expect(made.sentence).toContain("What the config asks for waits for the next up.");
    });

    it("routes do not wait with a release of another kind, because the service that had them may be removed by this up", () => {
        const made = plan(half(begun), wish("C", { replicas: 2, routes: [parseRoute("a.com")] }));
        expect(actsOf(made)).toEqual(["blue: shop/web:A x2", "link: blue for a.com"]);
        expect(made.sentence).toContain("takes a.com; gives up all other requests. What else the config asks for");
    });

    it("it is taken back also before a refusal, and the link says why", () => {
        const made = plan(half(begun), rolls("B", { imageProblem: "there is no such image" }));
        expect(actsOf(made)).toEqual(["blue: shop/web:A x2", "link: blue for *"]);
        expect(made.refusal).toBe("there is no such image");
    });

    it("its mixed color is not drift, but a foreign container there is", () => {
        const drifted = half(begun);
        drifted.blue.deviations = [{ what: "web-blue-9 was added" }];
        expect(plan(drifted, rolls("B")).row).toBe("drift");
    });
});
