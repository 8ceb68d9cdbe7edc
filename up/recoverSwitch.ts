import { LinkValue } from "../model/LinkValue";
import { withMove } from "../model/linkHistory";
import { isGivingBack, type SwitchIntent } from "../model/Observed";
import type { Recovery } from "../plan/settle";
import type { Session } from "../providers/Session";
import { madeNow, settleRecord } from "./linkRecord";
import { moveLink } from "./moveLink";
import type { Progress } from "./Progress";
import { linkTo, pointTo } from "./pointTo";

/** Finishes or undoes a switch that an interrupted `up` left open. Does nothing when there is none. */
export async function recoverSwitch(
    session: Session,
    service: string,
    { kind, live, release: id, percent = 0 }: Recovery,
    retryToken: string | undefined,
    progress: Progress,
): Promise<void> {
    const { intent, releases } = await session.recorded(service);
    if (intent?.kind !== "switch") {
        return;
    }
    const isPlanned = kind === "finish" ? live === intent.to && id === intent.release : live === intent.from;
    if (!isPlanned) {
        throw begunMeanwhile(service);
    }
    const release = id === undefined ? undefined : releases[id];
    progress.status(`${kind === "finish" ? "finishing" : "taking back"} the interrupted switch`);
    if (kind === "finish" && isGivingBack(intent)) {
        return giveBack(session, service, intent);
    }
    if (kind === "finish" && live !== "none" && release !== undefined) {
        // The whole switch once more, so that it is moved back if it still cannot be confirmed.
        const { farewell, bakeMs, verdict, step, sticky } = intent;
        const to = LinkValue.to(live).withPercent(percent, sticky);
        await moveLink(session, service, to, release, { retryToken, farewell, bakeMs, verdict, step }, progress);
        return;
    }
    await session.enter("link: undo");
    // Not confirmed: it was, before the switch that is taken back, and a sick old release must not block the fix.
    await pointTo(session, service, linkTo(live));
    if (live !== "none" && release !== undefined) {
        const back = { from: intent.to, to: live, release: release.id, verdict: intent.verdict };
        await settleRecord(session, service, back, "taken back");
    } else {
        const move = await madeNow(session, { from: intent.to, to: "none", result: "taken back" });
        await session.record(service, now => ({
            ...now,
            intent: undefined,
            link: { live: "none" },
            history: withMove(now, move),
        }));
    }
}

/** Whoever plans after its beginning settles it first. */
export function begunMeanwhile(service: string, what: "switch" | "rolling release" = "switch"): Error {
    return new Error(
        `${service}: another up has begun a ${what} since this one was planned. Nothing was done. Run pulumi up again`,
    );
}

/** Takes a canary's share back: everything goes to the live color. Does nothing where there is none. */
export async function withdraw(
    session: Session,
    service: string,
    { live, release: id = "" }: Recovery,
    progress: Progress,
): Promise<void> {
    const { link, releases } = await session.recorded(service);
    if (live === "none" || link.percent === undefined) {
        return;
    }
    progress.status(`link: ${live} serves all requests`);
    await session.enter("link: intent");
    const intent: SwitchIntent = { kind: "switch", from: live, to: live, percent: 0, release: releases[id]?.id ?? id };
    await session.record(service, record => ({ ...record, intent }));
    await giveBack(session, service, intent);
}

/** Everything goes to the live color again. Not confirmed: it was, when it became live. */
async function giveBack(session: Session, service: string, intent: SwitchIntent): Promise<void> {
    await pointTo(session, service, LinkValue.to(intent.to));
    await session.enter("link: confirmed");
    await settleRecord(session, service, intent, intent.verdict === undefined ? "confirmed" : "moved back");
}
