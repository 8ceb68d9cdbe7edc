import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { bootstrap } from "./bootstrap";
import type { Desired } from "./Desired";
import { type Drift, waysOut } from "./drift";
import { endingFailover, followFailover, preparing, withFailover } from "./failover";
import { judged, same } from "./held";
import { moveToIdle } from "./moveToIdle";
import { overRoll, relinked, settleRoll } from "./openRoll";
import type { Plan, Recovery } from "./Plan";
import { pinned } from "./pinned";
import { driftOf, mayShare, prospect } from "./prospect";
import { recovered, withdrawn } from "./recovered";
import { repair } from "./repair";
import { replace } from "./rolling";
import { settle } from "./settle";
import { stay } from "./stay";
import { refuse } from "./unchanged";

/** Decides what happens to a service. Pure: the same observed and desired state give the same plan. */
export function plan(observed: ObservedService, desired: Desired): Plan {
    const linked = relinked(observed);
    const open = settleRoll(linked.service);
    const { service, recovery } = settle(linked.service, prospect(linked.service, desired));
    const decided =
        open === undefined
            ? settled(decideAnswered(service, desired), service, desired, recovery)
            : recovered(endingFailover(overRoll(service, open, desired, decide), service), linked.recovery);
    const { lost, formerOwner } = observed;
    return (lost || formerOwner !== undefined) && service.live !== "none" ? adopted(decided, formerOwner) : decided;
}

/** What was found open is put right first, and failover is as the settings say in the end. */
function settled(decided: Plan, service: ObservedService, desired: Desired, recovery: Recovery | undefined): Plan {
    const { refusal, link } = decided;
    const goesBack = recovery?.kind === "finish" && refusal === undefined && link.live !== recovery.live;
    const leaves = goesBack && prospect(service, desired).leaves;
    const first = leaves ? { ...recovery, leaves } : (recovery ?? preparing(decided, service, desired));
    return recovered(withFailover(decided, service, desired), first);
}

/** This stack, or its state, learns what runs. Learning alone changes nothing. */
function adopted(decided: Plan, formerOwner: string | undefined): Plan {
    const adopts =
        formerOwner === undefined
            ? "adopts what runs, which Pulumi's state does not know"
            : `takes over what runs from the stack ${formerOwner}`;
    return decided.row === "nothing"
        ? { ...decided, row: "adopt", sentence: `${adopts}; ${decided.sentence}` }
        : { ...decided, sentence: `${adopts}; then ${decided.sentence}` };
}

/** The color that answers in place of the live one changes only after the link has moved there. */
function decideAnswered(service: ObservedService, desired: Desired): Plan {
    return followFailover(decide(service, desired), service, desired, decide);
}

/** The rows of the plan table in their order. The first that matches decides. */
function decide(service: ObservedService, desired: Desired): Plan {
    const { live } = service;
    const drift = driftOf(service, desired);
    if (drift.length > 0) {
        return desired.policy.driftPolicy === "repair" ? repair(service, drift, desired) : refuseDrift(service, drift);
    }
    if (service.percent > 0 && !mayShare(service, desired)) {
        return withdrawn(service, desired, decide);
    }
    if (desired.live !== "auto") {
        return pinned(service, desired, desired.live);
    }
    if (desired.imageProblem !== undefined) {
        return refuse(service, "missingImage", desired.imageProblem);
    }
    const judgement = judged(service, desired.release, desired.policy);
    if (judgement !== undefined) {
        return refuseBad(service, desired, judgement);
    }
    if (live === "none") {
        return bootstrap(service, desired);
    }
    if (same(service[live].release, desired.release)) {
        return stay(service, desired, live);
    }
    return replace(service, desired, live) ?? moveToIdle(service, desired, idleColor(live));
}

function refuseDrift(service: ObservedService, drift: Drift[]): Plan {
    const what = drift.map(({ what }) => what).join("; ");
    const ways = waysOut(service.name, drift);
    return refuse(service, "drift", `drift: ${what}. Nothing is changed. To go on: ${ways}`);
}

function refuseBad(service: ObservedService, { release }: Desired, judgement: string): Plan {
    const next = "Change its image or settings, or set retryToken to try it again";
    return refuse(service, "judgedBad", `${release.image} was judged bad (${judgement}). ${next}`);
}
