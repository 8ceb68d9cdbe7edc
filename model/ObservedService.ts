import type { AddressBlock } from "./addresses";
import type { Color } from "./Color";
import type { DeclaredHooks } from "./CommandHook";
import type { Deviation } from "./Deviation";
import type { Intent } from "./Intent";
import type { Live } from "./Live";
import type { RecordedRelease } from "./Release";
import type { Route } from "./Route";
import type { CanarySettings } from "./StrategySettings";

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
