import { actsOf } from "../../unit/plan/support";
import { Broken } from "./Broken";
import { edits, restarts } from "./byHand";
import { type Coverage, turnsOf } from "./Coverage";
import { checkDestroy } from "./checkDestroy";
import { Ending } from "./Ending";
import type { Event, Race, Up } from "./Event";
import { type Faults, noFaults } from "./Faults";
import { isLeftAlone } from "./isLeftAlone";
import { checkPlan } from "./planRules";
import { type Fate, Run } from "./Run";
import { type End, SimulatedUp } from "./SimulatedUp";
import { SimulatedWorld } from "./SimulatedWorld";
import { Story } from "./Story";
import { faultsText, wishText } from "./storyText";
import { difference, summary } from "./summary";
import { desiredOf, firstWish, type Wish } from "./Wish";

/** How many `up`s with the same wish it may take until nothing is left to do. */
const mostUps = 5;

/** One life of a service, and what must hold all through it (docs/design.md#the-rules). */
export class Life {
    world = new SimulatedWorld();
    wish: Wish = firstWish;

    constructor(
        private readonly coverage: Coverage,
        private readonly story = new Story(),
    ) {}

    async take(event: Event): Promise<void> {
        switch (event.is) {
            case "change":
                return this.#change(event.change);
            case "edit":
                return this.#edit(event);
            case "restart":
                if (restarts[event.what](this.world)) {
                    this.coverage.restarts[event.what]++;
                    this.story.tell(`${event.what}.`);
                }
                return;
            case "up":
                return this.#up(event);
            case "race":
                return this.#race(event);
        }
    }

    #change(change: Partial<Wish> = {}): void {
        this.wish = { ...this.wish, ...change };
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

    #begin(world: SimulatedWorld, faults: Faults, wish = this.wish): SimulatedUp {
        const desired = desiredOf(wish);
        const image = desired.release.digest;
        const isHeld = [world.record.blue, world.record.green].some(({ release = "" }) => {
            return world.record.releases[release]?.image === desired.release.image;
        });
        const isMissing = !wish.registry && !world.images.has(image) && !isHeld;
        const imageProblem = isMissing ? `${desired.release.image} cannot be had` : undefined;
        const up = new SimulatedUp(world, { ...desired, imageProblem }, faults, wish);
        checkPlan(up);
        return up;
    }

    async #up({ change, faults, diesAfter, diesAt, diesAgainAfter, meanwhile, goesOn }: Up): Promise<void> {
        this.#change(change);
        this.#expect(faults);
        const before = this.world.clone();
        const up = this.#begin(this.world, faults);
        this.coverage.rows[up.made.row]++;
        const end = await this.#run(up, { diesAfter, diesAt, meanwhile });
        for (const turn of turnsOf(up, end)) {
            this.coverage.canaries[turn]++;
        }
        if (up.disturbed) {
            return;
        }
        if (end === "done") {
            await this.story.check("A repeated one must change nothing.", () => this.#nothingIsLeft(up, before));
        } else if (end === "died") {
            await this.#isPutRight(before, up, diesAgainAfter, goesOn);
        }
    }

    #run(up: SimulatedUp, fate?: Fate): Promise<End> {
        return new Run(up, this.coverage, this.story).go(fate);
    }

    /** Rule 8: a repeated `up` makes no mutating call. A repair is the whole plan of its `up`, and so is settling a roll. */
    async #nothingIsLeft({ made, faults }: SimulatedUp, before: SimulatedWorld): Promise<void> {
        if (faults.cleanUp) {
            return; // what could not be stopped is owed to the next up
        }
        const isAll =
            made.row === "repair" || (made.row === "recovery" && (made.blue.roll ?? made.green.roll) !== undefined);
        let again = this.#begin(this.world, noFaults);
        if (again.made.row === "scale" && isLeftAlone(before, made)) {
            await this.#run(again);
            again = this.#begin(this.world, noFaults);
        }
        const acts = actsOf(again.made);
        if (!isAll && (acts.length > 0 || again.made.refusal !== undefined)) {
            throw new Broken(`rule 8: after "${made.sentence}" comes "${again.made.sentence}"`);
        }
        await this.#makesNoCall(again);
    }

    async #makesNoCall(up: SimulatedUp): Promise<void> {
        if (actsOf(up.made).length > 0) {
            return;
        }
        const snapshot = this.world.snapshot();
        await this.#run(up);
        if (this.world.snapshot() !== snapshot) {
            throw new Broken(`rule 8: nothing was planned, but something was done: ${up.made.sentence}`);
        }
    }

    /**
     * Rule 7: whatever it died behind, and be it twice, it ends as one that did not die: as one that succeeded, or, where
     * it had failed by then, as one that failed.
     */
    async #isPutRight(
        before: SimulatedWorld,
        up: SimulatedUp,
        diesAgainAfter: number | undefined,
        /** The life goes on from where it died, not from where it was put right. */
        goesOn = false,
    ): Promise<void> {
        const check = async () => {
            const after = goesOn ? this.world.clone() : this.world;
            if (diesAgainAfter !== undefined) {
                await this.#run(this.#begin(after, noFaults), { diesAfter: diesAgainAfter });
            }
            const broken = await this.#settle(after);
            await this.story.check("Without that death it would go on like this.", () => {
                return this.#endsAsUnbroken(before, after, up, broken);
            });
        };
        await (goesOn ? this.story.check("What comes next must put it right.", check) : check());
    }

    /** @param broken how many `up`s it took with the interruption */
    async #endsAsUnbroken(
        before: SimulatedWorld,
        after: SimulatedWorld,
        up: SimulatedUp,
        broken: number,
    ): Promise<void> {
        const failed = before.clone();
        const unbroken = await this.#settle(before);
        if (broken > unbroken + 1) {
            throw new Broken(`rule 7: it takes ${broken} ups after an interruption, and ${unbroken} without one`);
        }
        const end = summary(after);
        // Where the user goes back meanwhile, or somebody has changed something, nobody judges what was left.
        const isLeft = up.made.recovery !== undefined || up.made.row === "repair";
        const unjudged = (world: SimulatedWorld) => summary(world, !isLeft);
        if (unjudged(after) === unjudged(before)) {
            return;
        }
        this.story.tell("Or like this, where it fails.");
        await this.#run(this.#begin(failed, up.faults));
        await this.#settle(failed);
        if (end !== summary(failed)) {
            const [one, other] = [difference(end, summary(before)), difference(end, summary(failed))];
            const orElse = one === other ? "" : `; or, compared with one that fails, ${other}`;
            throw new Broken(`rule 7: after "${up.made.sentence}" was interrupted, ${one}${orElse}`);
        }
    }

    /** Runs `up`s until there is nothing to do or nothing can be done. @returns how many it took. */
    async #settle(world: SimulatedWorld): Promise<number> {
        const wish = { ...this.wish, registry: true };
        for (let ups = 0; ups < mostUps; ups++) {
            const up = this.#begin(world, noFaults, wish);
            this.coverage.rows[up.made.row]++;
            const { made } = up;
            const acts = actsOf(made).filter(act => made.refusal === undefined || !act.startsWith("link"));
            if (acts.length === 0 && made.recovery === undefined) {
                await this.#run(up);
                return ups;
            }
            await this.#run(up);
        }
        throw new Broken(
            `it does not come to rest within ${mostUps} ups: ${this.#begin(world, noFaults, wish).made.sentence}`,
        );
    }

    /** Two `up`s at once: the second is refused, or it takes over and the first one can write nothing more. */
    async #race({ faults, phases, early, expired, change, dies }: Race): Promise<void> {
        const { world } = this;
        this.#expect(faults);
        const wish = { ...this.wish, ...change };
        const first = this.#begin(world, faults);
        const planned = early ? this.#begin(world, noFaults, wish) : undefined;
        const run = new Run(first, this.coverage, this.story, "A first pulumi up");
        if ((await run.go({ until: phases })) !== "died") {
            return;
        }
        const second = planned ?? this.#begin(world, noFaults, wish);
        first.disturbed = true;
        second.disturbed = true;
        const isHeld = world.lease.holder === first.self;
        world.lease.free = expired || !isHeld;
        const snapshot = world.snapshot();
        const lease = expired ? "has expired" : "has not expired";
        const wishes = wishText(change) === "" ? "" : `, for ${wishText(change)}`;
        this.story.tell(
            `A second one was planned ${early ? "before" : "after"} that${wishes}. The first lease ${lease}.`,
        );
        const end = await new Run(second, this.coverage, this.story, "The second one").go({ diesAfter: dies });
        if (isHeld && !expired) {
            if (world.snapshot() !== snapshot) {
                throw new Broken("two ups write at the same time");
            }
            this.coverage.races.refused += end === "failed" ? 1 : 0;
        }
        const isTaken = world.lease.holder !== first.self && isHeld;
        const after = world.snapshot();
        this.story.tell("The first one goes on.");
        const rest = await run.go();
        if (isTaken) {
            this.coverage.races["takes over"]++;
            if (rest !== "failed" || world.snapshot() !== after) {
                throw new Broken("an up goes on although another one has taken over");
            }
        }
    }

    /** In the end: with `repair` and nothing that goes wrong, it comes to what is wished, and leaves nothing behind. */
    async end(diesAfter: number[]): Promise<void> {
        this.#change({ driftPolicy: "repair", registry: true });
        const { world } = this;
        await this.#settle(world);
        let { made } = this.#begin(world, noFaults);
        if (made.row === "drift" && world.copy !== undefined) {
            this.story.tell("By hand: the record is what it was before somebody edited it.");
            world.record = { ...world.copy, serial: world.record.serial };
            await this.#settle(world);
            ({ made } = this.#begin(world, noFaults));
        }
        if (made.row === "drift") {
            // What the message says.
            this.story.tell("By hand: docker rm -f of what is not ours.");
            world.containers = world.containers.filter(({ isForeign }) => !isForeign);
            await this.#settle(world);
            ({ made } = this.#begin(world, noFaults));
        }
        const ending = new Ending(world, this.wish);
        ending.checkWish(made);
        ending.checkLeftovers(
            false,
            made.refusal !== undefined || made.row === "waiting" || ending.heldShare() !== undefined,
        );
        await this.#makesNoCall(this.#begin(world, noFaults));
        if (made.row === "nothing" && diesAfter.length === 0) {
            // What was left on the idle color goes with its next release.
            for (const version of ["C", "B"] as const) {
                this.#change({ ...firstWish, version, retryToken: "the end" });
                await this.#settle(world);
            }
            new Ending(world, this.wish).checkLeftovers(true, false);
        }
        await checkDestroy(world, this.wish, diesAfter, this.coverage, this.story);
    }
}
