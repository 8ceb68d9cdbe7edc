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
    /** The container runs, or Docker is about to restart it. */
    runs: boolean;
    /** Docker's own check says so. */
    unhealthy: boolean;
    /** Docker's check passes, where there is one, and HAProxy has the server up and sends requests to it. */
    ready: boolean;
    /** The release passed its proof on this color. */
    proved: boolean;
}

/** One color of a service, as Docker, HAProxy and the record show it. */
export interface ObservedColor {
    /** The release that the record names for the color. */
    release?: RecordedRelease;
    /** How many containers the color was last brought to. */
    replicas: number;
    /** Containers of that release that run now. */
    running: number;
    /** Of those, the ones whose check by Docker passes, where there is one, and that HAProxy has UP. */
    ready: number;
    /** Names of containers that have the color's labels, but are not of its release. */
    strays: string[];
    /** How many of its containers ended by themselves and stay so by their restart policy. */
    ended: number;
    /** What somebody else has changed of the color. */
    deviations: Deviation[];
    /** The addresses of its slots. */
    block?: AddressBlock;
    /** Its containers by slot. */
    slots?: ObservedSlot[];
    /** The new release of a rolling release that was interrupted. */
    next?: RecordedRelease;
}

/** A service in the live system: HAProxy's link, Docker's labels and states, the record. */
export interface ObservedService {
    name: string;
    /** The link in HAProxy's memory; the record's where no front runs. */
    live: Live;
    /** The link that was last confirmed, from the record. */
    confirmed: Live;
    /** The share of a canary in HAProxy's memory, percent; the color that is not live has it. */
    percent: number;
    /** The share that was last confirmed. @default 0 */
    confirmedPercent?: number;
    /** How HAProxy knows a user again meanwhile. @default "none" */
    sticky?: CanarySettings["sticky"];
    /**
     * Whether the idle color answers while no server of the live one is up, in HAProxy's memory: it waits, or it answers now.
     * @default it does not
     */
    failover?: "waits" | "answers";
    /** The link in HAProxy's file, which counts at its next start; undefined where relink did not read the file. */
    written?: Live;
    /** The share in that file. @default 0 */
    writtenPercent?: number;
    /** Whether the link in that file says `failover`. @default it does not */
    writtenFailover?: true;
    /** Name of the newest running container of HAProxy. */
    generation?: string;
    /** Color and release that a rollback goes to. */
    stable?: { color: Color; release: string };
    intent?: Intent;
    blue: ObservedColor;
    green: ObservedColor;
    /** Releases by id that were judged bad. */
    judgedBad: Record<string, { reason: string; retryToken?: string }>;
    /** Its routes in HAProxy's memory; the record's where no front runs. */
    routes: Route[];
    /**
     * Routes of the service that only HAProxy's memory has, or only its file: an `up` died between the two.
     * @default there are none, or the file was not read
     */
    halfWritten?: Route[];
    /** How many promotions there were. */
    promotions: number;
    /** Which hooks' Commands are in Pulumi's state. */
    hooks: DeclaredHooks;
    /** The service is not in Pulumi's state: that was lost, or is somewhere else. */
    lost?: boolean;
    /** The stack, `project/stack`, from which this `up` takes the service over (`adoptFrom`). */
    formerOwner?: string;
}

/** @returns a service of which nothing exists yet */
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
