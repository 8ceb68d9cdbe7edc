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

/** The row of the plan table that applies. */
export type PlanRow = (typeof planRows)[number];

/** Whether a color's containers run. An `empty` color holds no release. */
export type ColorState = "running" | "stopped" | "empty";

/** What one color will hold after this `up`, and whether the `up` changes it. */
export interface ColorPlan {
    release?: Release;
    replicas: number;
    /** The number of containers that the deployment starts, when the steps of a canary add the others. @default replicas */
    deployed?: number;
    state: ColorState;
    /** False when the `up` leaves the color alone. The other fields then say what was observed. */
    act: boolean;
    /** Set when a rolling release replaces the containers one by one. */
    roll?: RollingSettings;
}

/** Where the link will point after this `up`, and whether the `up` changes it. */
export interface LinkPlan {
    live: Live;
    /** Share of requests that the other color will have, percent: a canary. @default 0 */
    percent?: number;
    /** Id of the release that the target must run, proved, when the link moves. */
    expect?: string;
    /** The shares that the color gets before the link moves to it, or stays. */
    walk?: Walk;
    routes: Route[];
    act: boolean;
}

/** The steps of a new release from its first share of the requests to its last one. */
export interface Walk {
    /** The color that holds the release. */
    color: Color;
    /** The steps still to come. A step without `replicas` has as many containers as the color has after this `up`. */
    steps: CanaryStep[];
    sticky: CanarySettings["sticky"];
}

/**
 * What has to be put right before anything else: an `up` died on the way, nobody wants a canary any more (`withdraw`), the color
 * that answers in place of the live one is about to change (`failover`), or the release is refused, but not its failover
 * (`prepare`).
 */
export interface Recovery {
    kind: "finish" | "undo" | "bake" | "withdraw" | "relink" | "failover" | "prepare";
    live: Live;
    release?: string;
    /** Share of requests that the other color has afterwards, percent. @default 0 */
    percent?: number;
    /** Once a share is given back (`withdraw`), the live release is judged too: that did not come to its end. */
    judges?: true;
    /** Once the switch is finished (`finish`), the link goes back at once. So what it leaves is not judged. */
    leaves?: true;
}

/** The plan of one service. Preview and `up` compute it alike, so the preview is the plan. */
export interface Plan {
    row: PlanRow;
    /** One sentence for the user. */
    sentence: string;
    /** The single steps in their order, when they say more than the sentence. */
    steps?: string[];
    /** Why nothing may be done. The service's link throws it, and a preview warns. */
    refusal?: string;
    blue: ColorPlan;
    green: ColorPlan;
    link: LinkPlan;
    /** What an `up` that died has left to be put right first. */
    recovery?: Recovery;
    /** The previous color of an earlier switch. That `up` died before it could stop or remove the color. */
    leave?: { color: Color; farewell: Farewell };
    /** Number of the promotion that this `up` begins or continues. It triggers the hooks. Unset without a promotion. */
    promotion?: number;
    /** Hooks that run in this `up` as Commands, once per promotion. */
    hooks: CommandHook[];
    /** Id of the release that is proved after this `up` and then waits until `promote` names it. */
    awaiting?: string;
}

/** The part of a plan that says what the colors and the link will be. */
export type PlanBase = Pick<Plan, "blue" | "green" | "link">;
