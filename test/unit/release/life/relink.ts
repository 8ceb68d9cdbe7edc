import { routeKey, routeValue } from "../../../../haproxy/routes";
import type { Color } from "../../../../model/Color";
import type { LinkMove } from "../../../../model/LinkMove";
import {
    type Farewell,
    farewellOf,
    type Intent,
    idleColor,
    isGivingBack,
    isRewriting,
    type Live,
    nextOf,
    type ObservedService,
    type SwitchIntent,
    targetOf,
    type Verdict,
} from "../../../../model/Observed";
import type { ServiceRecord } from "../../../../model/Record";
import { sameRoutes } from "../../../../model/Route";
import { type Answered, judge } from "../../../../plan/analysis";
import { isDeserted, type Recovery } from "../../../../plan/settle";
import { bring, declaredHooks, isServing, slotsOf } from "./deploy";
import { type Faults, ReleaseFailed, type SimulatedUp } from "./SimulatedUp";
import { Broken } from "./SimulatedWorld";

/** The switch and what comes behind it, phase by phase as providers/Link.ts, moveLink.ts and bake.ts do it. */
export async function relink(up: SimulatedUp): Promise<void> {
    const { made, world, desired } = up;
    if (made.refusal === undefined || made.recovery !== undefined) {
        up.take();
        await recover(up);
    }
    if (made.refusal !== undefined) {
        throw new ReleaseFailed(made.refusal);
    }
    const { live: from, percent } = world.look();
    const isPlanned = from === up.before.live && percent === up.before.percent;
    up.unless(isPlanned, `the link is ${from} and ${percent} %, not what the plan was made from`);
    const { previousColor } = desired.policy;
    // A repair takes nothing away.
    const farewell = previousColor === "keep" || made.row === "repair" ? undefined : previousColor;
    const to = made.link.live;
    const { walk } = made.link;
    const target = walk?.color ?? to;
    const { intent } = world.record;
    const isOpen = intent?.kind === "switch" && !(isGivingBack(intent) && percent > 0);
    const isBegun = target !== from && (isOpen || intent?.kind === "roll");
    up.unless(!isBegun || made.row === "repair", "another up has begun a switch or a rolling release");
    if (to !== "none" && target !== "none" && target !== from) {
        const color = world.look()[target];
        const release = color.release?.id ?? "";
        const isReady =
            color.release?.proved === true && color.ready >= (walk?.steps[0]?.replicas ?? made[target].replicas);
        const { judgedBad } = color.release ?? {};
        const isBad = judgedBad !== undefined && judgedBad.retryToken === desired.policy.retryToken;
        up.unless(!isBad || made.row === "repair", `rule 5: ${release} was judged bad meanwhile`);
        up.unless(release === made.link.expect && isReady, `rule 3: the link would go to ${target} on hope`);
        const { prePromotion } = declaredHooks(up);
        if (prePromotion !== undefined && prePromotion !== world.record.hooks.prePromotion) {
            await up.write(record => ({ ...record, hooks: { ...record.hooks, prePromotion } }));
        }
        for (const step of walk?.steps ?? []) {
            await grow(up, target, step.replicas ?? made[target].replicas);
            await moveLink(up, from as Color, release, { percent: step.weight, sticky: walk?.sticky, step });
            await bake(up);
        }
        if (walk !== undefined && to === target) {
            await grow(up, target, made[target].replicas);
        }
        if (made.row === "repair" && color.release?.judgedBad !== undefined) {
            await pointTo(up, to);
        } else if (to === target) {
            const { bakeTimeMs } = desired.policy;
            const bakeMs = color.release?.linked || bakeTimeMs === 0 ? undefined : bakeTimeMs;
            await moveLink(up, to, release, { farewell, bakeMs });
        }
    }
    if (to !== "none" && to === from) {
        const { percent } = world.record.link;
        if (percent !== undefined && made.link.percent === undefined && walk === undefined) {
            await withdraw(up, to, world.record[to].release);
        } else if (made.row === "repair") {
            await pointTo(up, to, percent);
        }
    }
    await route(up);
    await bake(up);
    if (to !== "none" && to !== from) {
        await up.enter("link: retain");
    }
    const left = to !== "none" && to !== from && from !== "none" ? { color: from, farewell } : made.leave;
    if (left?.farewell !== undefined) {
        await leave(up, left.color, left.farewell);
    }
}

/** A canary has so many containers, all of them proved, before it gets more. */
async function grow(up: SimulatedUp, color: Color, replicas: number): Promise<void> {
    const { world } = up;
    const { replicas: held, release } = world.record[color];
    const known = world.record.releases[release ?? ""];
    const isReady = () => world.look()[color].ready >= Math.min(replicas, world.record[color].replicas);
    up.unless(known?.proved === true && isReady(), `rule 3: ${color} would get more on hope`);
    if (known !== undefined && held < replicas) {
        await bring(up, color, known, replicas, "scale");
        up.unless(
            isReady() && world.record[color].replicas === replicas,
            `${color} has not the ${replicas} of its step`,
        );
    }
}

export async function recover(up: SimulatedUp): Promise<void> {
    const { recovery } = up.made;
    const { intent, releases } = up.world.record;
    if (recovery === undefined) {
        return;
    }
    const { kind, live, release, percent = 0 } = recovery;
    const isUnplanned = intent?.kind === "switch" && (kind === "withdraw" || kind === "bake");
    up.unless(!isUnplanned, "another up has begun a switch");
    if (kind === "withdraw") {
        await withdraw(up, live, release);
        return;
    }
    if (kind === "bake" && percent > 0) {
        await bake(up);
        return;
    }
    if (kind === "bake" && live !== "none" && release !== undefined) {
        if (releases[release]?.linked !== false) {
            return;
        }
        const begun = { kind: "bake", color: live, from: idleColor(live), release, until: "later" } as const;
        await up.write(record => ({ ...record, intent: record.intent?.kind === "bake" ? record.intent : begun }));
    } else if (intent?.kind === "switch") {
        await recoverSwitch(up, intent, recovery);
    }
    await bake(up);
}

async function recoverSwitch(
    up: SimulatedUp,
    intent: SwitchIntent,
    { kind, live, release, percent }: Recovery,
): Promise<void> {
    const { to, farewell, bakeMs, verdict, step, sticky } = intent;
    const isPlanned = kind === "finish" ? live === to && release === intent.release : live === intent.from;
    up.unless(isPlanned, "another up has begun a switch");
    if (kind === "finish" && isGivingBack(intent)) {
        await giveBack(up, intent);
        return;
    }
    if (kind === "finish" && live !== "none" && release !== undefined) {
        await moveLink(up, live, release, {
            farewell,
            bakeMs,
            verdict,
            ...(percent ? { percent, step, sticky } : {}),
        });
        return;
    }
    await up.enter("link: undo");
    await pointTo(up, live);
    if (live !== "none" && release !== undefined) {
        await settleRecord(up, { from: to, to: live, release, verdict }, "taken back");
    } else {
        await up.write(record => ({ ...record, intent: undefined, link: { live: "none" } }));
    }
}

/** A canary gives its share back. */
async function withdraw(up: SimulatedUp, live: Live, release = ""): Promise<void> {
    if (live === "none" || up.world.record.link.percent === undefined) {
        return;
    }
    await up.enter("link: intent");
    const intent: SwitchIntent = { kind: "switch", from: live, to: live, percent: 0, release };
    await up.write(record => ({ ...record, intent }));
    await giveBack(up, intent);
}

async function giveBack(up: SimulatedUp, intent: SwitchIntent): Promise<void> {
    await pointTo(up, intent.to);
    await up.enter("link: confirmed");
    await settleRecord(up, intent, intent.verdict === undefined ? "confirmed" : "moved back");
}

async function moveLink(
    up: SimulatedUp,
    to: Color,
    release: string,
    policy: Pick<SwitchIntent, "farewell" | "bakeMs" | "verdict" | "percent" | "sticky" | "step">,
): Promise<void> {
    const { world, faults } = up;
    const { rolledBack } = world.history;
    if (rolledBack.has(release) && rolledBack.get(release) === up.desired.policy.retryToken) {
        throw new Broken(`rule 5: ${release} was judged bad, and is tried again by itself`);
    }
    await up.enter("link: intent");
    const from = world.record.link.live;
    const intent: SwitchIntent = { kind: "switch", from, to, release, ...policy };
    const { percent, sticky } = intent;
    await up.write(record => ({ ...record, intent }));
    await pointTo(up, to, percent);
    await up.enter("link: confirm");
    // Where nobody is reached, HAProxy answers itself: nothing is confirmed, and nobody judged.
    const confirm = world.on(targetOf(intent)).some(isServing(up)) ? faults.confirm : "lost";
    if (confirm !== "good") {
        const isBad = confirm === "wrong" && !isRewriting(intent);
        const hasGone = await pointBack(up, from, seen => !isDeserted(seen, from, targetOf(intent)));
        if (!hasGone) {
            if (isBad) {
                const verdict = verdictOn(up, release, "it answered 500");
                await up.write(record => {
                    const link = percent === undefined ? { live: to, release } : { ...record.link, percent, sticky };
                    return withVerdict(withVerdict({ ...record, intent: undefined, link }, verdict), policy.verdict);
                });
            }
            throw new ReleaseFailed("the switch was not confirmed, and nobody is left to go back to");
        }
        const verdict = isBad ? verdictOn(up, release, "it answered 500") : undefined;
        await up.write(record => {
            const { percent: _percent, sticky: _sticky, ...link } = record.link;
            return withVerdict(withVerdict({ ...record, intent: undefined, link }, verdict), policy.verdict);
        });
        throw new ReleaseFailed("the switch was not confirmed");
    }
    await up.enter("link: confirmed");
    await settleRecord(up, intent, "confirmed");
}

async function pointTo(up: SimulatedUp, live: Live, percent = 0): Promise<void> {
    await toFile(up, live, percent);
    await toMemory(up, live, percent);
}

async function pointBack(up: SimulatedUp, live: Live, mayGo: (seen: ObservedService) => boolean): Promise<boolean> {
    const hasGone = await toMemory(up, live, 0, mayGo);
    if (hasGone) {
        await toFile(up, live, 0);
        await toMemory(up, live, 0);
    }
    return hasGone;
}

async function toFile(up: SimulatedUp, live: Live, percent: number): Promise<void> {
    await up.enter("link: file");
    await up.configure(files => {
        files.link = live;
        files.percent = percent;
    });
}

async function toMemory(
    up: SimulatedUp,
    live: Live,
    percent: number,
    mayGo: (seen: ObservedService) => boolean = () => true,
): Promise<boolean> {
    await up.enter("link: memory");
    const { world } = up;
    if (world.front.memory === undefined) {
        throw new ReleaseFailed("the front is not running");
    }
    if (!mayGo(world.look())) {
        return false;
    }
    // Nobody counts on a share that somebody else gave.
    const { link, intent } = world.record;
    const isOurs = link.percent !== undefined || (intent?.kind === "switch" && intent.percent !== undefined);
    const before = isOurs ? world.reached() : world.serving();
    world.front.memory.link = live;
    world.front.memory.percent = percent;
    const after = world.reached();
    // A copy that somebody put exactly into the place of one of ours is as good as that.
    const unproved = after.find(({ proved, isForeign }) => !proved && !isForeign);
    if (unproved !== undefined) {
        throw new Broken(`rule 3: the link points to ${unproved.name}, which was never proved`);
    }
    if (live !== "none" && after.length === 0 && before.length > 0) {
        throw new Broken(`rule 6: the link moves from what serves to ${live}, where nobody is`);
    }
    if (percent > 0 && after.every(({ color }) => color === live)) {
        throw new Broken(`rule 3: nobody is there to answer the ${percent} % beside ${live}`);
    }
    await up.called();
    return true;
}

function verdictOn({ world, desired }: SimulatedUp, release: string, reason: string): Verdict {
    const { retryToken } = desired.policy;
    world.history.rolledBack.set(release, retryToken);
    return { release, reason, retryToken };
}

function withVerdict(record: ServiceRecord, verdict: Verdict | undefined): ServiceRecord {
    const judged = verdict && record.releases[verdict.release];
    if (verdict === undefined || judged === undefined) {
        return record;
    }
    const { reason, retryToken } = verdict;
    return {
        ...record,
        releases: { ...record.releases, [verdict.release]: { ...judged, judgedBad: { reason, retryToken } } },
    };
}

async function settleRecord(
    up: SimulatedUp,
    done: Omit<SwitchIntent, "kind">,
    result: LinkMove["result"],
): Promise<void> {
    const { to, release, percent, sticky } = done;
    const intent = nextOf(done, new Date(0));
    const isBack = result !== "confirmed" || isGivingBack(done);
    if (!isBack) {
        up.world.history.rolledBack.delete(release);
        if (
            percent === undefined &&
            done.verdict === undefined &&
            (done.from === "none" || done.bakeMs === undefined)
        ) {
            // Nothing is to judge it: it is the first one, was judged before, or the user wants no judgement.
            up.world.history.baked.add(release);
        }
    }
    await up.write(record => {
        const { [release]: _void, ...judgedBad } = record.judgedBad;
        const known = record.releases[release]!;
        const isStable = percent !== undefined || isBack ? known.linked : intent?.kind !== "bake";
        const isBad = isBack && !known.linked;
        const linked = {
            ...known,
            linked: isStable || known.linked,
            judgedBad: isBad ? known.judgedBad : undefined,
        };
        return withVerdict(
            {
                ...record,
                intent,
                link: {
                    live: to,
                    release: percent === undefined ? release : record[to].release,
                    ...(percent ? { percent, sticky } : {}),
                    at: "now",
                    by: "us",
                },
                stable: isStable && percent === undefined ? { color: to, release } : record.stable,
                releases: { ...record.releases, [release]: linked },
                judgedBad,
            },
            done.verdict,
        );
    });
}

/** What users get, as HAProxy would count it. */
const answers: Record<Faults["bake"], Answered> = {
    good: { requests: 100, errors: 0, averageMs: 5 },
    bad: { requests: 100, errors: 100, averageMs: 5 },
    unknown: { requests: 0, errors: 0 },
};

/** The new release is judged; a bad one loses the link, unless nobody could take it. */
async function bake(up: SimulatedUp): Promise<void> {
    const { world, desired, faults } = up;
    const { intent } = world.record;
    if (intent?.kind !== "bake" || world.record.releases[intent.release] === undefined) {
        return;
    }
    await up.enter("link: bake");
    const verdict = judge(answers[faults.bake], answers.good, desired.policy.analysis);
    if (verdict.kind === "unknown") {
        throw new ReleaseFailed(verdict.why);
    }
    if (verdict.kind === "bad") {
        await moveBack(up, intent, verdict.why);
    }
    await up.enter("link: baked");
    if (intent.step !== undefined) {
        await up.write(record => ({ ...record, intent: undefined }));
        return;
    }
    world.history.baked.add(intent.release);
    await up.write(record => ({
        ...record,
        intent: farewellOf(intent),
        stable: { color: intent.color, release: intent.release },
        releases: { ...record.releases, [intent.release]: { ...record.releases[intent.release]!, linked: true } },
    }));
}

async function moveBack(up: SimulatedUp, bake: Extract<Intent, { kind: "bake" }>, why: string): Promise<void> {
    const { color, from, release, step } = bake;
    const { [from]: predecessor, releases } = up.world.record;
    const to = releases[predecessor.release ?? ""];
    await up.enter("link: back");
    const verdict = verdictOn(up, release, why);
    let hasGone = false;
    if (to !== undefined) {
        const whole = { kind: "switch", from: color, to: from, release: to.id, verdict } as const;
        const back: SwitchIntent = step === undefined ? whole : { ...whole, from, percent: 0 };
        await up.write(record => ({ ...record, intent: back }));
        hasGone = await pointBack(up, from, seen => seen[from].ready > 0);
        if (hasGone) {
            await settleRecord(up, back, "moved back");
        }
    }
    if (!hasGone) {
        await up.write(record => withVerdict({ ...record, intent: undefined }, verdict));
        throw new ReleaseFailed("judged bad, and nobody to go back to");
    }
    throw new ReleaseFailed(`judged bad: ${why}`);
}

async function route(up: SimulatedUp): Promise<void> {
    const { world, made, desired } = up;
    const { routes } = made.link;
    if (sameRoutes(world.look().routes, routes)) {
        return;
    }
    const wanted = Object.fromEntries(routes.map(route => [routeKey(route), routeValue(route, "web")]));
    const others = Object.entries(desired.places.wanted).filter(([, service]) => service !== "web");
    await up.enter("link: routes");
    const change = (held: { routes: Record<string, string> }) => {
        const claimed = Object.entries(held.routes).filter(([key]) => others.some(([place]) => `${place}/` === key));
        held.routes = { ...Object.fromEntries(claimed), ...wanted };
    };
    await up.configure(change);
    if (world.front.memory !== undefined) {
        change(world.front.memory);
        await up.called();
    }
    await up.write(record => ({ ...record, routes }));
}

async function leave(up: SimulatedUp, color: Color, farewell: Farewell): Promise<void> {
    const { world, faults } = up;
    const containers = world.on(color);
    await up.drain(color, slotsOf(containers));
    await up.enter("link: leave");
    await up.configure(files => {
        files.slots[color] = {};
    });
    await up.setSlots(color, slotsOf(containers), "maint");
    if (farewell === "remove") {
        await up.write(record => ({ ...record, [color]: { ...record[color], replicas: 0, release: undefined } }));
    }
    if (faults.cleanUp) {
        return;
    }
    for (const container of containers) {
        world.stop(container);
        await up.called();
        if (farewell === "remove") {
            world.remove(container);
            await up.called();
        }
    }
    await up.enter("link: left");
    await up.write(record => ({ ...record, intent: undefined }));
}

/** Removes the link and the routes; the deletion of the colors comes after it. */
export async function unlink(up: SimulatedUp): Promise<void> {
    const { world } = up;
    up.take();
    await up.enter("link: delete");
    await up.configure(files => {
        files.routes = {};
    });
    if (world.front.memory !== undefined) {
        world.front.memory.routes = {};
        await pointTo(up, "none");
    }
    await up.write(record => ({ ...record, link: { live: "none" }, intent: undefined, routes: [] }));
    for (const color of ["blue", "green"] as const) {
        await up.drain(color, slotsOf(world.on(color)));
    }
    await up.configure(files => {
        files.link = undefined;
    });
    if (world.front.memory !== undefined) {
        world.front.memory.link = undefined;
        await up.called();
    }
}
