import { type Problem, solvedByRemoving } from "./Problem";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";

/** @returns what does not fit together in the front's redirects and the hosts of the services */
export function checkRedirects({ front, services }: StackConfig, isSound: IsSound): Problem[] {
    return Object.entries(front.redirects).flatMap(([host, target]): Problem[] => {
        const path = ["front", "redirects", host];
        if (!isSound(...path)) {
            return [];
        }
        const owner = Object.keys(services).find(name => services[name]!.hosts?.includes(host));
        if (owner !== undefined) {
            return [
                solvedByRemoving(path, `redirects a host of the service ${owner}, which would get no request then`),
            ];
        }
        const next = target.replace(/^https?:\/\//, "").replace(/:\d+$/, "");
        if (next === host || Object.hasOwn(front.redirects, next)) {
            return [solvedByRemoving(path, `leads to ${next}, which redirects too`)];
        }
        return [];
    });
}
