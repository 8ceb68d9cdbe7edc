import type { Color } from "../model/Color";
import { isGivingBack } from "../model/Intent";
import { LinkValue } from "../model/LinkValue";
import type { Live } from "../model/Live";
import { linkedTo } from "../model/Record";
import type { RecordedRelease } from "../model/Release";
import { placeOf, type Route, routeText } from "../model/Route";
import { shareText } from "../model/Share";
import { verifyHookRan } from "../plan/hookRuns";
import { bakeMsOf } from "./BakePolicy";
import { bake } from "./bake";
import { settleFailover } from "./failover";
import type { Leaving, LinkAction } from "./LinkAction";
import { leave } from "./leave";
import { moveLink } from "./moveLink";
import { PlanOutdated } from "./PlanOutdated";
import { pointTo } from "./pointTo";
import { readyRelease } from "./readyRelease";
import { recover } from "./recover";
import { begunMeanwhile, withdraw } from "./recoverSwitch";
import { requireFront } from "./requireFront";
import { retain } from "./retention";
import { notePorts, route } from "./route";
import type { Seen } from "./Seen";
import type { Up } from "./Up";
import { walkTo } from "./walk";

/** What a service's link is to be after this `up`. */
export interface LinkWish {
    /** The color that users reach. */
    to: Live;
    /** Whether the other color keeps a share of the requests. */
    isShared: boolean;
    routes: readonly Route[];
}

/**
 * Moves a service's link, and does what comes with it: what an `up` that died left is put right, a canary walks its
 * shares, routes follow, the release is judged, and the previous color is kept, stopped or removed.
 * @throws PlanOutdated where the live system is not what the plan was made from; SwitchFailed; Error where the front is not ready
 * for a route that would open
 */
export async function relink(up: Up, wish: LinkWish, action: LinkAction): Promise<void> {
    if (action.refusal === undefined || action.recovery !== undefined) {
        await up.journal.take(action.policy.lockTimeoutMs);
        await recover(up, action.recovery, action.bake);
    }
    if (action.refusal !== undefined) {
        if (action.recovery !== undefined) {
            await settleFailover(up, action.failover);
        }
        throw new Error(`${up.service}: ${action.refusal}`);
    }
    const seen = await up.look();
    await requirePlanned(up, seen, wish, action);
    await requireFront(up, wish.routes, seen.service.routes, action.needs);
    const from = seen.service.live;
    if (gains(wish, action, from) && (await gain(up, seen, wish, action)) === "background service") {
        return;
    }
    await settleShare(up, wish, action, from);
    await route(up, { ...action, routes: wish.routes });
    await bake(up, action.bake);
    const hasMoved = wish.to !== "none" && wish.to !== from;
    if (hasMoved) {
        await retain(up, action.policy.keepReleases);
    }
    const leaving: Leaving | undefined =
        hasMoved && from !== "none" ? { color: from, farewell: farewellOf(action) } : action.leave;
    if (leaving !== undefined) {
        await leave(up, leaving, action.policy);
    }
    await settleFailover(up, action.failover);
}

/** Refuses to go on where another `up`, or somebody's hand, has changed the link or the routes since the plan was made. */
async function requirePlanned(
    up: Up,
    { service: seen }: Seen,
    { routes }: LinkWish,
    action: LinkAction,
): Promise<void> {
    const { service } = up;
    const { live, percent } = seen;
    const again = "Nothing was done. Run pulumi up again";
    if (live !== action.from || percent !== action.percent) {
        const link = (live: Live, share: number) => (share > 0 ? `${live} with ${shareText(share)} elsewhere` : live);
        const planned = link(action.from, action.percent);
        throw new PlanOutdated(
            `${service}: the link is ${link(live, percent)}, but the plan was made when it was ${planned}. ${again}`,
        );
    }
    // What the plan does not know may be all that answers requests which another service is still to take.
    const known = new Set([...action.heldPlaces, ...routes.map(placeOf)]);
    const unknown = seen.routes.filter(route => !known.has(placeOf(route)));
    if (unknown.length > 0) {
        const names = unknown.map(routeText).join(", ");
        throw new PlanOutdated(`${service}: ${names} leads to it only since the plan was made. ${again}`);
    }
    const others = Object.keys(action.standIns);
    if (others.length > 0 && !(await up.front.routes.lead(action.standIns))) {
        const led = `${others.join(", ")} led to other services when the plan was made, and does not any more`;
        throw new PlanOutdated(`${service}: ${led}. ${again}`);
    }
}

/** Whether a color gets the link, or a share of it, that did not have it. */
function gains({ to }: LinkWish, { walk }: LinkAction, from: Live): boolean {
    const target = walk?.color ?? to;
    return to !== "none" && target !== "none" && target !== from;
}

/** Gives a color the link or its shares, once its release is proved and ready. */
async function gain(
    up: Up,
    seen: Seen,
    { to, routes }: LinkWish,
    action: LinkAction,
): Promise<"moved" | "background service"> {
    const target = (action.walk?.color ?? to) as Color;
    const from = seen.service.live;
    requireNothingBegun(up, seen, action);
    verifyHookRan(up.service, "prePromotion", action);
    const started = up.clock.nowMs();
    const release = readyRelease(seen, action, target, action.walk?.steps[0]?.replicas);
    await noteHook(up, seen, action);
    if (release.settings.port === undefined) {
        await own(up, target, release);
        return "background service";
    }
    await notePorts(up, routes, seen.service.routes);
    await walkTo(up, to, action, from);
    if (action.restore && release.judgedBad !== undefined) {
        // Users get back what there is. That is not a new try: it is neither confirmed nor judged, and stays judged bad.
        up.progress.status(`writing the link to ${to} again`);
        await pointTo(up, LinkValue.to(target));
    } else if (to === target) {
        const { retryToken } = action.policy;
        // A release that was live before and is warm needs no second judgement.
        const bakeMs = release.linked ? undefined : bakeMsOf(action.bake);
        await moveLink(up, LinkValue.to(to), release, { retryToken, farewell: farewellOf(action), bakeMs });
        const tookMs = up.clock.nowMs() - started;
        up.progress.info(`link ${from} => ${to}, confirmed through the public listener after ${tookMs} ms`);
    }
    return "moved";
}

/** Refuses to go on where another `up` has begun a switch or a rolling release since the plan was made. */
function requireNothingBegun({ service }: Up, { record: { intent }, service: { percent } }: Seen, action: LinkAction) {
    // A share that is all that answers users stays, whichever `up` began to take it back (plan/settle.ts).
    const isOpen = intent?.kind === "switch" && !(isGivingBack(intent) && percent > 0);
    if (!action.restore && (isOpen || intent?.kind === "roll")) {
        throw begunMeanwhile(service, intent.kind === "roll" ? "rolling release" : "switch");
    }
}

/** Remembers whether the release had a prePromotion hook. */
async function noteHook(up: Up, { record }: Seen, { hooks: { prePromotion } }: LinkAction): Promise<void> {
    if (prePromotion !== undefined && prePromotion !== record.hooks.prePromotion) {
        await up.journal.record(record => ({ ...record, hooks: { ...record.hooks, prePromotion } }));
    }
}

/** No request goes to a background service, so the record alone says which color is its own. */
async function own(up: Up, to: Color, release: RecordedRelease): Promise<void> {
    await up.journal.enter("link: confirmed");
    const at = (await up.clock.hostNow()).toISOString();
    await up.journal.record(record => linkedTo(record, to, release, { at, by: up.journal.owner }));
}

/** Where the link stays: takes back a share that is not wanted any more, or writes again what somebody edited. */
async function settleShare(up: Up, { to, isShared }: LinkWish, action: LinkAction, from: Live): Promise<void> {
    if (to === "none" || to !== from) {
        return;
    }
    const { link, [to]: color } = await up.journal.recorded();
    if (link.percent !== undefined && !isShared && action.walk === undefined) {
        await withdraw(up, { kind: "withdraw", live: to, release: color.release });
    } else if (action.restore) {
        up.progress.status(`writing the link to ${to} again`);
        const confirmed = LinkValue.to(to).withPercent(link.percent ?? 0, link.sticky);
        // The idle color may be all that answers now. What becomes of failover is settled at the end.
        const hasFailover = link.percent === undefined && (await up.look()).service.failover !== undefined;
        await pointTo(up, hasFailover ? confirmed.withFailover() : confirmed);
    }
}

function farewellOf({ policy: { previousColor } }: LinkAction): Leaving["farewell"] {
    return previousColor === "keep" ? undefined : previousColor;
}
