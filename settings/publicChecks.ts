import { setCommand } from "./configCommands";
import { type Problem, solvedByRemoving } from "./Problem";
import { namedHosts } from "./routes";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";

/** @returns the problem of a PROXY protocol that no proxy may speak */
export function checkProxyProtocol({ front }: StackConfig, isSound: IsSound): Problem[] {
    const isKnown = isSound("front", "proxyProtocol") && isSound("front", "trustedProxies");
    if (!isKnown || !front.proxyProtocol || front.trustedProxies.length > 0) {
        return [];
    }
    const message = "is true, but nobody may speak it: front.trustedProxies is empty";
    return [
        {
            path: ["front", "proxyProtocol"],
            message,
            fix: setCommand(["front", "trustedProxies", 0], "192.0.2.10"),
        },
    ];
}

/** @returns what does not fit together in the front's redirects and the hosts of the services */
export function checkRedirects({ front, services }: StackConfig, isSound: IsSound): Problem[] {
    return Object.entries(front.redirects).flatMap(([host, target]): Problem[] => {
        const path = ["front", "redirects", host];
        if (!isSound(...path)) {
            return [];
        }
        const owner = Object.keys(services).find(name => namedHosts(services[name]!).some(([named]) => named === host));
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
