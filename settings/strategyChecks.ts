import { type At, type IsSound, type Key, spell } from "./checking";
import { type Problem, removeCommand, setCommand } from "./Problem";
import type { ServiceConfig } from "./schema";

/** What must hold between a service's strategy and its other settings. */
export function checkStrategy(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    return [...checkPort(service, at, sound), ...checkRolling(service, at, sound)];
}

/** A service without a port has no front: only its containers can be told apart, so it can only roll. */
function checkPort(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    if (!sound("port") || service.port !== undefined) {
        return [];
    }
    if (sound("strategy") && service.strategy.rolling === undefined) {
        const message =
            "is missing: it must be a whole number from 1 to 65535. Only a service that no request goes to, a worker, " +
            "has none; that needs strategy: rolling";
        return [{ path: at("port"), message, fix: setCommand(at("port"), "8080") }];
    }
    const useless: [Key[], boolean][] = [
        [["hosts"], service.hosts !== undefined],
        [["paths"], service.paths.join() !== "/"],
        [["stripPath"], service.stripPath],
        [["default"], service.default !== undefined],
        [["health", "path"], service.health.path !== undefined],
        [["health", "tcp"], service.health.tcp],
        [["health", "host"], service.health.host !== undefined],
        [["timeouts", "server"], service.timeouts.server !== undefined],
    ];
    return useless
        .filter(([keys, isSet]) => isSet && sound(...keys))
        .map(([keys]) => ({
            path: at(...keys),
            message: "is set, but means nothing without port: a service without a port gets no requests",
            fix: removeCommand(at(...keys)),
        }));
}

function checkRolling(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    const { rolling } = service.strategy;
    if (rolling === undefined || !sound("strategy")) {
        return [];
    }
    const problems: Problem[] = [];
    const key = (name: keyof typeof rolling) => at("strategy", "rolling", name);
    const stopFirst = rolling.order === "stopFirst";
    if (stopFirst && rolling.step === "service") {
        const message = "is service together with order: stopFirst, which would stop all containers at once";
        problems.push({ path: key("step"), message, fix: setCommand(key("step"), "half") });
    } else if (stopFirst && sound("replicas") && service.replicas === 1) {
        const message = "is stopFirst, but replicas is 1: stopping that one would leave none";
        problems.push({ path: key("order"), message, fix: setCommand(key("order"), "startFirst") });
    }
    const { healthcheckTimeout, preStopCommand, preStopIn, preStopWaitUntilUnhealthy } = rolling;
    if (sound("minHealthyTime") && healthcheckTimeout <= service.minHealthyTime) {
        problems.push({
            path: key("healthcheckTimeout"),
            message: `is ${spell(healthcheckTimeout)}, but must be longer than minHealthyTime (${spell(service.minHealthyTime)})`,
            fix: setCommand(key("healthcheckTimeout"), spell(service.minHealthyTime * 2)),
        });
    }
    for (const [name, isSet] of [
        ["preStopIn", preStopIn !== undefined],
        ["preStopWaitUntilUnhealthy", preStopWaitUntilUnhealthy],
    ] as const) {
        if (isSet && preStopCommand === undefined) {
            const message = "is set, but means nothing without preStopCommand";
            problems.push({ path: key(name), message, fix: removeCommand(key(name)) });
        }
    }
    if (service.hooks.prePromotion !== undefined && sound("hooks")) {
        const path = at("hooks", "prePromotion");
        const message =
            "is set together with strategy: rolling, which replaces what users reach container by container: " +
            "there is no moment before it";
        problems.push({ path, message, fix: removeCommand(path) });
    }
    return problems;
}
