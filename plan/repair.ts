import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { count } from "../model/words";
import { isComplete } from "./capacity";
import type { Desired } from "./Desired";
import type { Drift } from "./drift";
import type { Plan } from "./Plan";
import { asObserved, refuse } from "./unchanged";

/** Restores what was last confirmed, from the record: never what is wanted now, which may be what is not proved yet. */
export function repair(service: ObservedService, drift: Drift[], desired: Desired): Plan {
    const what = drift.map(({ what }) => what).join("; ");
    const { live, confirmed } = service;
    const color = confirmed === "none" ? undefined : service[confirmed];
    if (confirmed === "none" || color?.release === undefined) {
        return refuse(service, "drift", `drift: ${what}. The record holds nothing that could be restored`);
    }
    const relink = live !== confirmed;
    const { image, judgedBad } = color.release;
    // Where nobody answers, even that is better.
    const isServed = live !== "none" && service[live].ready > 0;
    if (relink && judgedBad !== undefined && isServed) {
        const bad = `The record says ${confirmed}, but ${image} there was judged bad (${judgedBad.reason})`;
        return refuse(service, "drift", `drift: ${what}. Nothing is changed. ${bad}`);
    }
    const isOf = (name: Color) => drift.some(drifted => drifted.color === name);
    const canary = idleColor(confirmed);
    // A canary is begun again, not repaired.
    const shares =
        !relink && service[canary].release?.proved === true && isComplete(service[canary], service[canary].replicas);
    const { confirmedPercent = 0 } = service;
    const percent = shares ? confirmedPercent : 0;
    const givesBack = !relink && confirmedPercent > percent;
    const rewrite = drift.some(({ ofLink }) => ofLink);
    // What a repair that failed has given up is brought back where the link comes back, or where strangers may be all there is.
    const isGivenUp = color.replicas === 0 && (relink || color.strays.length > 0);
    const replicas = isGivenUp ? desired.replicas : color.replicas;
    const isUsable = color.release.proved && isComplete(color, replicas);
    const act = relink ? !isUsable : isOf(confirmed);
    if (act && !relink && service.intent?.kind === "roll") {
        // Of containers of two releases nobody can say which one is in a stranger's place; what is added, it says itself.
        const fixes = drift.flatMap(({ fix }) => (fix === undefined ? [] : [fix])).join("; ");
        const why = "A rolling release was interrupted, and cannot go on beside what is not its own";
        return refuse(service, "drift", `drift: ${what}. ${why}. Nothing is changed. To go on: ${fixes}`);
    }
    const words = [
        ...(act ? [`${confirmed} is brought back to ${count(replicas)} of ${color.release.image}`] : []),
        ...(relink
            ? [`the link moves back ${live} => ${confirmed}`]
            : rewrite
              ? [`the link to ${confirmed} is written again`]
              : []),
        ...(givesBack ? [`${canary} gives its share of the requests back`] : []),
    ];
    return {
        ...asObserved(service),
        row: "repair",
        sentence: `repairs drift (${what}): ${words.join(", then ")}. What the config asks for waits for the next up.`,
        [confirmed]: { release: color.release, replicas, state: "running", act },
        link: {
            live: confirmed,
            ...(percent > 0 ? { percent } : {}),
            expect: relink ? color.release.id : undefined,
            routes: service.routes,
            act: rewrite || givesBack,
        },
    };
}
