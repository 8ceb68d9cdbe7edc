import { Duration } from "../model/Duration";
import type { ConfigPath } from "./ConfigPath";
import { setCommand } from "./configCommands";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import { requestKeys } from "./requestKeys";
import type { ServiceScope } from "./ServiceScope";
import type { ServiceConfig } from "./schema";

type Canary = NonNullable<ServiceConfig["strategy"]["canary"]>;
type Rolling = NonNullable<ServiceConfig["strategy"]["rolling"]>;

/** @returns what does not fit together in a service's strategy and its other settings */
export function checkStrategy(scope: ServiceScope): Problem[] {
    const { canary, rolling } = scope.config.strategy;
    const isSound = scope.isSound("strategy");
    return [
        ...checkPort(scope),
        ...checkFailover(scope),
        ...(isSound && rolling !== undefined ? checkRolling(scope, rolling) : []),
        ...(isSound && canary !== undefined ? checkCanary(scope, canary) : []),
    ];
}

function checkCanary(scope: ServiceScope, canary: Canary): Problem[] {
    const at = (...names: ConfigPath) => scope.at("strategy", "canary", ...names);
    const { weight, steps, replicas } = canary;
    if (scope.config.strategy.rolling !== undefined) {
        return [solvedByRemoving(at(), "is set together with rolling: a service has one strategy")];
    }
    if (replicas !== undefined && steps !== undefined) {
        const message = "is set together with steps: it goes with a held weight, and each of steps has its own";
        return [solvedByRemoving(at("replicas"), message)];
    }
    if (replicas !== undefined && scope.isSound("replicas") && replicas > scope.config.replicas) {
        return [solvedByRemoving(at("replicas"), moreThanAll(replicas, scope.config))];
    }
    if (weight !== undefined && steps !== undefined) {
        const message = "is set together with steps: either a weight is held, or steps follow one another";
        return [solvedByRemoving(at("weight"), message)];
    }
    if (weight === undefined && (steps === undefined || steps.length === 0)) {
        const message = "must have a weight from 0 to 100, which is held, or at least one of steps";
        return [{ path: at(), message, fix: setCommand(at("weight"), "10") }];
    }
    if (canary.sticky === "none" && scope.config.sticky !== undefined) {
        const message = "is none, but a user whom sticky keeps on one container cannot be on both colors";
        return [solvedByRemoving(at("sticky"), message)];
    }
    return [
        ...checkStepWeights(scope, steps ?? []),
        ...(scope.isSound("replicas") ? checkStepReplicas(scope, steps ?? []) : []),
    ];
}

type Steps = NonNullable<Canary["steps"]>;

/** Each share is greater than all before it. */
function checkStepWeights(scope: ServiceScope, steps: Steps): Problem[] {
    const weights = steps.map(({ weight }) => weight);
    return weights.flatMap((weight, index) => {
        const before = Math.max(0, ...weights.slice(0, index));
        if (weight > before) {
            return [];
        }
        const step = scope.at("strategy", "canary", "steps", index);
        const message = `is ${weight}, but must be more than in the steps before it (${before})`;
        return [{ ...solvedByRemoving(step, message), path: [...step, "weight"] }];
    });
}

/** The containers of a new release only become more, and in the end they are all. */
function checkStepReplicas(scope: ServiceScope, steps: Steps): Problem[] {
    const all = scope.config.replicas;
    const numbers = steps.map(({ replicas = all }) => replicas);
    return numbers.flatMap((replicas, index) => {
        const path = scope.at("strategy", "canary", "steps", index, "replicas");
        const before = Math.min(all, Math.max(0, ...numbers.slice(0, index)));
        if (replicas > all) {
            return [solvedByRemoving(path, moreThanAll(replicas, scope.config))];
        }
        const message = `is ${replicas}, but must not be fewer than in the steps before it (${before})`;
        return replicas < before ? [solvedByRemoving(path, message)] : [];
    });
}

function moreThanAll(replicas: number, service: ServiceConfig): string {
    return `is ${replicas}, more than the service has at all (replicas: ${service.replicas})`;
}

/** A background service has no port, hence no link and no routes: it can only roll. */
function checkPort(scope: ServiceScope): Problem[] {
    const { port, strategy } = scope.config;
    if (!scope.isSound("port") || port !== undefined) {
        return [];
    }
    if (scope.isSound("strategy") && strategy.rolling === undefined) {
        const message =
            "is missing: it must be a whole number from 1 to 65535. Only a background service, which gets no requests, " +
            "has none; that needs strategy: rolling";
        return [solvedBySetting(scope.at("port"), message, "8080")];
    }
    const message = "is set, but means nothing without port: a service without a port gets no requests";
    return settingsForRequests(scope.config)
        .filter(([keys, isSet]) => isSet && scope.isSound(...keys))
        .map(([keys]) => solvedByRemoving(scope.at(...keys), message));
}

/** Keys that only a service with requests needs, and whether each is set. */
function settingsForRequests(service: ServiceConfig): [ConfigPath, boolean][] {
    const { health } = service;
    return [
        ...requestKeys(service),
        [["allow"], service.allow !== undefined],
        [["health", "path"], health.path !== undefined],
        [["health", "tcp"], health.tcp],
        [["health", "host"], health.host !== undefined],
        [["haproxy", "backend"], service.haproxy.backend.length > 0],
        [["protocol"], service.protocol !== undefined],
    ];
}

function checkRolling(scope: ServiceScope, rolling: Rolling): Problem[] {
    return [
        ...checkStopFirst(scope, rolling),
        ...checkHealthcheckTimeout(scope, rolling),
        ...checkPreStop(scope, rolling),
        ...checkNoPrePromotion(scope),
    ];
}

/** Failover needs a color that stays warm after a release. */
function checkFailover(scope: ServiceScope): Problem[] {
    const { failover, port, strategy, previousColor } = scope.config;
    if (!failover || port === undefined || !scope.isSound("failover")) {
        return [];
    }
    if (scope.isSound("strategy") && strategy.rolling !== undefined) {
        const message =
            "is true together with strategy: rolling, which replaces containers inside one color: no other color stays warm";
        return [solvedByRemoving(scope.at("failover"), message)];
    }
    if (scope.isSound("previousColor") && previousColor !== "keep") {
        const message = `is ${previousColor} together with failover: true, which needs the old color warm`;
        return [solvedByRemoving(scope.at("previousColor"), message)];
    }
    return [];
}

function rollingKey(scope: ServiceScope, key: keyof Rolling): ConfigPath {
    return scope.at("strategy", "rolling", key);
}

function checkStopFirst(scope: ServiceScope, { order, step }: Rolling): Problem[] {
    if (order !== "stopFirst") {
        return [];
    }
    if (step === "service") {
        const message = "is service together with order: stopFirst, which would stop all containers at once";
        return [solvedBySetting(rollingKey(scope, "step"), message, "half")];
    }
    if (scope.isSound("replicas") && scope.config.replicas === 1) {
        const message = "is stopFirst, but replicas is 1: stopping that one would leave none";
        return [solvedBySetting(rollingKey(scope, "order"), message, "startFirst")];
    }
    return [];
}

function checkHealthcheckTimeout(scope: ServiceScope, { healthcheckTimeout }: Rolling): Problem[] {
    const { minHealthyTime } = scope.config;
    if (!scope.isSound("minHealthyTime") || healthcheckTimeout > minHealthyTime) {
        return [];
    }
    const [is, least] = [healthcheckTimeout, minHealthyTime].map(Duration.spell);
    const message = `is ${is}, but must be longer than minHealthyTime (${least})`;
    return [solvedBySetting(rollingKey(scope, "healthcheckTimeout"), message, Duration.spell(minHealthyTime * 2))];
}

function checkPreStop(scope: ServiceScope, rolling: Rolling): Problem[] {
    if (rolling.preStopCommand !== undefined) {
        return [];
    }
    const given = [
        ...(rolling.preStopIn === undefined ? [] : (["preStopIn"] as const)),
        ...(rolling.preStopWaitUntilUnhealthy ? (["preStopWaitUntilUnhealthy"] as const) : []),
    ];
    const message = "is set, but means nothing without preStopCommand";
    return given.map(key => solvedByRemoving(rollingKey(scope, key), message));
}

function checkNoPrePromotion(scope: ServiceScope): Problem[] {
    if (scope.config.hooks.prePromotion === undefined || !scope.isSound("hooks")) {
        return [];
    }
    const message =
        "is set together with strategy: rolling, which replaces what users reach container by container: " +
        "there is no moment before it";
    return [solvedByRemoving(scope.at("hooks", "prePromotion"), message)];
}
