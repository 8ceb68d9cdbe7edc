import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { afterwards } from "../model/words";
import type { Desired } from "./Desired";
import type { ColorPlan, PlanBase } from "./Plan";
import { judging } from "./releaseWords";
import { type Rerouting, rerouting } from "./rerouting";
import { asObserved, leftBehind } from "./unchanged";

/** A move of the link to the idle color: what all rows of the plan table with such a move have in common. */
export interface Move {
    service: ObservedService;
    /** What the user asks for; its `replicas` are those that the deployment starts. */
    desired: Desired;
    /** The color that gets the link. */
    target: Color;
    /** What the target's color will be, without its release. */
    work: Pick<ColorPlan, "replicas" | "deployed"> & { state: "running" };
    base: PlanBase;
    rerouting: Rerouting;
    /** The move in words, `the link moves blue => green`. */
    moves: string;
    /** What happens after it, in words. */
    after: string;
}

/**
 * Prepares a move of the link.
 * @param size the containers of the target after this `up`, and those that its deployment starts
 * @param isNew whether users get the release for the first time, so that it is judged
 */
export function moveOf(
    service: ObservedService,
    desired: Desired,
    size: Required<Pick<ColorPlan, "replicas" | "deployed">>,
    { target, isNew }: { target: Color; isNew: boolean },
): Move {
    const previous = service.live as Color;
    const { policy, release } = desired;
    const routed = rerouting(service, desired);
    const { replicas, deployed } = size;
    return {
        service,
        desired: { ...desired, replicas: deployed },
        target,
        work: { replicas, ...(deployed < replicas ? { deployed } : {}), state: "running" },
        base: {
            ...asObserved(service),
            [previous]: leftBehind(service[previous], policy.previousColor),
            link: { live: target, expect: release.id, routes: routed.routes, act: true },
        },
        rerouting: routed,
        moves: `the link moves ${previous} => ${target}${isNew ? judging(policy) : ""}`,
        after: [afterwards(previous, policy.previousColor), ...routed.words].join("; "),
    };
}
