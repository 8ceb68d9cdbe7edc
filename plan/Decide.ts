import type { ObservedService } from "../model/ObservedService";
import type { Desired } from "./Desired";
import type { Plan } from "./Plan";

/** Finds the row of the plan table for a service that has nothing to recover from. */
export type Decide = (service: ObservedService, desired: Desired) => Plan;
