import type { Color } from "../model/Color";
import type { Deviation } from "../model/Deviation";
import { hasTraffic, idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";

/** A difference between the live system and the record that no intent explains, in words for the user. */
export interface Drift extends Deviation {
    /** It is about where the link points, not about containers. */
    ofLink: boolean;
    /** The color that it is about, where it is about one. */
    color?: Color;
}

/** Everything that somebody other than relink changed and that touches what users are served, now or soon. */
export function findDrift(service: ObservedService): Drift[] {
    const { live, confirmed, percent, confirmedPercent = 0, written, writtenPercent = 0, generation } = service;
    const isRewritten = written !== undefined && (written !== confirmed || writtenPercent !== confirmedPercent);
    // HAProxy's files hold the confirmed link, unless somebody edited those too.
    const reread =
        generation === undefined || isRewritten
            ? undefined
            : `make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 ${generation}`;
    const link = (what: string, fix?: string): Drift => ({ what, fix, ofLink: true });
    if (live !== confirmed) {
        return [link(`HAProxy links it to ${live}, but the last confirmed link is ${confirmed}`, reread)];
    }
    const found: Drift[] = [];
    if (percent !== confirmedPercent) {
        const but = confirmedPercent === 0 ? "" : `, but the last confirmed share is ${confirmedPercent} %`;
        found.push(link(`HAProxy sends ${percent} % of its requests to the color that is not live${but}`, reread));
    }
    if (written === confirmed && isRewritten) {
        found.push(
            link(
                `HAProxy's map file gives ${idleColor(confirmed)} ${writtenPercent} %, but the last confirmed share is ` +
                    `${confirmedPercent} %: it would have that when HAProxy starts again or reloads`,
            ),
        );
    } else if (isRewritten) {
        found.push(
            link(
                `HAProxy's map file links it to ${written}, but the last confirmed link is ${confirmed}: ` +
                    `users would go there when HAProxy starts again or reloads`,
            ),
        );
    }
    for (const color of ["blue", "green"] as const) {
        if (hasTraffic({ live, percent: Math.max(percent, confirmedPercent) }, color)) {
            found.push(...service[color].deviations.map(deviation => ({ ...deviation, ofLink: false, color })));
        }
    }
    return found;
}

/** What the user can do: by hand, where each difference can be undone by hand, or by letting relink restore it. */
export function waysOut(service: string, drift: Drift[]): string {
    const restore = `let relink restore it: pulumi config set --path relink:services.${service}.driftPolicy repair && pulumi up`;
    const fixes = drift.map(({ fix }) => fix);
    return fixes.includes(undefined) ? restore : `${[...new Set(fixes)].join("; ")}; or ${restore}`;
}
