import { expect } from "vitest";
import type { ObservedService } from "../../../model/ObservedService";
import type { Desired } from "../../../plan/Desired";
import type { PlanRow } from "../../../plan/Plan";
import { plan } from "../../../plan/table";
import { actsOf } from "./support";

/** A row of the plan table: what is observed, what is wanted, and what comes of it. */
export interface Case {
    observed: ObservedService;
    desired: Desired;
    row: PlanRow;
    /** The exact sentence for the user. */
    sentence: string;
    /** What is done, in order; empty is a plan that makes no mutating call. */
    acts: string[];
}

export function check({ observed, desired, row, sentence, acts }: Case): void {
    const made = plan(observed, desired);
    expect(made.sentence).toBe(sentence);
    expect({ row: made.row, acts: actsOf(made) }).toEqual({ row, acts });
    // The same world and the same wish give the same plan.
    expect(plan(structuredClone(observed), structuredClone(desired))).toEqual(made);
}
