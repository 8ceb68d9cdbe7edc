import type { Color } from "./Color";
import { idleColor, type Live } from "./Live";
import type { CanarySettings, CanaryStep, RollingSettings } from "./StrategySettings";
import type { Verdict } from "./Verdict";

/** What becomes of the color that loses its traffic, where it does not stay warm (`previousColor`). */
export type Farewell = "stop" | "remove";

/**
 * What an `up` has begun: written before the first step, cleared after the last. A switch opens the farewell of the
 * previous color when it is confirmed. Scaling needs none: containers beyond the recorded number say it themselves.
 */
export type Intent =
    | {
          kind: "switch";
          from: Live;
          to: Color;
          /** Id of the release that gains by it. */
          release: string;
          /**
           * Share of requests that the color that is not `to` gets, percent: a canary. 0 where that gives back what it had.
           * Unset, everything goes to `to`.
           */
          percent?: number;
          sticky?: CanarySettings["sticky"];
          /** The step of a canary that it begins, and how that goes on. */
          step?: CanaryStep;
          /** How long the release is judged once it is live, milliseconds; without it, it is stable at once. */
          bakeMs?: number;
          farewell?: Farewell;
          /** Set when the link is moved back: what is recorded of the release that it is taken from. */
          verdict?: Verdict;
      }
    | {
          kind: "bake";
          /** The color that is live and judged, and the one that it took the link from. */
          color: Color;
          from: Color;
          release: string;
          /** When the judgement ends, by the Docker host's clock. */
          until: string;
          farewell?: Farewell;
          /** Set while a canary has only a share of the requests: `from` is live, and a good release is not stable yet. */
          step?: CanaryStep;
      }
    | { kind: "leave"; color: Color; farewell: Farewell }
    | RollIntent;

/** A color becomes a release container by container. It holds what it was until all of it is done. */
export interface RollIntent {
    kind: "roll";
    color: Color;
    /** Ids of all other releases that its containers may be of. */
    from: string[];
    /** Id of the release that it is to become, and how many there shall be. */
    to: string;
    replicas: number;
    settings: RollingSettings;
}

export type SwitchIntent = Extract<Intent, { kind: "switch" }>;

/** The color that gains by a switch: it gets everything, or a share. */
export function targetOf({ to, percent = 0 }: Pick<SwitchIntent, "to" | "percent">): Color {
    return percent > 0 ? idleColor(to) : to;
}

/** Whether a switch only takes a canary's share back: everything goes to the color that is live already. */
export function isGivingBack({ percent }: Pick<SwitchIntent, "percent">): boolean {
    return percent === 0;
}

/** Whether a switch only writes the confirmed link again, which somebody moved: a repair. It leaves no color to go back to. */
export function isRewriting({ from, to, percent }: Pick<SwitchIntent, "from" | "to" | "percent">): boolean {
    return from === to && percent === undefined;
}

/** What is still to do once a switch is confirmed: to judge the new release, or the farewell of the previous color. */
export function nextOf(done: Omit<SwitchIntent, "kind">, now: Date): Intent | undefined {
    const { from, to, release, bakeMs, farewell, step } = done;
    if (step !== undefined) {
        const until = new Date(now.getTime() + step.pauseMs).toISOString();
        return step.pauseMs === 0 ? undefined : { kind: "bake", color: targetOf(done), from: to, release, until, step };
    }
    if (from !== "none" && bakeMs !== undefined) {
        const until = new Date(now.getTime() + bakeMs).toISOString();
        // What a repair leads back to took the link from the other color before.
        const predecessor = isRewriting(done) ? idleColor(to) : from;
        return { kind: "bake", color: to, from: predecessor, release, until, farewell };
    }
    return farewellOf({ from, farewell });
}

/** The farewell that is owed to the previous color. */
export function farewellOf({ from, farewell }: { from: Live; farewell?: Farewell }): Intent | undefined {
    return from === "none" || farewell === undefined ? undefined : { kind: "leave", color: from, farewell };
}
