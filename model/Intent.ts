import type { Color } from "./Color";
import { idleColor, type Live } from "./Live";
import type { CanarySettings, CanaryStep, RollingSettings } from "./StrategySettings";
import type { Verdict } from "./Verdict";

/** What happens to the color that loses its traffic, unless it stays warm (`previousColor`). */
export type Farewell = "stop" | "remove";

/**
 * What an `up` is doing. It writes the intent before its first change and clears it after the last one, so that the
 * next `up` can resume. A confirmed switch becomes a bake or the farewell of the previous color. Scaling needs no
 * intent: containers beyond the recorded number show it.
 */
export type Intent =
    | {
          kind: "switch";
          from: Live;
          to: Color;
          /** Id of the release that gets requests by the switch. */
          release: string;
          /**
           * A canary's share of the requests, percent; the color that is not `to` gets it. 0 takes the share back.
           * @default undefined (`to` gets all requests)
           */
          percent?: number;
          sticky?: CanarySettings["sticky"];
          /** The canary's step that the switch begins. */
          step?: CanaryStep;
          /**
           * How long the release is judged once it is live, milliseconds.
           * @default undefined (the release is stable at once)
           */
          bakeMs?: number;
          farewell?: Farewell;
          /** The verdict on the release that loses the link, where the switch moves the link back. */
          verdict?: Verdict;
      }
    | {
          kind: "bake";
          /** The color that is judged. */
          color: Color;
          /** The color that had the link before. */
          from: Color;
          release: string;
          /** End of the judgement, by the Docker host's clock. */
          until: string;
          farewell?: Farewell;
          /**
           * The step of a canary that has only a share of the requests: `from` is live, and a good release is not
           * stable yet.
           */
          step?: CanaryStep;
      }
    | { kind: "leave"; color: Color; farewell: Farewell }
    | RollIntent;

/** A color gets a release container by container. The record has it with its old release until the last one is done. */
export interface RollIntent {
    kind: "roll";
    color: Color;
    /** Ids of all other releases that its containers may have. */
    from: string[];
    /** Id of the new release. */
    to: string;
    /** How many containers of the new release there will be. */
    replicas: number;
    settings: RollingSettings;
    /** The service is about to be removed, so that HAProxy's link to the color may be gone. @default it stays */
    removes?: true;
}

export type SwitchIntent = Extract<Intent, { kind: "switch" }>;

/** @returns the color that gets requests by a switch: all of them, or a share */
export function targetOf({ to, percent = 0 }: Pick<SwitchIntent, "to" | "percent">): Color {
    return percent > 0 ? idleColor(to) : to;
}

/** @returns whether a switch only takes a canary's share back: the color that is live already gets all requests */
export function isGivingBack({ percent }: Pick<SwitchIntent, "percent">): boolean {
    return percent === 0;
}

/** @returns whether a switch is a repair: it only writes the confirmed link again, which somebody had moved */
export function isRewriting({ from, to, percent }: Pick<SwitchIntent, "from" | "to" | "percent">): boolean {
    return from === to && percent === undefined;
}

/** @returns what follows a confirmed switch: the judgement of the new release, or the farewell of the previous color */
export function nextOf(done: Omit<SwitchIntent, "kind">, now: Date): Intent | undefined {
    const { from, to, release, bakeMs, farewell, step } = done;
    if (step !== undefined) {
        const until = new Date(now.getTime() + step.pauseMs).toISOString();
        return step.pauseMs === 0 ? undefined : { kind: "bake", color: targetOf(done), from: to, release, until, step };
    }
    if (from !== "none" && bakeMs !== undefined) {
        const until = new Date(now.getTime() + bakeMs).toISOString();
        // The color that a repair links again had taken the link from the other one.
        const predecessor = isRewriting(done) ? idleColor(to) : from;
        return { kind: "bake", color: to, from: predecessor, release, until, farewell };
    }
    return farewellOf({ from, farewell });
}

/** @returns the farewell of the previous color; undefined where it stays warm */
export function farewellOf({ from, farewell }: { from: Live; farewell?: Farewell }): Intent | undefined {
    return from === "none" || farewell === undefined ? undefined : { kind: "leave", color: from, farewell };
}
