import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedColor, ObservedService } from "../model/ObservedService";
import type { RecordedRelease } from "../model/Release";
import { trafficOf } from "../model/trafficNoun";
import { count } from "../model/words";
import { isComplete } from "./capacity";
import type { Desired } from "./Desired";
import { byHand, type Drift } from "./drift";
import type { Plan } from "./Plan";
import { type Rerouting, rerouting } from "./rerouting";
import { asObserved, refuse } from "./unchanged";

/**
 * Restores what was last confirmed, from the record. It never restores what is wanted now, because that may not be proved
 * yet.
 */
export function repair(service: ObservedService, drift: Drift[], desired: Desired): Plan {
    const { live, confirmed } = service;
    const color = confirmed === "none" ? undefined : service[confirmed];
    const refused = (why: string) => refuse(service, "drift", `drift: ${whatOf(drift)}. ${why}`);
    if (confirmed === "none" || color?.release === undefined) {
        return refused(
            "The record holds nothing that could be restored. Nothing is changed. To go on: " +
                withoutRecord(service, drift),
        );
    }
    const { release } = color;
    const relink = live !== confirmed;
    // When no container of the live color answers, even a release that was judged bad is better.
    const isServed = live !== "none" && service[live].ready > 0;
    if (relink && release.judgedBad !== undefined && isServed) {
        const bad = `${release.image} there was judged bad (${release.judgedBad.reason})`;
        return refused(
            `Nothing is changed. The record says ${confirmed}, but ${bad}. To go on: ${withoutRecord(service, drift)}`,
        );
    }
    const replicas = replicasOf(color, desired, relink);
    const isUsable = release.proved && isComplete(color, replicas);
    const act = relink ? !isUsable : drift.some(drifted => drifted.color === confirmed);
    if (act && !relink && service.intent?.kind === "roll") {
        // With containers of two releases, nothing says of which release a missing one was.
        const fixes = drift.flatMap(({ fix }) => (fix === undefined ? [] : [fix])).join("; ") || anew(service);
        const why = "A rolling release was interrupted, and cannot go on beside what is not its own";
        return refused(`${why}. Nothing is changed. To go on: ${fixes}`);
    }
    return restored(service, drift, { name: confirmed, release, replicas, act }, rerouting(service, desired));
}

/** The recorded live color, as the repair leaves it. */
interface Restored {
    name: Color;
    release: RecordedRelease;
    replicas: number;
    act: boolean;
}

function restored(service: ObservedService, drift: Drift[], color: Restored, routed: Rerouting): Plan {
    const { name: confirmed, release, replicas, act } = color;
    const { live, confirmedPercent = 0 } = service;
    const canary = idleColor(confirmed);
    const relink = live !== confirmed;
    const percent = relink || !isWhole(service[canary]) ? 0 : confirmedPercent;
    const givesBack = !relink && confirmedPercent > percent;
    const rewrite = drift.some(({ ofLink }) => ofLink);
    const words = [
        ...(act ? [`${confirmed} is brought back to ${count(replicas)} of ${release.image}`] : []),
        ...(relink ? [`the link moves back ${live} => ${confirmed}`] : []),
        ...(rewrite && !relink ? [`the link to ${confirmed} is written again`] : []),
        ...(givesBack ? [`${canary} gives its share of the ${trafficOf(release)} back`] : []),
        ...routed.words,
    ];
    const what = routed.act ? "What else" : "What";
    return {
        ...asObserved(service),
        row: "repair",
        sentence: `repairs drift (${whatOf(drift)}): ${words.join(", then ")}. ${what} the config asks for waits for the next up.`,
        [confirmed]: { release, replicas, state: "running", act },
        link: {
            live: confirmed,
            ...(percent > 0 ? { percent } : {}),
            expect: relink ? release.id : undefined,
            // A service that another one takes places from may leave with this `up`, so routes do not wait.
            routes: routed.routes,
            act: rewrite || givesBack || routed.act,
        },
    };
}

/** @returns whether a canary can keep its share. One that is not whole is begun again, not repaired. */
function isWhole(canary: ObservedColor): boolean {
    return canary.release?.proved === true && isComplete(canary, canary.replicas);
}

/**
 * Says how many containers the restored color gets. A repair that failed may have given them all up. They are brought back
 * when the link comes back, or when there are containers that may be all that answers: strangers, or those that an
 * interrupted `up` has started again.
 */
function replicasOf(color: ObservedColor, desired: Desired, relink: boolean): number {
    const isGivenUp = color.replicas === 0 && (relink || color.strays.length > 0 || color.running > 0);
    return isGivenUp ? desired.replicas : color.replicas;
}

/** @returns what the user can do where the record is no help */
function withoutRecord(service: ObservedService, drift: Drift[]): string {
    const fixes = byHand(drift);
    if (fixes === undefined) {
        return `put back the record that knows what serves; or ${anew(service)}`;
    }
    // HAProxy's files hold no link either: what users reach is not confirmed.
    return service.confirmed === "none" ? `${fixes}. Users get no answer from then until the next pulumi up` : fixes;
}

function anew({ name }: ObservedService): string {
    return (
        `take ${name} out of the stack config, run pulumi up, put it back and run pulumi up again ` +
        "(users get no answer in between)"
    );
}

function whatOf(drift: Drift[]): string {
    return drift.map(({ what }) => what).join("; ");
}
