import { routeKey, routeValue } from "../../../../haproxy/routes";
import type { Color } from "../../../../model/Color";
import { type Farewell, isGivingBack } from "../../../../model/Intent";
import { LinkValue } from "../../../../model/LinkValue";
import { sameRoutes } from "../../../../model/Route";
import type { BakePolicy } from "../../../../up/BakePolicy";
import { bake } from "../../../../up/bake";
import { moveLink } from "../../../../up/moveLink";
import { pointTo } from "../../../../up/pointTo";
import { recover } from "../../../../up/recover";
import { withdraw } from "../../../../up/recoverSwitch";
import { bring, declaredHooks, slotsOf } from "./deploy";
import { portsOf } from "./SimulatedPorts";
import { ReleaseFailed, type SimulatedUp } from "./SimulatedUp";

/** The switch and what comes behind it, as providers/Link.ts does it. The procedures themselves are the real ones. */
export async function relink(up: SimulatedUp): Promise<void> {
    const { made, world, desired } = up;
    const ports = portsOf(up);
    const { retryToken } = desired.policy;
    const known = (id: string) => world.record.releases[id]!;
    if (made.refusal === undefined || made.recovery !== undefined) {
        up.take();
        await recover(portsOf(up), made.recovery, bakePolicyOf(up));
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
            await moveLink(ports, LinkValue.to(from as Color).withPercent(step.weight, walk?.sticky), known(release), {
                retryToken,
                step,
            });
            await bake(ports, bakePolicyOf(up));
        }
        if (walk !== undefined && to === target) {
            await grow(up, target, made[target].replicas);
        }
        if (made.row === "repair" && color.release?.judgedBad !== undefined) {
            await pointTo(ports, LinkValue.to(to));
        } else if (to === target) {
            const { bakeTimeMs } = desired.policy;
            const bakeMs = color.release?.linked || bakeTimeMs === 0 ? undefined : bakeTimeMs;
            await moveLink(ports, LinkValue.to(to), known(release), { retryToken, farewell, bakeMs });
        }
    }
    if (to !== "none" && to === from) {
        const { percent } = world.record.link;
        if (percent !== undefined && made.link.percent === undefined && walk === undefined) {
            await withdraw(ports, { kind: "withdraw", live: to, release: world.record[to].release });
        } else if (made.row === "repair") {
            await pointTo(ports, LinkValue.to(to).withPercent(percent ?? 0));
        }
    }
    await route(up);
    await bake(ports, bakePolicyOf(up));
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
        await pointTo(portsOf(up), LinkValue.none());
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

/** How what has become live is judged. One request is enough for a verdict, or lives take long. */
export function bakePolicyOf({ desired }: SimulatedUp): BakePolicy {
    const { bakeTimeMs, analysis, retryToken } = desired.policy;
    return {
        bakeTimeMs,
        analysis: { ...analysis, minRequests: 1, intervalMs: bakeTimeMs },
        hooks: {},
        retryToken,
        host: "web",
        url: "http://web",
    };
}
