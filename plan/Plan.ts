import type { Color } from "../model/Color";
import type { CommandHook } from "../model/CommandHook";
import type { Farewell } from "../model/Intent";
import type { Live } from "../model/Live";
import type { Release } from "../model/Release";
import type { Route } from "../model/Route";
import type { CanarySettings, CanaryStep, RollingSettings } from "../model/StrategySettings";

/** The rows of the plan table: docs/design.md#the-plan-table. */
export const planRows = [
    "drift",
    "repair",
    "missingImage",
    "adopt",
    "bootstrap",
    "pinned",
    "judgedBad",
    "nothing",
    "routes",
    "scale",
    "return",
    "wake",
    "finish",
    "waiting",
    "release",
    "canary",
    "roll",
    "recovery",
] as const;

/** Which row of the plan table applies. */
export type PlanRow = (typeof planRows)[number];

/** Whether a color's containers run: `empty` is a color that holds nothing. */
export type ColorState = "running" | "stopped" | "empty";

/** What one color will hold after this `up`, and whether anything has to be done for it. */
export interface ColorPlan {
    release?: Release;
    replicas: number;
    /** How many its deployment brings it to, where the link's walk adds the others. @default replicas */
    deployed?: number;
    state: ColorState;
    /** False: what is given here is what was observed, and no call is made for it. */
    act: boolean;
    /** Set where it gets there container by container. */
    roll?: RollingSettings;
}

/** Where the link will point after this `up`, and whether anything has to be done for it. */
export interface LinkPlan {
    live: Live;
    /** Share of requests that the color that is not live will have, percent: a canary. @default 0 */
    percent?: number;
    /** Release that the target must run, proved, when the link moves. */
    expect?: string;
    /** Shares that the color gets one after another, before the link moves to it or stays. */
    walk?: Walk;
    routes: Route[];
    act: boolean;
}

/** The way of a new release from its first share of the requests to its last one. */
export interface Walk {
    /** The color that holds it. */
    color: Color;
    /** What is still to come. A step that says no `replicas` has as many as the color has after this `up`. */
    steps: CanaryStep[];
    sticky: CanarySettings["sticky"];
}

/** The plan of one service: computed at preview and at `up` alike, so that the preview is the plan. */
export interface Plan {
    row: PlanRow;
    /** One sentence for the user. */
    sentence: string;
    /** What happens in which order, where that is more than the sentence says. */
    steps?: string[];
    /** Why nothing may be done. The service's link throws it, a preview warns. */
    refusal?: string;
    blue: ColorPlan;
    green: ColorPlan;
    link: LinkPlan;
    /** What an `up` that died left to be put right first. */
    recovery?: Recovery;
    /** The previous color of an earlier switch, which its `up` died before it could stop or remove. */
    leave?: { color: Color; farewell: Farewell };
    /** Number of the promotion that this `up` begins or goes on with: it triggers the hooks. None where there is none. */
    promotion?: number;
    /** Hooks that run in this `up` as Commands, once per promotion. */
    hooks: CommandHook[];
    /** Id of the release that is proved after this `up` and then waits until `promote` names it. */
    awaiting?: string;
}

/**
 * What must be put right before anything else happens: what an `up` that died half-way has left, or a canary's share that
 * is not wanted any more (`withdraw`).
 */
export interface Recovery {
    kind: "finish" | "undo" | "bake" | "withdraw";
    live: Live;
    release?: string;
    /** Share of requests that the color that is not live has after it, percent. @default 0 */
    percent?: number;
}
