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

/** What the record knows of one color. */
export interface RecordedColor {
    /** Id of the release that it holds, or that it was last being brought to. */
    release?: string;
    /** How many containers it was brought to. */
    replicas: number;
    block?: AddressBlock;
    /** The slots that its containers are in, where these are not the first ones: a rolling release takes others. */
    slots?: number[];
    /** What HAProxy had counted of it when its release became live: a release before it may have had errors of its own. */
    liveSince?: CountersByWorker;
    /** Counts the creations of its resource: the deletion of an older one does nothing (docs/design.md, rule 11). */
    incarnation?: number;
}

/**
 * The record of one service: a file, mode 0600, in a volume that only the anchor mounts. It is the one home of what was
 * confirmed, of what was begun, and of the settings of releases, secrets included.
 */
export interface ServiceRecord {
    format: 1;
    service: string;
    /** Raised by every write. */
    serial: number;
    /**
     * The link as it was last confirmed, when (the Docker host's clock) and by whom; with the share of the color that is not
     * live, percent, where a canary has one.
     */
    link: {
        live: Live;
        release?: string;
        percent?: number;
        sticky?: CanarySettings["sticky"];
        at?: string;
        by?: string;
    };
    /** The last moves of the link, oldest first; read it by `linkHistory`. */
    history: LinkMove[];
    /** Counts the creations of the link's resource. */
    linkIncarnation?: number;
    stable?: { color: Color; release: string };
    intent?: Intent;
    blue: RecordedColor;
    green: RecordedColor;
    /** Releases by id, with everything that is needed to run them again. */
    releases: Record<string, RecordedRelease>;
    /** Those that were stable, the last one first. As many as `keepReleases` stay among `releases`. */
    kept: string[];
    /** Of how many stable releases the service keeps image and settings. @default {@link defaults}.keepReleases */
    keepReleases?: number;
    /** Verdicts on releases that are not among them any more. */
    judgedBad: Record<string, { reason: string; retryToken?: string }>;
    /** Which requests were given to it. */
    routes: Route[];
    promotions: number;
    /** Hooks whose Command is in Pulumi's state. */
    hooks: DeclaredHooks;
}

/** The record of a service that does not exist yet. */
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

/** The file of a record is no whole one. */
export class RecordUnreadable extends Error {}

/**
 * Reads a record file.
 * @throws when it was written by a newer version of relink, or is not a record at all.
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
    if (value.format !== 1 || typeof value.service !== "string") {
        throw new Error(
            `the record ${path} has format ${value.format}, but this version of relink reads format 1: use the newer version`,
        );
    }
    // An earlier version wrote hosts alone.
    const { hosts = [], ...rest } = value;
    return { ...emptyRecord(value.service), routes: hosts.map(parseRoute), ...rest };
}

/**
 * Removes releases that no color holds and that are not among the last stable ones, keeping the verdict on those that were
 * judged bad.
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

/** The record once users have a proved release on a color: it is the last confirmed one, and no verdict on it is left. */
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

/** Slots, for the record: undefined where they are the first ones. */
export function heldSlots(slots: number[]): number[] | undefined {
    const sorted = [...slots].sort((a, b) => a - b);
    return sorted.every((slot, index) => slot === index + 1) ? undefined : sorted;
}

/**
 * Which hooks have a Command once a deployment begins. preDeploy has run by now; prePromotion comes after it and may fail:
 * the link says when it has run.
 */
export function hooksBefore({ hooks }: ServiceRecord, runsNow: DeclaredHooks): DeclaredHooks {
    const { preDeploy = hooks.preDeploy, prePromotion = hooks.prePromotion } = runsNow;
    return { preDeploy, prePromotion: hooks.prePromotion && prePromotion };
}
