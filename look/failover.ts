import { backendName } from "../haproxy/names";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import type { LinkValue } from "../model/LinkValue";
import type { ObservedService } from "../model/ObservedService";

/**
 * @param workers that take new connections
 * @returns whether a service's idle color answers while no server of the live one is up, or does so now. Where workers differ,
 * what touches the idle color least counts
 */
export function observedFailover(workers: readonly Worker[], service: string): ObservedService["failover"] {
    const prepared = workers.flatMap(worker => {
        const link = worker.links.get(service);
        return link?.failover ? [{ worker, link }] : [];
    });
    if (prepared.length === 0) {
        return undefined;
    }
    return prepared.some(({ worker, link }) => isAnswering(worker, service, link)) ? "answers" : "waits";
}

/**
 * @param link of the service in HAProxy's file
 * @returns the same of a HAProxy that does not run, as it will be once it has started
 */
export function failoverAtStart(
    link: LinkValue | undefined,
    colors: Pick<ObservedService, Color>,
): ObservedService["failover"] {
    if (link === undefined || !link.failover || link.live === "none") {
        return undefined;
    }
    return colors[link.live].ready === 0 && colors[link.idle].ready > 0 ? "answers" : "waits";
}

/** The same decision as that of the listener (front/failover.ts). */
function isAnswering(worker: Worker, service: string, { live, idle }: LinkValue): boolean {
    return live !== "none" && !hasServer(worker, service, live) && hasServer(worker, service, idle);
}

function hasServer({ backends }: Worker, service: string, color: Color): boolean {
    const servers = [...(backends.get(backendName(service, color))?.servers.values() ?? [])];
    return servers.some(({ up, admin }) => up && admin === "ready");
}
