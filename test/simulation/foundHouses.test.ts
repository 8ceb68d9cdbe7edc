import { describe, it } from "vitest";
import type { HouseEvent, HouseRace } from "./house/HouseEvent";
import type { HouseWish } from "./house/HouseWish";
import { live } from "./life/anyLife";
import { Coverage } from "./life/Coverage";
import { noFaults } from "./life/Faults";
import { strategyOf } from "./life/strategies";

// Lives of several services behind one front that broke a rule once, as foundLives.test.ts has them of one service.

const rolling = strategyOf({ rolling: {} });

function inHouse(change: Partial<HouseWish>, more: Partial<Extract<HouseEvent, { is: "up" }>> = {}): HouseEvent {
    return { is: "up", change, faults: { of: "web", faults: noFaults }, goesOn: false, ...more };
}

/** Two `up`s at once, of which the second one was planned first. */
function race(change: Partial<HouseWish>, other: Partial<HouseWish>, more: Partial<HouseRace> = {}): HouseEvent {
    const faults = { of: "web", faults: noFaults } as const;
    return { is: "race", change, faults, pausesAfter: 0, early: true, expired: true, other, ...more };
}

const houses: Record<string, HouseEvent[]> = {
    "an up takes over that gives up a place which only HAProxy's file has, beside a wider one which only the memory has":
        [
            inHouse({ wanted: { "*": "web" } }),
            race(
                { wanted: { "*.example.com": "web" } },
                { wanted: { "*": "api", "shop.example.com": "web" } },
                { faults: { of: "web", faults: { ...noFaults, reload: 0 } }, pausesAfter: 1, early: false },
            ),
        ],
    "an up dies when its release is judged bad: the next one takes the switch back, and refuses the release": [
        inHouse({ wanted: { "*": "web" }, versions: { web: "B", api: "A", admin: "A" } }),
        inHouse(
            { versions: { web: "A", api: "A", admin: "A" } },
            { faults: { of: "web", faults: { ...noFaults, bake: "bad", reload: 0 } }, diesAfter: 30 },
        ),
    ],
    "a service gets narrower places than it had, but is refused, while another one takes a place in the wide one": [
        inHouse({ wanted: { "*": "web" } }),
        inHouse({
            wanted: { "*.example.com": "web", "shop.example.com/api/v2": "api" },
            versions: { web: "A on another port", api: "A", admin: "A" },
            strategy: rolling,
        }),
    ],
    "an up dies when only HAProxy's file has its place, which another service hands over to a third one by then": [
        inHouse({ wanted: { "*": "api", "shop.example.com/api": "admin" } }),
        inHouse(
            { wanted: { "*": "admin", "*.example.com": "web" } },
            { faults: { of: "web", faults: { ...noFaults, order: 1 } }, diesAfter: 3, goesOn: true },
        ),
        inHouse({ wanted: { "shop.example.com/api": "admin", "shop.example.com/api/v2": "web" } }),
    ],
    "an up starts a container in vain where another one, which has taken over, has one that serves": [
        {
            is: "race",
            change: { wanted: { "shop.example.com": "web", "*.example.com": "api", "shop.example.com/api": "admin" } },
            faults: { of: "web", faults: noFaults },
            pausesAfter: 18,
            early: false,
            expired: true,
            other: {},
        },
    ],
    "an up waits for requests to end on what it could not prove, and another one has taken over by then": [
        {
            is: "race",
            change: { wanted: { "*": "web", "shop.example.com/api/v2": "api" } },
            faults: {
                of: "web",
                faults: { ...noFaults, port: { call: "journal.enter", after: 3, how: "fails" } },
            },
            pausesAfter: 20,
            early: true,
            expired: true,
            other: { wanted: { "*": "web" } },
        },
    ],
    "a service is removed that another up has given a place since the removal was planned": [
        inHouse({ wanted: { "*": "admin", "*.example.com": "api" } }),
        {
            is: "race",
            change: { wanted: { "*": "web" }, versions: { web: "A", api: "A", admin: "A on another port" } },
            faults: { of: "admin", faults: { ...noFaults, port: { call: "up.look", after: 0, how: "fails" } } },
            pausesAfter: 0,
            early: false,
            expired: false,
            other: { wanted: { "*": "web" }, versions: { web: "A", api: "A", admin: "A" } },
        },
        {
            is: "race",
            change: { wanted: { "*": "admin", "shop.example.com": "web", "shop.example.com/api/v2": "api" } },
            faults: { of: "web", faults: noFaults },
            pausesAfter: 40,
            early: true,
            expired: true,
            other: { wanted: { "*": "web" } },
        },
    ],
    "a service's new place is only in HAProxy's file, and its former one only in the memory, when another one wants both":
        [
            inHouse({ wanted: { "*.example.com": "admin" } }),
            {
                is: "race",
                change: { wanted: { "shop.example.com": "admin" } },
                faults: { of: "web", faults: noFaults },
                pausesAfter: 1,
                early: false,
                expired: true,
                other: { wanted: { "shop.example.com": "web", "shop.example.com/api/v2": "admin" } },
            },
        ],
    "the removal of a service dies when only HAProxy's file has no link, and then the service is wanted again": [
        inHouse({ wanted: { "*": "web", "shop.example.com": "api" } }),
        inHouse({ wanted: { "shop.example.com": "api" } }, { diesAfter: 4, goesOn: true }),
        inHouse({ wanted: { "*": "web", "shop.example.com": "api" } }),
    ],
    "the removal of a service dies, it is wanted again, and the confirming request is lost": [
        inHouse({ wanted: { "*": "api", "shop.example.com": "admin", "shop.example.com/api": "web" } }),
        inHouse({ wanted: { "shop.example.com/api": "web" } }, { diesAfter: 1, goesOn: true }),
        inHouse(
            { wanted: { "*": "api" } },
            { faults: { of: "api", faults: { ...noFaults, confirm: "lost" } }, restartsAt: 0 },
        ),
    ],
    "an interrupted rolling release is taken back while the service is removed whose place it takes": [
        inHouse({ wanted: { "*": "admin", "shop.example.com/api": "web" }, strategy: rolling }),
        inHouse(
            { wanted: { "*": "web" }, versions: { web: "B", api: "A", admin: "A" } },
            { diesAfter: 10, goesOn: true },
        ),
        inHouse({ versions: { web: "C", api: "A", admin: "A" }, strategy: { kind: "blueGreen" } }),
    ],
    "a service is about to be removed in the middle of a rolling release, and then it is wanted again": [
        inHouse({ wanted: { "*": "web", "shop.example.com": "api" }, strategy: rolling }),
        inHouse({ versions: { web: "C", api: "A", admin: "A" } }, { diesAfter: 12, goesOn: true }),
        inHouse({ wanted: { "shop.example.com": "api" } }, { diesAfter: 2, goesOn: true }),
        inHouse({ wanted: { "*": "web", "shop.example.com": "api" } }),
    ],
    "an up was planned before another one widened a service's place, which leads elsewhere once the service has left it":
        [
            race({ wanted: { "shop.example.com": "web" } }, {}, { expired: false }),
            race(
                { wanted: { "*": "web", "shop.example.com/api": "api" } },
                {
                    wanted: { "shop.example.com": "api", "shop.example.com/api": "web" },
                    versions: { web: "B", api: "A", admin: "A" },
                },
                { pausesAfter: 38 },
            ),
        ],
    "an up was planned before another one gave its service all other requests, of which a new service is to get some": [
        inHouse({ wanted: { "shop.example.com/api": "api" } }),
        race(
            { wanted: { "*": "api" } },
            { wanted: { "shop.example.com": "api", "*.example.com": "web" } },
            { pausesAfter: 2 },
        ),
    ],
    "an up was planned before another one gave up all other requests, which are to get what a service gives up now": [
        inHouse({ wanted: { "*": "web", "shop.example.com": "api" } }),
        race(
            { wanted: { "shop.example.com": "api", "shop.example.com/api": "web" } },
            { wanted: { "*": "web", "shop.example.com/api/v2": "api" } },
            { pausesAfter: 4 },
        ),
    ],
    "an up died when only HAProxy's file had its place, which it gives up before its former service gets it again": [
        inHouse({
            wanted: { "*.example.com": "admin", "shop.example.com/api": "api", "shop.example.com/api/v2": "web" },
        }),
        inHouse(
            { wanted: { "shop.example.com": "web", "*.example.com": "api", "shop.example.com/api": "api" } },
            { faults: { of: "web", faults: { ...noFaults, order: 1, reload: 0 } }, diesAfter: 3, goesOn: true },
        ),
        inHouse({
            wanted: { "*.example.com": "admin", "shop.example.com/api/v2": "api" },
            versions: { web: "A", api: "A", admin: "B" },
        }),
    ],
    "an up died when only HAProxy's file had a place, which both its services give up at the same time": [
        inHouse({ wanted: { "*.example.com": "web", "shop.example.com/api": "admin" } }),
        inHouse({ wanted: { "*.example.com": "web", "shop.example.com/api": "web" } }, { diesAfter: 1, goesOn: true }),
        inHouse(
            { wanted: { "*.example.com": "web", "shop.example.com/api/v2": "admin" } },
            { faults: { of: "web", faults: { ...noFaults, order: 1 } } },
        ),
    ],
    "an up takes over that was planned before the other one gave up a place beside what it ends itself": [
        inHouse({ wanted: { "*": "admin", "*.example.com": "admin" } }),
        race(
            { wanted: { "shop.example.com/api": "api", "shop.example.com/api/v2": "admin" } },
            { wanted: { "*": "admin", "shop.example.com": "web" } },
            { pausesAfter: 38 },
        ),
    ],
    "an up died when HAProxy's file lacked a place that gets the requests of one which another service gives up": [
        inHouse({
            wanted: { "shop.example.com/api": "api", "shop.example.com/api/v2": "admin" },
            versions: { web: "A", api: "A", admin: "B" },
        }),
        inHouse(
            { wanted: { "shop.example.com": "admin" }, versions: { web: "A", api: "B", admin: "A" } },
            { diesAfter: 29, restartsAt: 0, goesOn: true },
        ),
        inHouse({ wanted: { "*.example.com": "api", "shop.example.com/api/v2": "admin" } }),
    ],
    "an up died when HAProxy's file lacked one of two places that get the requests of one which a service gives up": [
        inHouse({ wanted: { "*": "api", "*.example.com": "admin", "shop.example.com/api/v2": "web" } }),
        inHouse(
            { wanted: { "*": "api", "shop.example.com": "admin", "shop.example.com/api/v2": "web" } },
            { diesAfter: 2, goesOn: true },
        ),
        inHouse(
            {
                wanted: { "shop.example.com/api": "web", "*.example.com": "admin" },
                versions: { web: "A", api: "A", admin: "B" },
            },
            { faults: { of: "web", faults: { ...noFaults, order: 1 } } },
        ),
    ],
};

describe("a life in which", () => {
    it.each(Object.keys(houses))("%s", async name => {
        await live({ house: houses[name] ?? [] }, new Coverage());
    });
});
