import type { RollingSettings } from "../model/StrategySettings";
import type { ColorSlots } from "./ColorSlots";
import type { ColorTarget } from "./ColorTarget";
import type { Up } from "./Up";

/** What all containers of the color are to become, and how. */
export interface RollSubject {
    target: ColorTarget;
    replicas: number;
    settings: RollingSettings;
    /** How long one user's command may take, milliseconds. */
    commandMs: number;
    /** It takes a failed release back: a command that fails is reported, and its container goes all the same. */
    isUndo: boolean;
}

/** What each step of a rolling release needs. */
export interface RollWork {
    up: Up;
    subject: RollSubject;
    slots: ColorSlots;
    /**
     * Returns while proofs are needed.
     * @throws ProofFailed once the release has failed; what has interrupted this `up`
     */
    requireNeed: () => void;
}
