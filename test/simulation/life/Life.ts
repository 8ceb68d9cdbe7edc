import type { Plan } from "../../../plan/Plan";
import { actsOf } from "../../unit/plan/support";
import { Broken } from "./Broken";
import { edits, illnesses, restarts } from "./byHand";
import { type Coverage, failoverTurnsOf, turnsOf } from "./Coverage";
import { checkDestroy, type DestroyMishap } from "./checkDestroy";
import { Ending } from "./Ending";
import type { Event, Up } from "./Event";
import { type Faults, noFaults } from "./Faults";
import { isLeftAlone } from "./isLeftAlone";
import { isPutRight } from "./isPutRight";
import { race } from "./race";
import type { SimulatedUp } from "./SimulatedUp";
import { SimulatedWorld } from "./SimulatedWorld";
import { Story } from "./Story";
import { faultsText, wishText } from "./storyText";
import { Ups } from "./Ups";
import { allowed, firstWish, type Wish } from "./Wish";

/** One life of a service, and what must hold all through it (docs/design.md#the-rules). */
export class Life {
    world = new SimulatedWorld();
    wish: Wish = firstWish;

    private readonly ups: Ups;
    /** Whether the config asks for failover wherever the other settings allow it. */
    readonly #wanted: boolean;

    constructor(
        private readonly coverage: Coverage,
        private readonly story = new Story(),
        { isBackground = false, failover = false }: Partial<Pick<Wish, "isBackground" | "failover">> = {},
    ) {
        this.#wanted = failover;
        this.#change({ ...(isBackground && { isBackground }), ...(failover && { failover }) });
        this.ups = new Ups(coverage, story);
    }

    async take(event: Event): Promise<void> {
        switch (event.is) {
            case "change":
                return this.#change(event.change);
            case "edit":
                return this.#edit(event);
            case "illness":
                if (illnesses[event.what](this.world)) {
                    this.coverage.illnesses[event.what]++;
                    this.story.tell(`${event.what}.`);
                }
                return;
            case "restart":
                if (restarts[event.what](this.world)) {
                    this.coverage.restarts[event.what]++;
                    this.story.tell(`${event.what}.`);
                }
                return;
            case "up":
                return this.#up(event);
            case "race":
                this.#expect(event.faults);
                return race(this.ups, this.world, this.wish, event);
        }
    }

    #change(change: Partial<Wish> = {}): void {
        this.wish = allowed({ ...this.wish, failover: this.#wanted, ...change });
        const text = wishText(change);
        if (text !== "") {
            this.story.tell(`The user wishes ${text}.`);
        }
    }

    #edit({ what, which }: Extract<Event, { is: "edit" }>): void {
        if (edits[what](this.world, which)) {
            this.coverage.edits[what]++;
            this.story.tell(`By hand: ${what}.`);
        }
        if (what === "record lost") {
            this.world.history.rolledBack.clear();
            this.world.history.promotions.clear();
        }
    }

    #expect(faults: Faults): void {
        const text = faultsText(faults);
        if (text !== "") {
            this.story.tell(`What goes wrong, where it can: ${text}.`);
        }
    }

    #begin(world: SimulatedWorld, faults: Faults = noFaults): SimulatedUp {
        return this.ups.begin(world, this.wish, faults);
    }

    async #up({ change, faults, diesAfter, diesAt, diesAgainAfter, meanwhile, goesOn }: Up): Promise<void> {
        this.#change(change);
        this.#expect(faults);
        const before = this.world.clone();
        const up = this.#begin(this.world, faults);
        this.coverage.rows[up.made.row]++;
        const end = await this.ups.run(up, { diesAfter, diesAt, meanwhile });
        for (const turn of failoverTurnsOf(up, end)) {
            this.coverage.failovers[turn]++;
        }
        for (const turn of turnsOf(up, end)) {
            this.coverage.canaries[turn]++;
        }
        if (up.disturbed) {
            return;
        }
        if (end === "died" || up.hasPortFailed) {
            await isPutRight(this.ups, { up, wish: this.wish, before, diesAgainAfter, goesOn });
        } else if (end === "done") {
            await this.story.check("A repeated one must change nothing.", () => this.#nothingIsLeft(up, before));
        }
    }

    /** Rule 8: a repeated `up` makes no mutating call. A repair is the whole plan of its `up`, and so is settling a roll. */
    async #nothingIsLeft({ made, faults }: SimulatedUp, before: SimulatedWorld): Promise<void> {
        if (faults.cleanUp) {
            return; // what could not be stopped is owed to the next up
        }
        const isAll =
            made.row === "repair" || (made.row === "recovery" && (made.blue.roll ?? made.green.roll) !== undefined);
        let again = this.#begin(this.world);
        if (again.made.row === "scale" && isLeftAlone(before, made)) {
            await this.ups.run(again);
            again = this.#begin(this.world);
        }
        const acts = actsOf(again.made);
        if (!isAll && (acts.length > 0 || again.made.refusal !== undefined)) {
            throw new Broken(`rule 8: after "${made.sentence}" comes "${again.made.sentence}"`);
        }
        await this.ups.makesNoCall(again);
    }

    /** Does what the messages about drift say. @returns what an `up` plans then */
    async #afterMessages(): Promise<Plan> {
        const { world } = this;
        let { made } = this.#begin(world);
        for (const { what, isWay, go } of ways) {
            if (made.row === "drift" && isWay(world, made)) {
                this.story.tell(`By hand: ${what}.`);
                go(world);
                await this.ups.settle(world, this.wish);
                ({ made } = this.#begin(world));
            }
        }
        return made;
    }

    /** In the end: with `repair` and nothing that goes wrong, it comes to what is wished, and leaves nothing behind. */
    async end(mishaps: DestroyMishap[]): Promise<void> {
        this.#change({ driftPolicy: "repair", registry: true });
        const { world } = this;
        if (world.front.memory === undefined) {
            // Nothing may be left to do but its start.
            await this.ups.run(this.#begin(world));
        }
        await this.ups.settle(world, this.wish);
        const made = await this.#afterMessages();
        if (made.row !== "drift" || !isLost(world)) {
            const ending = new Ending(world, this.wish);
            ending.checkWish(made);
            ending.checkLeftovers(
                false,
                made.refusal !== undefined || made.row === "waiting" || ending.heldShare() !== undefined,
            );
        }
        if (made.row === "nothing" && mishaps.length === 0) {
            // What was left on the idle color goes with its next release.
            for (const version of ["C", "B"] as const) {
                this.#change({ ...firstWish, isBackground: this.wish.isBackground, version, retryToken: "the end" });
                await this.ups.settle(world, this.wish);
            }
            new Ending(world, this.wish).checkLeftovers(true, false);
        }
        await checkDestroy(world, this.wish, mishaps, this.coverage, this.story);
    }
}

/** What the message about drift says can be done by hand. */
const ways: {
    what: string;
    isWay: (world: SimulatedWorld, made: Plan) => boolean;
    go: (world: SimulatedWorld) => void;
}[] = [
    {
        what: "the record is what it was before somebody edited it",
        isWay: ({ copy }) => copy !== undefined,
        go: world => {
            world.record = { ...world.copy!, serial: world.record.serial };
        },
    },
    {
        what: "docker kill --signal USR2 of HAProxy",
        isWay: (_, { sentence }) => sentence.includes("--signal USR2"),
        go: ({ front }) => front.haproxy.reload(),
    },
    {
        what: "docker rm -f of what is not ours",
        isWay: () => true,
        go: world => {
            world.containers = world.containers.filter(({ isForeign }) => !isForeign);
        },
    },
];

/** Whether the record, which somebody has edited, says nothing of what users had: a repair has nothing to restore. */
function isLost({ record }: SimulatedWorld): boolean {
    const { live } = record.link;
    return live !== "none" && record[live].release === undefined;
}
