import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import type { RecordedRelease } from "../model/Release";
import type { RollingSettings } from "../model/StrategySettings";
import type { Decide } from "./Decide";
import type { Desired } from "./Desired";
import { same } from "./held";
import type { Plan, Recovery } from "./Plan";
import { roll } from "./rolling";

/** An interrupted rolling release, as if it were settled. */
export interface SettledRoll {
    /** Its color holds the new release when that is complete, else the old one. */
    service: ObservedService;
    color: Color;
    release: RecordedRelease;
    replicas: number;
    settings: RollingSettings;
    kind: "finish" | "undo";
}

/**
 * Says how a service is once its link is written again. The removal of a service that has an open rolling release was
 * interrupted: its link is gone, or was about to go, and the record still has it.
 * @returns the service as it was observed where that is not so, or where somebody has moved the link
 */
export function relinked(service: ObservedService): { service: ObservedService; recovery?: Recovery } {
    const { intent, live, confirmed, confirmedPercent = 0 } = service;
    const isOurs = confirmed !== "none" && (live === "none" || live === confirmed);
    if (intent?.kind !== "roll" || !intent.removes || !isOurs) {
        return { service };
    }
    return {
        service: {
            ...service,
            live: confirmed,
            percent: confirmedPercent,
            written: undefined,
            writtenPercent: undefined,
        },
        recovery: { kind: "relink", live: confirmed, ...(confirmedPercent > 0 ? { percent: confirmedPercent } : {}) },
    };
}

/**
 * Says how an interrupted rolling release ends: it is finished when its release is proved and complete, else undone. Until
 * then its color holds both releases. After a repair that failed and gave the old one up, the proved containers of the new
 * one may be all that answers. They count as complete then.
 * @returns undefined when no rolling release is open
 */
export function settleRoll(service: ObservedService): SettledRoll | undefined {
    const { intent } = service;
    if (intent?.kind !== "roll") {
        return undefined;
    }
    const { color: name, to, replicas, settings } = intent;
    const color = service[name];
    const { next } = color;
    const up = (color.slots ?? []).filter(slot => slot.release === to && slot.ready && slot.proved).length;
    const complete = color.replicas === 0 && up > 0 ? Math.min(up, replicas) : replicas;
    const kind = up >= complete && next !== undefined ? "finish" : "undo";
    const release = kind === "finish" && next !== undefined ? { ...next, proved: true, linked: true } : color.release;
    if (release === undefined) {
        return undefined;
    }
    const settled = kind === "finish" ? complete : color.replicas;
    const whole = { release, replicas: settled, running: settled, ready: settled, ended: 0 };
    return {
        service: { ...service, intent: undefined, [name]: { ...color, ...whole } },
        color: name,
        release,
        replicas: settled,
        settings,
        kind,
    };
}

/** An interrupted rolling release comes first. It goes on to what is wanted, or it is settled and all else waits. */
export function overRoll(observed: ObservedService, open: SettledRoll, desired: Desired, decide: Decide): Plan {
    const { service, color, release, settings, kind, replicas } = open;
    const decided = decide(service, desired);
    if (decided.row === "drift" || decided.row === "repair") {
        // A repair restores what is recorded. That is never the release that the color was becoming.
        return decide(observed, desired);
    }
    if (decided.row === "roll" && decided.refusal === undefined) {
        return decided;
    }
    const { refusal } = decided;
    const isWanted = refusal === undefined && decided.link.live === color && same(decided[color].release, release);
    // A service that another one takes places from may leave with this `up`, so routes do not wait.
    const routes = refusal === undefined ? desired.routes : service.routes;
    const isAll = isWanted && decided[color].replicas === replicas;
    const { places } = desired;
    // As many containers as the roll had begun: with more, a complete one would be incomplete when this `up` dies too.
    const settled = roll(service, { release, replicas, routes, places }, color, settings);
    const begins = `${kind === "finish" ? "finishes" : "takes back"} an interrupted rolling release`;
    const what = settled.link.act ? "What else" : "What";
    const rest =
        refusal === undefined ? ` ${what} the config asks for waits for the next up.` : ` Then ${decided.sentence}`;
    return {
        ...settled,
        row: "recovery",
        sentence: `${begins}: ${settled.sentence}${isAll ? "" : rest}`,
        refusal,
        link: { ...settled.link, act: settled.link.act || refusal !== undefined },
    };
}
