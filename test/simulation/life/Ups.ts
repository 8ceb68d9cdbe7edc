import { actsOf } from "../../unit/plan/support";
import { Broken } from "./Broken";
import { illnesses } from "./byHand";
import type { Coverage } from "./Coverage";
import { type Faults, noFaults } from "./Faults";
import { checkPlan } from "./planRules";
import { type Fate, Run } from "./Run";
import { type End, SimulatedUp } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";
import { Snapshot } from "./Snapshot";
import type { Story } from "./Story";
import { desiredOf, type Wish } from "./Wish";

/** How many `up`s with the same wish it may take until nothing is left to do. */
const mostUps = 5;

/** Plans `up`s of a life, and runs them. */
export class Ups {
    constructor(
        readonly coverage: Coverage,
        readonly story: Story,
    ) {}

    /** @returns an `up` with its plan, which must hold the rules of plans. It has done nothing yet. */
    begin(world: SimulatedWorld, wish: Wish, faults: Faults = noFaults): SimulatedUp {
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

    run(up: SimulatedUp, fate?: Fate): Promise<End> {
        return new Run(up, this.coverage, this.story).go(fate);
    }

    /**
     * Runs `up`s until there is nothing to do or nothing can be done. Where nothing is planned, nothing is done.
     * @returns how many it took, since sick containers got well where it did not come to rest before
     */
    async settle(world: SimulatedWorld, wish: Wish): Promise<number> {
        const answered = { ...wish, registry: true };
        for (let ups = 0; ups < mostUps; ups++) {
            const up = this.begin(world, answered);
            this.coverage.rows[up.made.row]++;
            const { made } = up;
            const acts = actsOf(made).filter(act => made.refusal === undefined || !act.startsWith("link"));
            const isLast = acts.length === 0 && made.recovery === undefined;
            // A refusal is told by the link, and a front that does not run is started first.
            const isIdle = isLast && actsOf(made).length === 0 && world.front.memory !== undefined;
            await (isIdle ? this.makesNoCall(up) : this.run(up));
            if (isLast) {
                return ups;
            }
        }
        if (illnesses["sick containers get well"](world)) {
            // As long as they were sick, nothing could be proved on them.
            return this.settle(world, wish);
        }
        const { sentence } = this.begin(world, answered).made;
        throw new Broken(`it does not come to rest within ${mostUps} ups: ${sentence}`);
    }

    /** Where nothing is planned, nothing is done. */
    async makesNoCall(up: SimulatedUp): Promise<void> {
        if (actsOf(up.made).length > 0) {
            return;
        }
        const snapshot = new Snapshot(up.world);
        await this.run(up);
        if (!new Snapshot(up.world).equals(snapshot)) {
            throw new Broken(`rule 8: nothing was planned, but something was done: ${up.made.sentence}`);
        }
    }
}
