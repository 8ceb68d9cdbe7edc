import type { Color } from "../model/Color";
import type { Deviation } from "../model/Deviation";
import { hasTraffic, idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { shareText } from "../model/Share";
import { trafficText, trafficTo } from "../model/trafficNoun";

/** A difference between the live system and the record that no intent explains, in words for the user. */
export interface Drift extends Deviation {
    /** Whether it concerns the link. */
    ofLink: boolean;
    /** The color whose containers it concerns. */
    color?: Color;
}

/** @returns all that somebody changed by hand and that changes what users get, now or after HAProxy's next start. */
export function findDrift(service: ObservedService): Drift[] {
    const { live, confirmed, percent, confirmedPercent = 0 } = service;
    if (live !== confirmed) {
        const what = `HAProxy links it to ${live}, but the last confirmed link is ${confirmed}`;
        return [{ what, fix: rereadFiles(service), ofLink: true }];
    }
    const found: Drift[] = [];
    if (percent !== confirmedPercent) {
        const but = confirmedPercent === 0 ? "" : `, but the last confirmed share is ${shareText(confirmedPercent)}`;
        const what = `HAProxy sends ${trafficText(percent, trafficTo(service), "its")} to the color that is not live${but}`;
        found.push({ what, fix: rereadFiles(service), ofLink: true });
    }
    if (isRewritten(service)) {
        found.push({ what: wordsOfFile(service), ofLink: true });
    }
    for (const color of ["blue", "green"] as const) {
        if (hasTraffic({ live, percent: Math.max(percent, confirmedPercent) }, color)) {
            found.push(...service[color].deviations.map(deviation => ({ ...deviation, ofLink: false, color })));
        }
    }
    return found;
}

/** @returns whether HAProxy's map file holds another link than the confirmed one. */
function isRewritten({ confirmed, confirmedPercent = 0, written, writtenPercent = 0 }: ObservedService): boolean {
    return written !== undefined && (written !== confirmed || writtenPercent !== confirmedPercent);
}

function wordsOfFile({ confirmed, confirmedPercent = 0, written, writtenPercent = 0 }: ObservedService): string {
    return written === confirmed
        ? `HAProxy's map file gives ${idleColor(confirmed)} ${shareText(writtenPercent)}, but the last confirmed share is ` +
              `${shareText(confirmedPercent)}: it would have that when HAProxy starts again or reloads`
        : `HAProxy's map file links it to ${written}, but the last confirmed link is ${confirmed}: ` +
              "users would go there when HAProxy starts again or reloads";
}

/** @returns how to restore the confirmed link by hand; undefined when HAProxy's files do not hold it either. */
function rereadFiles(service: ObservedService): string | undefined {
    const { generation } = service;
    return generation === undefined || isRewritten(service)
        ? undefined
        : `make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 ${generation}`;
}

/** @returns what the user can do: undo each difference by hand, when that is possible, or let relink restore it. */
export function waysOut(service: string, drift: Drift[]): string {
    const restore = `let relink restore it: pulumi config set --path relink:services.${service}.driftPolicy repair && pulumi up`;
    const fixes = byHand(drift);
    return fixes === undefined ? restore : `${fixes}; or ${restore}`;
}

/** @returns how to undo each difference by hand; undefined where one of them cannot be undone so */
export function byHand(drift: Drift[]): string | undefined {
    const fixes = drift.map(({ fix }) => fix);
    return fixes.includes(undefined) ? undefined : [...new Set(fixes)].join("; ");
}
