import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { Fleet } from "../support/fleet/Fleet";
import { LongRequests } from "../support/fleet/LongRequests";
import { members, type Name } from "../support/fleet/members";
import { isFull } from "../support/isFull";
import { lifeOf, oneAfterTheOther } from "../support/scenario";

// Several services on one front, all under load from the first scenario to the last. `npm test` has five services and the
// most telling scenarios. `RELINK_FULL=1` has twelve services of four kinds, and all scenarios.

const all = Object.keys(members) as Name[];
/** The service that is added under load. */
const late: Name = "rooms";
const first: Name[] = isFull ? all.filter(name => name !== late) : ["home", "shop", "files", "push", "search"];
/**
 * The service that is released while another one fails. Its other color must not have served before. A WebSocket of any
 * service may keep an old worker of HAProxy that still leads to that color, and a release would wait `drainTimeout` for it
 * (docs/failures.md, long requests).
 */
const fresh: Name = isFull ? "admin" : "home";
/** A host and a path that go from one service to another. */
const deals = { host: "deals.example.com" };
const find = { host: "www.example.org", path: "/find" };

let fleet: Fleet;
const open: LongRequests[] = [];

beforeAll(async () => {
    fleet = await Fleet.create(first);
    expectSuccess(await fleet.stack.up());
    await Promise.all([...first.map(name => fleet.open(name)), fleet.open("shop", deals), fleet.open("search", find)]);
    await fleet.load.settled();
});

afterAll(async () => {
    for (const requests of open) {
        requests.end();
    }
    await fleet?.cleanup();
});

describe(`${isFull ? "12 services of 4 kinds" : "5 services"} on one front, all of them under load`, () => {
    oneAfterTheOther();

    it.runIf(isFull)("(a) a service is added", async () => {
        const lives = await livesOf(first);
        await fleet.up("add a service", () => fleet.add(late));
        await fleet.open(late);
        expect(await livesOf(first)).toEqual(lives);
    });

    it.runIf(isFull)("(b) a service gets a new route, and then loses the old one", async () => {
        const lives = await livesOf(all);
        const { host } = members.api.users;
        await fleet.up("open another route", () => fleet.route("api", { paths: ["/api", "/v2"] }));
        await fleet.open("api", { host, path: "/v2" });
        await fleet.close({ host, path: "/api" });
        await fleet.up("close the old route", () => fleet.route("api", { paths: ["/v2"] }));
        expect(await livesOf(all)).toEqual(lives);
    });

    it("(c) a host and a path go from one service to another while a third one is released", async () => {
        const untouched: Name[] = ["home", "shop", "files", "search"];
        const lives = await livesOf(untouched);
        const requests = await begin({ webSockets: ["push"], streams: ["files", fresh, "search"] });
        const printed = await fleet.up("move a host and a path, release a service", () => {
            fleet.route("shop", { hosts: ["shop.example.com"] });
            fleet.route("files", { hosts: ["*.files.example.com", deals.host] });
            fleet.give(deals, "files");
            fleet.route("search", { paths: ["/search"] });
            fleet.route("home", { paths: [find.path], stripPath: true });
            fleet.give(find, "home");
            fleet.release("push");
        });
        expect(printed).toContain("takes deals.example.com from shop");
        expect(printed).toContain("leaves deals.example.com to files");
        expect(printed).toContain("takes */find (stripped) from search");
        await requests.expectOpen();
        expect(await livesOf(untouched)).toEqual(lives);
    });

    it.runIf(isFull)("(e) one up switches six services of all kinds independently", async () => {
        const released: Name[] = ["home", "api", "video", "feed", "chat", "report"];
        const lives = await livesOf(all.filter(name => !released.includes(name)));
        const requests = await begin({
            webSockets: ["chat", "rooms", "video"],
            streams: ["video", "feed", "home", "report", "files", "rooms"],
        });
        const printed = await fleet.up("switch six services", () => {
            for (const name of released) {
                fleet.release(name);
            }
        });
        for (const name of released) {
            expect(linesOf(printed, name)).toContain("link blue => green, confirmed");
        }
        await requests.expectOpen();
        expect(await livesOf(Object.keys(lives) as Name[])).toEqual(lives);
    });

    it("(f) in one up one release fails, two succeed, one service returns, and one to be removed stays", async () => {
        const untouched: Name[] = ["shop", "push"];
        const lives = await livesOf(untouched);
        const search = await lifeOf(fleet.stack, "blue", "search");
        const requests = await begin({ webSockets: ["push"], streams: ["files", fresh, "search"] });
        const printed = await fleet.failingUp("one release fails, two are done, one returns, one is to go", () => {
            fleet.break("search");
            fleet.release(fresh);
            fleet.release("files");
            fleet.release("push", 1);
            fleet.remove("shop");
        });
        expect(printed).toContain("search: relink-hello:v1 was not released on green: not healthy within 8.0 s");
        expect(printed).toContain("error: search: not released, see above.");
        for (const name of [fresh, "files", "push"] as const) {
            expect(linesOf(printed, name)).toContain("confirmed through the public listener");
            expect(linesOf(printed, name)).not.toContain("error");
        }
        expect(linesOf(printed, "push")).toContain("only the link moves green => blue");
        await requests.expectOpen();
        expect(await livesOf(untouched)).toEqual(lives);
        expect(await lifeOf(fleet.stack, "blue", "search")).toEqual(search);
    });

    it.runIf(isFull)("(d) services are removed, and the host of one goes to another", async () => {
        const removed: Name[] = ["shop", "report"];
        const untouched = all.filter(name => !removed.includes(name));
        const lives = await livesOf(untouched);
        const requests = await begin({ webSockets: ["chat", "rooms"], streams: ["files", "video"] });
        await fleet.close(members.shop.users);
        await fleet.up("remove two services", () => {
            fleet.break("search", false);
            fleet.remove("report");
            fleet.route("video", { hosts: [members.video.users.host, members.report.users.host] });
            fleet.give(members.report.users, "video");
        });
        await requests.expectOpen();
        expect(await livesOf(removed)).toEqual({ shop: [], report: [] });
        expect(await livesOf(untouched)).toEqual(lives);
    });

    it.runIf(isFull)("(g) a service returns without waiting for the releases of others", async () => {
        const lives = await livesOf(["home"]);
        const requests = await begin({ webSockets: ["chat"], streams: ["home", "search", "rooms"] });
        const printed = await fleet.up("return while others are released", () => {
            fleet.release("home", 1);
            fleet.release("search");
            fleet.release("rooms");
        });
        const moved = (name: Name) =>
            printed.search(new RegExp(`Link ${name} .*confirmed through the public listener`));
        expect(moved("home")).toBeGreaterThan(0);
        expect(moved("search")).toBeGreaterThan(moved("home"));
        expect(moved("rooms")).toBeGreaterThan(moved("home"));
        await requests.expectOpen();
        expect(await livesOf(["home"])).toEqual(lives);
    });

    it("no request was lost on any of them in all scenarios", async () => {
        const results = await fleet.load.endAll();
        const counts = [...results].map(([place, { requests, streams, webSockets }]) => {
            const long = [`${streams.opened} streams`, `${webSockets.opened} WebSockets`].join(", ");
            return `    ${place}: ${requests} requests (${long})`;
        });
        const sum = [...results.values()].reduce((sum, { requests }) => sum + requests, 0);
        console.log(`${sum} requests at ${results.size} places, 0 failed:\n${counts.join("\n")}`);
    });
});

async function begin(names: Parameters<typeof LongRequests.begin>[1]): Promise<LongRequests> {
    const requests = await LongRequests.begin(fleet, names);
    open.push(requests);
    return requests;
}

/** @returns containers and start times of services that must stay the same */
async function livesOf(names: readonly Name[]): Promise<Record<string, string[]>> {
    const lives = names.map(async name => {
        const colors = (["blue", "green"] as const).map(color => lifeOf(fleet.stack, color, name));
        return [name, (await Promise.all(colors)).flat()] as const;
    });
    return Object.fromEntries(await Promise.all(lives));
}

/** @returns the lines of an `up` about one service */
function linesOf(printed: string, name: Name): string {
    return printed
        .split("\n")
        .filter(line => new RegExp(`(BlueGreenService|Link|Deployment) ${name}(-blue|-green)? `).test(line))
        .join("\n");
}
