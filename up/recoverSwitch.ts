import { isGivingBack, type SwitchIntent } from "../model/Intent";
import { LinkValue } from "../model/LinkValue";
import { withMove } from "../model/linkHistory";
import { trafficOf } from "../model/trafficNoun";
import type { Recovery } from "../plan/Plan";
import { madeNow, settleRecord } from "./linkRecord";
import { moveLink } from "./moveLink";
import { PlanOutdated } from "./PlanOutdated";
import { linkTo, pointTo } from "./pointTo";
import { goOnBack } from "./takeBack";
import type { Up } from "./Up";

/** Finishes or undoes a switch that an interrupted `up` left open. Does nothing when there is none. */
export async function recoverSwitch(
    up: Up,
    { kind, live, release: id, percent = 0 }: Recovery,
    retryToken: string | undefined,
): Promise<void> {
    const { intent, releases } = await up.journal.recorded();
    if (intent?.kind !== "switch") {
        return;
    }
    const isPlanned = kind === "finish" ? live === intent.to && id === intent.release : live === intent.from;
    if (!isPlanned) {
        throw begunMeanwhile(up.service);
    }
    const release = id === undefined ? undefined : releases[id];
    up.progress.status(`${kind === "finish" ? "finishing" : "taking back"} the interrupted switch`);
    if (kind === "finish" && isGivingBack(intent)) {
        return giveBack(up, intent);
    }
    const { from, verdict } = intent;
    if (kind === "finish" && live !== "none" && live !== from && verdict !== undefined) {
        return goOnBack(up, live, intent, verdict);
    }
    if (kind === "finish" && live !== "none" && release !== undefined) {
        // The whole switch once more, so that it is moved back if it still cannot be confirmed.
        const { farewell, bakeMs, step, sticky } = intent;
        const to = LinkValue.to(live).withPercent(percent, sticky);
        await moveLink(up, to, release, { retryToken, farewell, bakeMs, verdict, step });
        return;
    }
    await up.journal.enter("link: undo");
    // Not confirmed: it was, before the switch that is taken back, and a sick old release must not block the fix.
    await pointTo(up, linkTo(live));
    if (live !== "none" && release !== undefined) {
        const back = { from: intent.to, to: live, release: release.id, verdict: intent.verdict };
        await settleRecord(up, back, "taken back");
    } else {
        const move = await madeNow(up, { from: intent.to, to: "none", result: "taken back" });
        await up.journal.record(now => ({
            ...now,
            intent: undefined,
            link: { live: "none" },
            history: withMove(now, move),
        }));
    }
}

/** @returns the error of an `up` that was planned before another one began. An `up` that is planned later settles it first. */
export function begunMeanwhile(service: string, what: "switch" | "rolling release" = "switch"): PlanOutdated {
    return new PlanOutdated(
        `${service}: another up has begun a ${what} since this one was planned. Nothing was done. Run pulumi up again`,
    );
}

/** Takes a canary's share back: everything goes to the live color. Does nothing where there is none. */
export async function withdraw(up: Up, { live, release: id = "" }: Recovery): Promise<void> {
    const { link, releases } = await up.journal.recorded();
    if (live === "none" || link.percent === undefined) {
        return;
    }
    up.progress.status(`link: ${live} serves all ${trafficOf(releases[id])}`);
    await up.journal.enter("link: intent");
    const intent: SwitchIntent = { kind: "switch", from: live, to: live, percent: 0, release: releases[id]?.id ?? id };
    await up.journal.record(record => ({ ...record, intent }));
    await giveBack(up, intent);
}

/** Everything goes to the live color again. Not confirmed: it was, when it became live. */
async function giveBack(up: Up, intent: SwitchIntent): Promise<void> {
    await pointTo(up, LinkValue.to(intent.to));
    await up.journal.enter("link: confirmed");
    await settleRecord(up, intent, intent.verdict === undefined ? "confirmed" : "moved back");
}

/**
 * Writes a link again that the interrupted removal of a service has taken away. The service's rolling release stays open. Does
 * nothing where the link was written again already.
 */
export async function linkAgain(up: Up, { live, percent = 0 }: Recovery): Promise<void> {
    const { intent, link } = await up.journal.recorded();
    if (live === "none" || intent?.kind !== "roll" || !intent.removes) {
        return;
    }
    up.progress.status(`writing the link to ${live} again`);
    // Not confirmed: the color is in the middle of a rolling release, which confirms all of it at its end.
    await pointTo(up, LinkValue.to(live).withPercent(percent, link.sticky));
    const { removes: _, ...open } = intent;
    await up.journal.record(record => ({ ...record, intent: open }));
}
