import { openRequests } from "../look/openRequests";
import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { containersOf, type World } from "../model/World";
import type { ColorState } from "../plan/Plan";
import { asObserved } from "../plan/unchanged";
import { type ContainerStatus, containerStatus } from "./ContainerStatus";

/** One color of a service, as `npm run status` shows it. */
export interface ColorStatus {
    state: ColorState;
    release: {
        id: string;
        image: string;
        digest: string;
        proved: boolean;
        /** Null where an earlier version of relink proved it. */
        provedAt: string | null;
        ageSeconds: number | null;
        judgedBad: string | null;
    } | null;
    replicas: number;
    running: number;
    ready: number;
    /** Requests in work or waiting, WebSockets included. */
    open: number;
    /** Those of `open` that are in soft-stopped workers. */
    openInOldWorkers: number;
    containers: ContainerStatus[];
}

/**
 * @param at now, by the Docker host's clock
 * @returns one color of an observed service
 */
export function colorStatus(world: World, observed: ObservedService, color: Color, at: Date): ColorStatus {
    const { release, replicas, running, ready } = observed[color];
    const { name } = observed;
    const { requests, perWorker } = openRequests(world, name, color);
    const since = release?.provedAt;
    return {
        state: asObserved(observed)[color].state,
        release: release
            ? {
                  id: release.id,
                  image: release.image,
                  digest: release.digest,
                  proved: release.proved,
                  provedAt: since ?? null,
                  ageSeconds: since === undefined ? null : Math.round((at.getTime() - Date.parse(since)) / 1000),
                  judgedBad: release.judgedBad?.reason ?? null,
              }
            : null,
        replicas,
        running,
        ready,
        open: requests,
        openInOldWorkers: perWorker.filter(({ old }) => old).reduce((sum, { requests }) => sum + requests, 0),
        containers: containersOf(world, name, color).map(container =>
            containerStatus(world, observed, color, container),
        ),
    };
}
