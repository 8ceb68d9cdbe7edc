import { backendName } from "../haproxy/names";
import type { LinkValue } from "../model/LinkValue";
import { currentWorkers, type World } from "../model/World";

/** @returns the link that HAProxy follows now; undefined when it leads to no container that is up, not even by failover. */
export function answeredLink({ front }: World, service: string): LinkValue | undefined {
    const workers = currentWorkers(front);
    const link = workers[0]?.links.get(service);
    if (link === undefined || link.live === "none") {
        return undefined;
    }
    const colors = link.failover ? [link.live, link.idle] : [link.live];
    const isAnswered = workers.every(({ links, backends }) => {
        const servers = colors.flatMap(color => [
            ...(backends.get(backendName(service, color))?.servers.values() ?? []),
        ]);
        return link.equals(links.get(service)) && servers.some(({ up, admin }) => up && admin === "ready");
    });
    return isAnswered ? link : undefined;
}
