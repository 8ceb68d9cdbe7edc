import type { ConfigPath } from "./ConfigPath";
import { removeCommand, setCommand } from "./configCommands";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import { requestKeys } from "./requestKeys";
import type { ServiceScope } from "./ServiceScope";
import type { ServiceConfig } from "./schema";

/** @returns what does not fit together in a service's protocol and its other settings */
export function checkTcp(scope: ServiceScope): Problem[] {
    if (!scope.isSound("protocol")) {
        return [];
    }
    return scope.config.protocol === "tcp" ? checkTcpService(scope) : checkHttpService(scope);
}

function checkTcpService(scope: ServiceScope): Problem[] {
    const { port, listen } = scope.config;
    if (scope.isSound("port") && port === undefined) {
        // Either the port is missing, or the service is a background service (strategyChecks.ts).
        return [];
    }
    const isMissing = scope.isSound("listen") && listen === undefined;
    const missing = "is missing: a service of protocol: tcp gets its connections at a port of the Docker host";
    const message =
        "is set, but a service of protocol: tcp has connections, and the front does not read what is in them";
    return [
        ...(isMissing ? [solvedBySetting(scope.at("listen", "port"), missing, "PORT")] : []),
        ...settingsForHttp(scope.config)
            .filter(([keys, isSet]) => isSet && scope.isSound(...keys))
            .map(([keys]) => solvedByRemoving(scope.at(...keys), message)),
        ...checkNames(scope),
        ...checkConversation(scope),
    ];
}

/** Keys that mean something only where the front reads requests, and whether each is set. */
function settingsForHttp(service: ServiceConfig): [ConfigPath, boolean][] {
    const { canary } = service.strategy;
    const { prePromotion, postPromotion } = service.hooks;
    return [
        ...requestKeys(service),
        [["strategy", "canary", "match"], (canary?.match ?? []).length > 0],
        [["strategy", "canary", "sticky"], canary?.sticky === "cookie"],
        [["hooks", "prePromotion", "http"], prePromotion?.http !== undefined],
        [["hooks", "postPromotion", "http"], postPromotion?.http !== undefined],
        [["analysis", "maxLatency"], service.analysis.maxLatency !== undefined],
    ];
}

function checkNames(scope: ServiceScope): Problem[] {
    const { listen } = scope.config;
    if (!scope.isSound("listen") || listen?.sni === undefined || listen.sni.length > 0) {
        return [];
    }
    const path = scope.at("listen", "sni");
    const message = "is an empty list, but must name at least one host, or be left out";
    return [{ path, message, fix: `${removeCommand(path)} && ${setCommand([...path, 0], "HOST")}` }];
}

/** A check is a page of HTTP, a conversation, or a connection. */
function checkConversation(scope: ServiceScope): Problem[] {
    if (!scope.isSound("health")) {
        return [];
    }
    const { path, port, send, expect } = scope.config.health;
    if (path !== undefined && expect !== undefined) {
        const message = "is set together with health.path: a check asks a page by HTTP, or waits for these bytes";
        return [solvedByRemoving(scope.at("health", "expect"), message)];
    }
    if (port !== undefined && expect !== undefined) {
        const message = "is set together with health.expect: such a conversation is with the service's own port";
        return [solvedByRemoving(scope.at("health", "port"), message)];
    }
    if (send !== undefined && expect === undefined) {
        const message = "is set without health.expect, the answer that has to come";
        const fix = setCommand(scope.at("health", "expect"), "TEXT");
        return [{ path: scope.at("health", "send"), message, fix }];
    }
    return [];
}

function checkHttpService(scope: ServiceScope): Problem[] {
    const { listen, sendProxy, health } = scope.config;
    const isSet: [ConfigPath, boolean][] = [
        [["listen"], listen !== undefined],
        [["sendProxy"], sendProxy !== undefined],
        [["health", "port"], health.port !== undefined],
        [["health", "send"], health.send !== undefined],
        [["health", "expect"], health.expect !== undefined],
    ];
    const message = "is set, but means something only for a service of protocol: tcp";
    return isSet
        .filter(([keys, isSet]) => isSet && scope.isSound(...keys))
        .map(([keys]) => ({ path: scope.at(...keys), message, fix: setCommand(scope.at("protocol"), "tcp") }));
}
