import { isReady } from "../look/isReady";
import { openRequests, serverOf } from "../look/openRequests";
import type { Color } from "../model/Color";
import { type ContainerInfo, slotOf } from "../model/Container";
import type { ServerStat } from "../model/FrontState";
import type { ObservedService } from "../model/ObservedService";
import type { World } from "../model/World";

/** One container of a service, as `npm run status` shows it. */
export interface ContainerStatus {
    name: string;
    slot: number;
    /** Its state in Docker's words. */
    docker: string;
    /** The state of its slot in HAProxy's words, such as `UP` or `DOWN L7STS 500`; null while HAProxy does not answer. */
    haproxy: string | null;
    ready: boolean;
    open: number;
    startedAt: string | null;
    restarts: number;
    /** Whether it is of another release than its color. */
    stray: boolean;
}

/** @returns one container of an observed service's color */
export function containerStatus(
    world: World,
    observed: ObservedService,
    color: Color,
    container: ContainerInfo,
): ContainerStatus {
    const { name } = observed;
    const slot = slotOf(container);
    const server = serverOf(world, name, color, slot);
    return {
        name: container.name,
        slot,
        docker: container.status,
        haproxy: server === undefined ? null : wordsOf(server),
        ready: world.front !== undefined && isReady(world, name, color, container),
        open: openRequests(world, name, color, slot).requests,
        startedAt: container.startedAt?.toISOString() ?? null,
        restarts: container.restartCount,
        stray: observed[color].strays.includes(container.name),
    };
}

function wordsOf({ status, checkStatus, checkCode, admin }: ServerStat): string {
    const failed = /^DOWN/.test(status)
        ? [checkStatus, checkCode].filter(word => word !== undefined && word !== "")
        : [];
    return [admin === "maint" ? "MAINT" : status, ...failed].join(" ");
}
