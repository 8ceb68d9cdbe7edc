import type { Phase } from "../../../up/phases";
import type { Edit, Illness, Restart } from "./byHand";
import type { Faults } from "./Faults";
import type { Wish } from "./Wish";

/** One thing that happens in the life of a service. */
export type Event =
    | Up
    | { is: "change"; change: Partial<Wish> }
    | { is: "edit"; what: Edit; which: number }
    | { is: "illness"; what: Illness }
    | { is: "restart"; what: Restart }
    | Race;

export interface Up {
    is: "up";
    faults: Faults;
    /** Where it dies: behind so many steps, or right before a phase. */
    diesAfter?: number;
    diesAt?: Phase;
    diesAgainAfter?: number;
    /** What happens next finds it half-way. */
    goesOn?: boolean;
    /** What the user has changed right before. */
    change?: Partial<Wish>;
    meanwhile?: { after: number; what: Restart };
}

/** A second `up`, planned before or after the first one began, comes when that has entered so many phases. */
export interface Race {
    is: "race";
    faults: Faults;
    phases: number;
    early: boolean;
    expired: boolean;
    change: Partial<Wish>;
    dies?: number;
}
