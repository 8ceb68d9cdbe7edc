import { expect } from "vitest";
import type { ObservedService } from "../../../model/ObservedService";
import type { Desired } from "../../../plan/Desired";
import type { PlanRow } from "../../../plan/Plan";
import { plan } from "../../../plan/table";
import { actsOf } from "./support";

/** A row of the plan table: the observed service, the wish, and the plan. */
export interface Case {
    observed: ObservedService;
    desired: Desired;
    row: PlanRow;
    /** The exact sentence for the user. */
    sentence: string;
    /** The plan's acts in order. A plan without acts makes no mutating call. */
    acts: string[];
}

export function check({ observed, desired, row, sentence, acts }: Case): void {
    const made = plan(observed, desired);
    expect(made.sentence).toBe(sentence);
    expect({ row: made.row, acts: actsOf(made) }).toEqual({ row, acts });
    // The same world and the same wish give the same plan.
    expect(plan(structuredClone(observed), structuredClone(desired))).toEqual(made);
}
