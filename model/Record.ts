import { parsePrivateJson } from "../text/privateJson";
import type { AddressBlock } from "./addresses";
import type { Color } from "./Color";
import type { DeclaredHooks } from "./CommandHook";
import { defaults } from "./defaults";
import type { Intent } from "./Intent";
import type { LinkMove } from "./LinkMove";
import type { Live } from "./Live";
import type { RecordedRelease } from "./Release";
import { parseRoute, type Route } from "./Route";
import type { CanarySettings } from "./StrategySettings";
import type { CountersByWorker } from "./Window";

/** One color in the record. */
export interface RecordedColor {
    /** Id of the release that the color has, or was last getting. */
    release?: string;
    /** How many containers the color was brought to. */
    replicas: number;
    block?: AddressBlock;
    /**
     * The slots of its containers. A rolling release takes others than the first ones.
     * @default undefined (the first ones)
     */
    slots?: number[];
    /** HAProxy's counters of the color when its release became live. Earlier errors are those of an earlier release. */
    liveSince?: CountersByWorker;
    /** Counts the creations of its resource. Deleting an older one does nothing (docs/design.md, rule 11). */
    incarnation?: number;
}

/**
 * The record of one service: a file, mode 0600, in a volume that only the anchor mounts. Only here relink keeps what
 * was confirmed, what an `up` is doing, and the settings of releases with their secrets.
 */
export interface ServiceRecord {
    /** 2 where `stack` is set: a version of relink that does not know other stacks refuses such a front. */
    format: 1 | 2;
    service: string;
    /** The stack that the service belongs to, `project/stack`. @default the stack that owns the front */
    stack?: string;
    /** Every write increments it. */
    serial: number;
    /**
     * The link that was last confirmed, when (by the Docker host's clock) and by whom. `percent` is the share of a
     * canary; the color that is not live has it.
     */
    link: {
        live: Live;
        release?: string;
        percent?: number;
        sticky?: CanarySettings["sticky"];
        at?: string;
        by?: string;
    };
    /** The last moves of the link, oldest first. `linkHistory` reads it. */
    history: LinkMove[];
    /** Counts the creations of the link's resource. */
    linkIncarnation?: number;
    stable?: { color: Color; release: string };
    intent?: Intent;
    blue: RecordedColor;
    green: RecordedColor;
    /** Releases by id, with all that relink needs to run them again. */
    releases: Record<string, RecordedRelease>;
    /** Ids of releases that were stable, the last one first. As many as `keepReleases` stay in `releases`. */
    kept: string[];
    /** How many stable releases keep their image and settings. @default {@link defaults}.keepReleases */
    keepReleases?: number;
    /** Verdicts on releases that are not in `releases` any more. */
    judgedBad: Record<string, { reason: string; retryToken?: string }>;
    /** The routes that the front has for the service. */
    routes: Route[];
    /** How many promotions there were. */
    promotions: number;
    /** The hooks that have a Command in Pulumi's state. */
    hooks: DeclaredHooks;
}

/** @returns the record of a service that does not exist yet */
export function emptyRecord(service: string): ServiceRecord {
    return {
        format: 1,
        service,
        serial: 0,
        link: { live: "none" },
        history: [],
        blue: { replicas: 0 },
        green: { replicas: 0 },
        releases: {},
        kept: [],
        judgedBad: {},
        routes: [],
        promotions: 0,
        hooks: {},
    };
}

/** The file of a record is incomplete or not JSON. */
export class RecordUnreadable extends Error {}

/**
 * Reads a record file.
 *
 * @throws RecordUnreadable where the file is incomplete or not JSON
 * @throws Error where a newer version of relink wrote the file
 */
export function parseRecord(text: string, path: string): ServiceRecord {
    let value: Partial<ServiceRecord> & { hosts?: string[] };
    try {
        value = (parsePrivateJson(text) ?? {}) as typeof value;
    } catch (error) {
        throw new RecordUnreadable(
            `the record ${path} in the front's volume is not readable: ${(error as Error).message}`,
        );
    }
    if (!isKnown(value)) {
        throw new Error(
            `the record ${path} has format ${value.format}, but this version of relink reads formats 1 and 2: use the newer version`,
        );
    }
    // An earlier version wrote hosts instead of routes.
    const { hosts = [], ...rest } = value;
    return { ...emptyRecord(value.service), routes: hosts.map(parseRoute), ...rest };
}

type Known = Partial<ServiceRecord> & Pick<ServiceRecord, "service">;

function isKnown<Value extends Partial<ServiceRecord>>(value: Value): value is Value & Known {
    const { format, service, stack } = value;
    return typeof service === "string" && (format === 1 || (format === 2 && typeof stack === "string"));
}

/**
 * Removes the releases that no color has and that are not among the last stable ones. Verdicts on bad releases stay.
 */
export function prune(record: ServiceRecord): ServiceRecord {
    const { intent, stable, keepReleases = defaults.keepReleases } = record;
    const rolling = intent?.kind === "roll" ? [...intent.from, intent.to] : [];
    const ever = stable === undefined ? record.kept : [stable.release, ...record.kept];
    const isGood = (id: string) => id in record.releases && record.releases[id]?.judgedBad === undefined;
    const kept = [...new Set(ever)].filter(isGood).slice(0, keepReleases);
    const held = new Set([record.blue.release, record.green.release, ...rolling, ...kept]);
    const releases: ServiceRecord["releases"] = {};
    const judgedBad = { ...record.judgedBad };
    for (const [id, release] of Object.entries(record.releases)) {
        if (held.has(id)) {
            releases[id] = release;
        } else if (release.judgedBad !== undefined) {
            judgedBad[id] = release.judgedBad;
        }
    }
    return { ...record, releases, kept, judgedBad };
}

/** @returns the record once a switch to a proved release is confirmed; a verdict on that release is void */
export function linkedTo(
    record: ServiceRecord,
    color: Color,
    release: RecordedRelease,
    confirmed: { at: string; by: string },
): ServiceRecord {
    const { [release.id]: _void, ...judgedBad } = record.judgedBad;
    const known = record.releases[release.id] ?? release;
    return {
        ...record,
        intent: undefined,
        link: { live: color, release: release.id, ...confirmed },
        stable: { color, release: release.id },
        releases: {
            ...record.releases,
            [release.id]: {
                ...known,
                proved: true,
                provedAt: known.provedAt ?? confirmed.at,
                linked: true,
                judgedBad: undefined,
            },
        },
        judgedBad,
    };
}

/** @returns the slots for the record; undefined where they are the first ones */
export function heldSlots(slots: number[]): number[] | undefined {
    const sorted = [...slots].sort((a, b) => a - b);
    return sorted.every((slot, index) => slot === index + 1) ? undefined : sorted;
}

/**
 * Finds which hooks have a Command when a deployment begins. preDeploy has run by then. prePromotion comes later and
 * may fail; the link records it.
 */
export function hooksBefore({ hooks }: ServiceRecord, runsNow: DeclaredHooks): DeclaredHooks {
    const { preDeploy = hooks.preDeploy, prePromotion = hooks.prePromotion } = runsNow;
    return { preDeploy, prePromotion: hooks.prePromotion && prePromotion };
}

/** @returns whether the service has no port, so that HAProxy has no link for it and the record alone says what is live. */
export function isBackground(record: ServiceRecord): boolean {
    const { live } = record.link;
    const release = live === "none" ? undefined : record.releases[record[live].release ?? ""];
    return release !== undefined && release.settings.port === undefined;
}
