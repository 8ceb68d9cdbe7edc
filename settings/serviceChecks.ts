import { posix } from "node:path";
import { Duration } from "../model/Duration";
import { secretsFolder } from "../model/secretsFolder";
import { removeCommand, setCommand } from "./configCommands";
import { defaultInterval } from "./health";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import type { IsSound } from "./ServiceScope";
import { ServiceScope } from "./ServiceScope";
import type { ServiceConfig, StackConfig } from "./schema";
import { checkStrategy } from "./strategyChecks";
import { checkTcp } from "./tcpChecks";

type Volume = ServiceConfig["volumes"][number];

/** @returns what does not fit together in the settings of one service */
export function checkService(name: string, config: StackConfig, isSound: IsSound): Problem[] {
    const scope = new ServiceScope(name, config.services[name]!, isSound);
    return [
        ...checkTimes(scope),
        ...checkReplicas(scope),
        ...checkHealth(scope),
        ...checkVolumes(scope),
        ...checkUlimits(scope),
        ...checkTcp(scope),
        ...checkStrategy(scope),
        ...checkHooks(scope),
    ];
}

function checkTimes(scope: ServiceScope): Problem[] {
    return [
        ...checkOrder(scope, "minHealthyTime", "healthyDeadline"),
        ...checkOrder(scope, "healthyDeadline", "progressDeadline"),
        ...checkFirstSuccess(scope),
    ];
}

type TimeKey = "minHealthyTime" | "healthyDeadline" | "progressDeadline";

function checkOrder(scope: ServiceScope, shorter: TimeKey, longer: TimeKey): Problem[] {
    const { [shorter]: shorterMs, [longer]: longerMs } = scope.config;
    if (!scope.isSound(shorter) || !scope.isSound(longer) || shorterMs < longerMs) {
        return [];
    }
    const message = `is ${Duration.spell(longerMs)}, but must be longer than ${shorter} (${Duration.spell(shorterMs)})`;
    return [solvedBySetting(scope.at(longer), message, Duration.spell(shorterMs * 2 || 1_000))];
}

/** HAProxy has a server up only after `health.rise` good checks: that must fit into the deadline. */
function checkFirstSuccess(scope: ServiceScope): Problem[] {
    const { health, healthyDeadline } = scope.config;
    const { interval, rise } = health;
    const isKnown =
        scope.isSound("health", "interval") && scope.isSound("health", "rise") && scope.isSound("healthyDeadline");
    if (!isKnown || interval * rise < healthyDeadline) {
        return [];
    }
    const message =
        `is ${Duration.spell(interval)}, and ${rise} good checks (health.rise) take ${Duration.spell(interval * rise)}: ` +
        `that must be shorter than healthyDeadline (${Duration.spell(healthyDeadline)})`;
    return [{ path: scope.at("health", "interval"), message, fix: shorterChecks(scope) }];
}

/**
 * An interval that leaves half of the deadline for the start. Where none of whole seconds does, a longer deadline too.
 */
function shorterChecks(scope: ServiceScope): string {
    const { health, healthyDeadline } = scope.config;
    const usualMs = Duration.millisecondsOf(defaultInterval);
    const intervalMs = Math.floor(healthyDeadline / (2 * health.rise) / 1_000) * 1_000;
    const setInterval = (milliseconds: number) =>
        setCommand(scope.at("health", "interval"), Duration.spell(milliseconds));
    if (intervalMs > 0) {
        return setInterval(Math.min(usualMs, intervalMs));
    }
    const setDeadline = setCommand(scope.at("healthyDeadline"), Duration.spell(2 * usualMs * health.rise));
    return `${setInterval(usualMs)} && ${setDeadline}`;
}

function checkReplicas(scope: ServiceScope): Problem[] {
    const { replicas, maxReplicas } = scope.config;
    if (!scope.isSound("replicas") || !scope.isSound("maxReplicas") || replicas <= maxReplicas) {
        return [];
    }
    const message = `is ${replicas}, but must be at most maxReplicas (${maxReplicas}); raising maxReplicas is a new release`;
    return [{ path: scope.at("replicas"), message, fix: setCommand(scope.at("maxReplicas"), String(replicas)) }];
}

function checkHealth(scope: ServiceScope): Problem[] {
    const { path, tcp } = scope.config.health;
    if (!scope.isSound("health", "path") || !scope.isSound("health", "tcp") || !tcp || path === undefined) {
        return [];
    }
    const message = "is set together with health.tcp: a TCP check asks for no path";
    return [solvedByRemoving(scope.at("health", "path"), message)];
}

/** A hook does exactly one thing. */
function checkHooks(scope: ServiceScope): Problem[] {
    return Object.entries(scope.config.hooks).flatMap(([name, hook]) => {
        const path = scope.at("hooks", name);
        if (hook === undefined || !scope.isSound("hooks", name)) {
            return [];
        }
        const given = (["command", "webhook", "http"] as const).filter(kind => kind in hook && hook[kind as "command"]);
        if (given.length === 1) {
            return [];
        }
        const which = name.endsWith("Promotion") ? "command, http or webhook" : "command or webhook";
        const has = given.length === 0 ? "has nothing to do" : `has ${given.join(" and ")}`;
        const message = `${has}, but must have exactly one of ${which}`;
        const removals = given.slice(1).map(kind => removeCommand([...path, kind]));
        const fix = given.length === 0 ? setCommand([...path, "command"], "COMMAND") : removals.join(" && ");
        return [{ path, message, fix }];
    });
}

function checkVolumes(scope: ServiceScope): Problem[] {
    if (!scope.isSound("volumes")) {
        return [];
    }
    const { volumes } = scope.config;
    const targets = volumes.map(({ target }) => target);
    return volumes.flatMap((volume, index) => {
        const path = scope.at("volumes", index);
        const problems: Problem[] = [];
        if (!volume.readOnly && !volume.shared) {
            problems.push(writtenByBoth(scope, volume, index));
        }
        const message = secretsIn(scope, posix.resolve(volume.target));
        if (message !== undefined) {
            problems.push(solvedByRemoving(path, message));
        }
        if (targets.indexOf(volume.target) < index) {
            const message = "is mounted where another volume of this service is mounted already";
            problems.push(solvedByRemoving(path, message));
        }
        return problems;
    });
}

/**
 * Docker writes the secrets into whatever is mounted in their place: a folder of the host would keep them, and both colors
 * would share them.
 * @returns why nothing may be mounted at this path; undefined where it may
 */
function secretsIn(scope: ServiceScope, target: string): string | undefined {
    const { readOnly, secrets } = scope.config;
    if (!scope.isSound("readOnly") || !scope.isSound("secrets") || secrets.length === 0) {
        return undefined;
    }
    if (readOnly && target === secretsFolder) {
        return (
            `is mounted at ${secretsFolder}, where a container with readOnly has a volume for its secrets: ` +
            "Docker mounts only one there. Mount it elsewhere, or leave it out"
        );
    }
    const files = secrets.map(name => `${secretsFolder}/${name}`);
    const isAbove = !readOnly && `${secretsFolder}/`.startsWith(`${target.replace(/\/$/, "")}/`);
    return isAbove || files.includes(target)
        ? `is mounted at ${target}, so that secrets of this service would be written into it: they are files in ` +
              `${secretsFolder}. Mount it elsewhere, or leave it out`
        : undefined;
}

function writtenByBoth(scope: ServiceScope, volume: Volume, index: number): Problem {
    const path = scope.at("volumes", index);
    const last = scope.at("volumes", scope.config.volumes.length);
    const message =
        "can be written by both colors at once, since both run during a release: set shared: true " +
        "if the application can live with that (written as {source, target, shared: true}), else mount it read-only";
    // Only an object can take `shared`, and the config may have a text. So the fix adds an object at the end, then
    // removes this one: removing it first would move those behind it.
    const fix = [
        ...(["source", "target"] as const).map(key => setCommand([...last, key], volume[key])),
        setCommand([...last, "shared"], "true"),
        removeCommand(path),
    ].join(" && ");
    return { path, message, fix };
}

function checkUlimits(scope: ServiceScope): Problem[] {
    return Object.entries(scope.config.ulimits).flatMap(([name, { soft, hard }]) => {
        if (!scope.isSound("ulimits", name) || hard === -1 || (soft !== -1 && soft <= hard)) {
            return [];
        }
        const message = `has a soft limit above the hard limit (${hard})`;
        const fix = setCommand(scope.at("ulimits", name, "soft"), String(hard));
        return [{ path: scope.at("ulimits", name), message, fix }];
    });
}
