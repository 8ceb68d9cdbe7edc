import { placeOf, sameRoutes } from "../../../model/Route";
import { actsOf } from "../../unit/plan/support";
import { Broken } from "../life/Broken";
import type { Coverage } from "../life/Coverage";
import { Story } from "../life/Story";
import { faultsText } from "../life/storyText";
import { House, names } from "./House";
import type { HouseEvent, HouseRace } from "./HouseEvent";
import { HouseRun } from "./HouseRun";
import { HouseUp } from "./HouseUp";
import { firstHouseWish, type HouseWish } from "./HouseWish";
import { reachedBy, requests, wantedFor } from "./requests";

/** How many `up`s with the same config it may take until nothing is left to do. */
const mostUps = 6;

/** One life of several services behind one front. */
export class HouseLife {
    readonly house = new House();
    wish: HouseWish = firstHouseWish;

    constructor(
        private readonly coverage: Coverage,
        private readonly story = new Story(),
    ) {}

    async take(event: HouseEvent): Promise<void> {
        if (event.change !== undefined) {
            this.wish = { ...this.wish, ...event.change };
            const wanted = Object.entries(this.wish.wanted).map(([place, name]) => `${place} for ${name}`);
            const versions = names.map(name => `${name} ${this.wish.versions[name]}`);
            this.story.tell(`The user wishes ${wanted.join(", ")}; ${versions.join(", ")}.`);
        }
        const { of, faults } = event.faults;
        const text = faultsText(faults);
        if (text !== "") {
            this.story.tell(`What goes wrong with ${of}, where it can: ${text}.`);
        }
        await (event.is === "race" ? this.#race(event) : this.#up(event));
    }

    async #up({ faults, diesAfter, restartsAt, goesOn }: Extract<HouseEvent, { is: "up" }>): Promise<void> {
        const up = new HouseUp(this.house, this.wish, faults);
        for (const { made } of up.ups) {
            this.coverage.rows[made.row]++;
        }
        const { houses } = this.coverage;
        const end = await this.#run(up, { diesAfter, restartsAt });
        houses["an up"]++;
        houses["an up dies"] += end === "died" ? 1 : 0;
        houses["a service is removed"] += end === "done" ? up.removed.length : 0;
        houses["a place is handed over"] += end === "done" ? handedOver(up) : 0;
        const isAll = up.ups.every(({ made, desired }) => sameRoutes(made.link.routes, desired.routes));
        if (end === "done" && isAll && !up.all.some(({ hasPortFailed }) => hasPortFailed)) {
            this.#leadsAsWished(this.house, up);
        }
        if (!goesOn) {
            await this.#settle(this.house);
        }
    }

    /** Two `up`s at once: the second one takes over, and the first one can write nothing more. */
    async #race({ faults, pausesAfter, expired, other, early }: HouseRace): Promise<void> {
        const { house } = this;
        const first = new HouseUp(house, this.wish, faults);
        const wish = { ...this.wish, ...other };
        // What a plan was made from must not be half removed by now: nothing would tell that from a change by hand.
        const planned = early && first.removed.length === 0 ? new HouseUp(house, wish) : undefined;
        const run = new HouseRun(first, this.coverage, this.story, "A first pulumi up");
        if ((await run.go({}, pausesAfter)) !== "died") {
            return;
        }
        const second = planned ?? new HouseUp(house, wish);
        for (const up of [...first.all, ...second.all]) {
            up.disturbed = true;
        }
        const isHeld = house.host.lease.holder === first.process.id;
        house.host.lease.free = expired || !isHeld;
        this.story.tell(`A second one begins. The first lease ${expired ? "has" : "has not"} expired.`);
        const snapshot = house.snapshot();
        const secondRun = new HouseRun(second, this.coverage, this.story, "The second one");
        await secondRun.go();
        if (isHeld && !expired && !house.snapshot().equals(snapshot)) {
            throw new Broken("two ups write at the same time");
        }
        const isTaken = isHeld && house.host.lease.holder !== first.process.id;
        const after = house.snapshot();
        this.story.tell("The first one goes on.");
        run.isOvertaken = true;
        const rest = await run.go();
        const { houses } = this.coverage;
        houses[isTaken ? "takes over" : "refused"]++;
        if (isTaken && (rest !== "failed" || !house.snapshot().equals(after))) {
            throw new Broken("an up goes on although another one has taken over");
        }
    }

    #run(up: HouseUp, fate = {}) {
        return new HouseRun(up, this.coverage, this.story).go(fate);
    }

    /** Runs `up`s until nothing is left to do. What was judged bad is refused, and the rest is as it is wished. */
    async #settle(house: House): Promise<void> {
        for (let ups = 0; ups < mostUps; ups++) {
            const up = new HouseUp(house, this.wish);
            // A refused service recovers all the same, and only its link is not moved.
            const acts = up.ups.some(({ made }) => {
                const done = actsOf(made).filter(act => made.refusal === undefined || !act.startsWith("link"));
                return made.recovery !== undefined || done.length > 0;
            });
            const isRefused = up.ups.some(({ made }) => made.refusal !== undefined);
            if (!acts && (isRefused || up.removed.length === 0)) {
                const snapshot = house.snapshot();
                await this.#run(up);
                if (!house.snapshot().equals(snapshot)) {
                    throw new Broken(`rule 8: nothing was planned, but something was done: ${up.sentence}`);
                }
                if (!isRefused) {
                    this.#leadsAsWished(house, up);
                }
                return;
            }
            await this.#run(up);
        }
        throw new Broken(`it does not come to rest: ${new HouseUp(house, this.wish).sentence}`);
    }

    /** Every request reaches the service that the config says, in HAProxy's memory and in its files. */
    #leadsAsWished(house: House, { sentence }: HouseUp): void {
        const { memory, files } = house.worlds.web.front;
        for (const request of requests) {
            const [is, wanted] = [reachedBy(house, request), wantedFor(this.wish, request)];
            if (is !== wanted) {
                throw new Broken(`${request} leads to ${is ?? "no service"} instead of ${wanted}: ${sentence}`);
            }
        }
        const sorted = (routes = {}) => JSON.stringify(Object.entries(routes).sort());
        if (sorted(memory?.routes) !== sorted(files.routes)) {
            throw new Broken(`HAProxy's file of routes is not its memory: ${sentence}`);
        }
    }

    /** In the end all of it is removed, and nothing is left. */
    async end(): Promise<void> {
        this.wish = { ...this.wish, versions: { web: "C", api: "C", admin: "C" }, strategy: { kind: "blueGreen" } };
        await this.#settle(this.house);
        this.wish = { ...this.wish, wanted: {} };
        this.story.tell("pulumi destroy.");
        await this.#run(new HouseUp(this.house, this.wish));
        const { known, worlds } = this.house;
        const routes = Object.keys(worlds.web.front.files.routes);
        if (known.length > 0 || routes.length > 0) {
            throw new Broken(`destroy leaves behind: ${[...known, ...routes].join(", ")}`);
        }
    }
}

/** @returns how many of the wanted places another service had before. */
function handedOver({ ups }: HouseUp): number {
    return ups.flatMap(({ world, desired }) => {
        const { held } = desired.places;
        return desired.routes.filter(route => (held[placeOf(route)] ?? world.service) !== world.service);
    }).length;
}
