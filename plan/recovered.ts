import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { type TrafficNoun, trafficOf, trafficText, trafficTo } from "../model/trafficNoun";
import type { Decide } from "./Decide";
import type { Desired } from "./Desired";
import type { Plan, Recovery } from "./Plan";
import { isDeserted } from "./settle";
import { refuse } from "./unchanged";

/** An open switch is settled before anything else happens. */
export function recovered(decided: Plan, recovery: Recovery | undefined): Plan {
    if (recovery === undefined) {
        return decided;
    }
    if (decided.recovery !== undefined) {
        return recovery.kind === "bake" ? judgedToo(decided, decided.recovery) : decided;
    }
    const settled = wordsOf(recovery, trafficOf(decided.blue.release ?? decided.green.release));
    const isAll = decided.row === "nothing";
    return {
        ...decided,
        recovery,
        row: isAll ? "recovery" : decided.row,
        sentence: isAll ? `${settled}.` : `first ${settled}; then ${decided.sentence}`,
        link: { ...decided.link, act: true },
    };
}

/** Where somebody has moved the link to a canary, its judgement is still open, and so is the share of the other color. */
function judgedToo(decided: Plan, withdrawal: Recovery): Plan {
    return {
        ...decided,
        recovery: { ...withdrawal, judges: true },
        sentence: `${decided.sentence} What ${withdrawal.live} serves is judged after that, since that did not come to its end.`,
    };
}

function wordsOf({ kind, live, percent = 0 }: Recovery, noun: TrafficNoun): string {
    const idle = idleColor(live);
    return {
        finish:
            percent > 0
                ? `gives ${idle} the ${trafficText(percent, noun)} that an interrupted up began to give it`
                : `finishes the switch to ${live} that an interrupted up began`,
        undo: `takes back the switch that an interrupted up began (link to ${live})`,
        bake: `judges what ${percent > 0 ? idle : live} serves, since that did not come to its end`,
        relink: `links it to ${live} again, since the removal that an interrupted up began is not wanted any more`,
        failover: `the link moves ${idle} => ${live}, which answers in its place (failover)`,
        prepare: `lets ${idle} answer from now on while no container of ${live} is up (failover)`,
        withdraw: `${idle} gives its share of the ${noun} back, so that ${live} serves all of them`,
    }[kind];
}

/** A canary that nobody wants any more gives its share back first. Its color is idle from then on. */
export function withdrawn(service: ObservedService, desired: Desired, decide: Decide): Plan {
    const { live, percent } = service;
    const idle = idleColor(live);
    const alone = { ...service, percent: 0, confirmedPercent: 0, sticky: undefined, writtenPercent: undefined };
    const decided = decide(alone, desired);
    if (live === "none" || decided.refusal !== undefined) {
        return refuse(service, decided.row, decided.refusal ?? "nothing is live beside a share");
    }
    if (!isDeserted(service, live, idle)) {
        return recovered(decided, { kind: "withdraw", live, release: service[live].release?.id });
    }
    // The color with the share is the only one that answers users. It keeps its share until the live color is back.
    return decided[live].act
        ? { ...decided, link: { ...decided.link, act: true } }
        : refuse(
              service,
              "canary",
              `${live} has no container that is ready, so ${idle} keeps its ${trafficText(percent, trafficTo(service))}. ` +
                  `To give it all of them: pulumi config set --path relink:services.${service.name}.live ${idle}`,
          );
}
