import type { AddressBlock } from "./addresses";
import type { Color } from "./Color";
import type { RecordedRelease } from "./Release";
import type { Route } from "./Route";
import type { CanarySettings, CanaryStep, RollingSettings } from "./StrategySettings";

/** What the front's link of a service may point to. */
export type Live = Color | "none";

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

/** Why a release is not tried again by itself. */
export interface Verdict {
    release: string;
    reason: string;
    retryToken?: string;
}

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

/** Something of a color that is not as relink left it: somebody else has changed it. */
export interface Deviation {
    /** In words: what, and how it is now. */
    what: string;
    /** What undoes it by hand, a command or in words; none where only relink can. */
    fix?: string;
}

/** The container of one slot. */
export interface ObservedSlot {
    slot: number;
    /** Id of its release, by its label. */
    release: string;
    /** Docker has it running, or is about to. */
    runs: boolean;
    /** By Docker's own check. */
    unhealthy: boolean;
    /** Healthy for Docker (where there is a check), and HAProxy has it up and sends requests. */
    ready: boolean;
    /** It passed its proof on this color. */
    proved: boolean;
}

/** Hooks that run as Commands, so that the preview shows them. */
export type CommandHook = "preDeploy" | "prePromotion";

/** Whether there is a Command for each of some hooks. */
export type DeclaredHooks = Partial<Record<CommandHook, boolean>>;

/** One color of a service, as Docker, HAProxy and the record show it. */
export interface ObservedColor {
    /** What it holds according to the record. */
    release?: RecordedRelease;
    /** How many containers it was last brought to. */
    replicas: number;
    /** Containers of that release that run now. */
    running: number;
    /** Of those, the ones that Docker calls healthy (where there is a check) and that HAProxy has UP. */
    ready: number;
    /** Names of containers on this color that are not of its release, or that run although none is recorded. */
    strays: string[];
    /** How many of its containers ended by themselves, under a restart policy that leaves them so. */
    ended: number;
    /** Why fewer containers than recorded are as relink left them, and what else of the color was changed. */
    deviations: Deviation[];
    /** Where its slots have their addresses. */
    block?: AddressBlock;
    /** Its containers one by one. */
    slots?: ObservedSlot[];
    /** The release that an interrupted rolling release was bringing. */
    next?: RecordedRelease;
}

/** A service as the live system shows it: HAProxy's link, Docker's labels and states, the record. */
export interface ObservedService {
    name: string;
    /** The link in HAProxy's memory; where no front runs, the record's. */
    live: Live;
    /** The link that was last confirmed, from the record. */
    confirmed: Live;
    /** Share of requests that HAProxy's memory gives to the color that is not live: a canary. */
    percent: number;
    /** The same as it was last confirmed. @default 0 */
    confirmedPercent?: number;
    /** By what users stay on their color meanwhile. @default "none" */
    sticky?: CanarySettings["sticky"];
    /** The link in HAProxy's file, which it takes at its next start; undefined where nobody looked. */
    written?: Live;
    /** The share in that file. @default 0 */
    writtenPercent?: number;
    /** Name of HAProxy's newest container that runs. */
    generation?: string;
    /** Color and release that a rollback would go to. */
    stable?: { color: Color; release: string };
    intent?: Intent;
    blue: ObservedColor;
    green: ObservedColor;
    /** Releases by id that were judged bad and that no color may hold any more. */
    judgedBad: Record<string, { reason: string; retryToken?: string }>;
    /** The routes that lead to it in HAProxy's memory; where no front runs, the record's. */
    routes: Route[];
    /** How many promotions there have been. */
    promotions: number;
    /** Which hooks' Commands are in Pulumi's state. */
    hooks: DeclaredHooks;
    /** Pulumi's state does not know it: it was lost, or is somewhere else. */
    lost?: boolean;
    /** The stack, `project/stack`, that it belongs to until this `up` takes it over (`adoptFrom`). */
    formerOwner?: string;
}

/** A service of which nothing exists yet. */
export function nothingObserved(name: string): ObservedService {
    const empty = (): ObservedColor => ({ replicas: 0, running: 0, ready: 0, strays: [], ended: 0, deviations: [] });
    return {
        name,
        live: "none",
        confirmed: "none",
        percent: 0,
        blue: empty(),
        green: empty(),
        judgedBad: {},
        routes: [],
        promotions: 0,
        hooks: {},
    };
}

/** Whether users' requests go to a color: all of them, or a share. */
export function hasTraffic({ live, percent }: Pick<ObservedService, "live" | "percent">, color: Color): boolean {
    return live === color || (live !== "none" && percent > 0);
}

/** A canary's color and its share of the requests, `green 25 %`; undefined where there is none. */
export function shareOf({ live, percent = 0 }: { live: Live; percent?: number }): string | undefined {
    return live === "none" || percent === 0 ? undefined : `${idleColor(live)} ${percent} %`;
}

/** The percentage in what {@link shareOf} says; 0 where it says nothing. */
export function percentOf(share: string | undefined): number {
    return Number(/ (\d+) %$/.exec(share ?? "")?.[1] ?? 0);
}

/** The color that `live` does not name. Before the first link that is blue, which the first release takes. */
export function idleColor(live: Live): Color {
    return live === "blue" ? "green" : "blue";
}
