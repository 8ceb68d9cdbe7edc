import type { HouseFaults } from "./HouseUp";
import type { HouseWish } from "./HouseWish";

/** One thing that happens in the life of several services. */
export type HouseEvent =
    | {
          is: "up";
          /** What the user has changed right before. */
          change?: Partial<HouseWish>;
          faults: HouseFaults;
          diesAfter?: number;
          restartsAt?: number;
          /** What happens next finds it as it is then. */
          goesOn: boolean;
      }
    | HouseRace;

/** A second `up` comes when the first one has gone so many steps. */
export interface HouseRace {
    is: "race";
    change?: Partial<HouseWish>;
    faults: HouseFaults;
    pausesAfter: number;
    /** The second one was planned before the first one began. */
    early: boolean;
    expired: boolean;
    /** What the second one wishes otherwise. */
    other: Partial<HouseWish>;
}
