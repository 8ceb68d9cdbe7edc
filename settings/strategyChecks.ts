import { type At, type IsSound, type Key, spell } from "./checking";
import { type Problem, removeCommand, setCommand } from "./Problem";
import type { ServiceConfig } from "./schema";

/** What must hold between a service's strategy and its other settings. */
export function checkStrategy(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    return [...checkPort(service, at, sound), ...checkRolling(service, at, sound), ...checkCanary(service, at, sound)];
}

function checkCanary(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    const { canary, rolling } = service.strategy;
    if (canary === undefined || !sound("strategy")) {
        return [];
    }
    const key = (...names: Key[]) => at("strategy", "canary", ...names);
    const remove = (message: string, path = key()): Problem => ({ path, message, fix: removeCommand(path) });
    if (rolling !== undefined) {
        return [remove("is set together with rolling: a service has one strategy")];
    }
    const { weight, steps, replicas } = canary;
    if (replicas !== undefined && steps !== undefined) {
        const message = "is set together with steps: it goes with a held weight, and each of steps has its own";
        return [remove(message, key("replicas"))];
    }
    if (replicas !== undefined && sound("replicas") && replicas > service.replicas) {
        return [remove(moreThanAll(replicas, service), key("replicas"))];
    }
    if (weight !== undefined && steps !== undefined) {
        return [
            remove("is set together with steps: either a weight is held, or steps follow one another", key("weight")),
        ];
    }
    if (weight === undefined && (steps === undefined || steps.length === 0)) {
        const message = "must have a weight from 0 to 100, which is held, or at least one of steps";
        return [{ path: key(), message, fix: setCommand(key("weight"), "10") }];
    }
    const weights = (steps ?? []).map(({ weight }) => weight);
    const notMore = weights.flatMap((weight, index) => {
        const before = Math.max(0, ...weights.slice(0, index));
        const message = `is ${weight}, but must be more than in the steps before it (${before})`;
        return weight > before
            ? []
            : [{ path: key("steps", index, "weight"), message, fix: removeCommand(key("steps", index)) }];
    });
    return [...notMore, ...(sound("replicas") ? checkStepReplicas(service, steps ?? [], key) : [])];
}

/** The containers of a new release only become more, and in the end they are all. */
function checkStepReplicas(
    service: ServiceConfig,
    steps: readonly { replicas?: number | undefined }[],
    key: At,
): Problem[] {
    const numbers = steps.map(({ replicas = service.replicas }) => replicas);
    return numbers.flatMap((replicas, index) => {
        const path = key("steps", index, "replicas");
        const before = Math.min(service.replicas, Math.max(0, ...numbers.slice(0, index)));
        if (replicas > service.replicas) {
            return [{ path, message: moreThanAll(replicas, service), fix: removeCommand(path) }];
        }
        const message = `is ${replicas}, but must not be fewer than in the steps before it (${before})`;
        return replicas < before ? [{ path, message, fix: removeCommand(path) }] : [];
    });
}

function moreThanAll(replicas: number, service: ServiceConfig): string {
    return `is ${replicas}, more than the service has at all (replicas: ${service.replicas})`;
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
