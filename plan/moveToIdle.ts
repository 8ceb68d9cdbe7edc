import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { canary, sizeOf } from "./canary";
import type { Desired } from "./Desired";
import { goBack } from "./goBack";
import { same } from "./held";
import { moveOf } from "./Move";
import { finishRelease, newRelease } from "./newRelease";
import type { Plan } from "./Plan";
import { canaryOf } from "./prospect";
import { judging } from "./releaseWords";
import { wait } from "./wait";

/** Moves the link to the idle color, which may hold the wanted release already. */
export function moveToIdle(service: ObservedService, desired: Desired, target: Color): Plan {
    const { release: wanted, replicas, policy } = desired;
    const held = same(service[target].release, wanted) ? service[target].release : undefined;
    const isNew = held === undefined || !held.linked;
    // A release that users had before gets all requests at once.
    const strategy = isNew ? canaryOf(service, desired) : undefined;
    // A canary can have fewer containers until it has all requests.
    const size = strategy === undefined ? { replicas, deployed: replicas } : sizeOf(service, strategy, replicas);
    if (isNew && !policy.autoPromotion && (wanted.id === undefined || desired.promote !== wanted.id)) {
        return wait(service, { ...desired, replicas: size.deployed }, target);
    }
    const move = moveOf(service, desired, size, { target, isNew });
    if (held?.linked) {
        return goBack(move, held);
    }
    const { plan, begun } = held === undefined ? newRelease(move) : finishRelease(move, held);
    const { after, rerouting } = move;
    return strategy === undefined
        ? plan
        : canary(service, plan, strategy, { begun, judged: judging(policy), after, rerouting });
}
