import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { Decide } from "./Decide";
import type { Desired } from "./Desired";
import type { Plan, Recovery } from "./Plan";
import { recovered } from "./recovered";

// Failover: while no server of the live color is up, HAProxy sends requests to the color that was live before. The link says
// whether it may. It may not while a release is judged: docs/decisions/21-failover.md.

/**
 * Decides whether the idle color may answer while no server of the live one is up. Both releases must be judged good, and nothing
 * may be half-way. So a judgement sees each failure, and no release gets users that never had any.
 */
export function mayFailOver({ live, percent, intent, ...colors }: ObservedService): boolean {
    if (live === "none" || percent > 0 || intent !== undefined) {
        return false;
    }
    const isGood = (color: Color) => {
        const { proved = false, linked = false, judgedBad } = colors[color].release ?? {};
        return proved && linked && judgedBad === undefined;
    };
    return isGood(live) && isGood(idleColor(live));
}

/** @returns the plan with what becomes of failover. Where the link acts anyway, it settles failover at its end. */
export function withFailover(decided: Plan, service: ObservedService, { failover = false }: Desired): Plan {
    const { live } = service;
    const idle = idleColor(live);
    if (live === "none" || decided.link.live !== live || decided[idle].act || decided.recovery?.kind === "failover") {
        return decided;
    }
    if (service.failover === "answers") {
        const isEnding = !failover && decided.refusal === undefined;
        const later = isEnding ? "; failover ends once it is back" : "";
        // What this `up` does to the live color may bring it back.
        const act = decided.link.act || (isEnding && decided[live].act);
        const words = `${idle} answers in place of ${live}, which has no container that is up${later}`;
        return adding({ ...decided, link: { ...decided.link, act } }, words);
    }
    const wanted = failover && mayFailOver(service);
    if (decided.link.act || isSettled(service, wanted)) {
        return decided;
    }
    const words = wanted
        ? `${idle} answers from now on while no container of ${live} is up (failover)`
        : `${idle} no longer answers in place of ${live}`;
    const acting = { ...decided, link: { ...decided.link, act: true } };
    return decided.row === "nothing"
        ? { ...acting, row: "routes", sentence: `${words}; the link stays on ${live}.` }
        : adding(acting, words);
}

/** @returns whether HAProxy's memory and its file both have failover as it is wanted */
function isSettled({ failover, written, writtenFailover }: ObservedService, wanted: boolean): boolean {
    const isWritten = written === undefined ? wanted : writtenFailover === true;
    return (failover !== undefined) === wanted && isWritten === wanted;
}

/**
 * Failover belongs to what serves, so it does not wait for a release that is refused: an `up` that died may have taken it away.
 * Beside drift nothing is changed.
 */
export function preparing(
    { refusal, row }: Plan,
    service: ObservedService,
    { failover }: Desired,
): Recovery | undefined {
    const isOwed = failover && service.failover !== "answers" && mayFailOver(service) && !isSettled(service, true);
    return isOwed && refusal !== undefined && row !== "drift" ? { kind: "prepare", live: service.live } : undefined;
}

/** @returns the plan of an open rolling release, whose link takes failover away where HAProxy has it */
export function endingFailover(decided: Plan, { failover, writtenFailover }: ObservedService): Plan {
    const act = decided.link.act || failover !== undefined || writtenFailover === true;
    return { ...decided, link: { ...decided.link, act } };
}

function adding(decided: Plan, words: string): Plan {
    return { ...decided, sentence: `${decided.sentence.replace(/\.$/, "")}; ${words}.` };
}

/**
 * The idle color answers in place of the live one, and the plan is about to change it. Then the link moves there first: the color
 * that answers is the live one from then on, and the other one is changed.
 */
export function followFailover(decided: Plan, service: ObservedService, desired: Desired, decide: Decide): Plan {
    const { live, failover } = service;
    const idle = idleColor(live);
    const { release } = service[idle];
    if (failover !== "answers" || release === undefined || decided.refusal !== undefined || !decided[idle].act) {
        return decided;
    }
    const followed: ObservedService = {
        ...service,
        live: idle,
        confirmed: idle,
        stable: { color: idle, release: release.id },
        failover: undefined,
        written: undefined,
        writtenFailover: undefined,
    };
    const then = decide(followed, desired);
    return then.refusal === undefined
        ? recovered(then, { kind: "failover", live: idle, release: release.id })
        : { ...decided, ...then };
}
