import { backendName } from "../haproxy/names";
import type { LinkValue } from "../model/LinkValue";
import { currentWorkers, type World } from "../model/World";

/** @returns the link that HAProxy follows now; undefined when it leads to no container that is up. */
export function answeredLink({ front }: World, service: string): LinkValue | undefined {
    const workers = currentWorkers(front);
    const link = workers[0]?.links.get(service);
    if (link === undefined || link.live === "none") {
        return undefined;
    }
    const backend = backendName(service, link.live);
    const isAnswered = workers.every(({ links, backends }) => {
        const servers = [...(backends.get(backend)?.servers.values() ?? [])];
        return link.equals(links.get(service)) && servers.some(({ up, admin }) => up && admin === "ready");
    });
    return isAnswered ? link : undefined;
}
