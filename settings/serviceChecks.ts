import { posix } from "node:path";
import { Duration } from "../model/Duration";
import { SECRETS_FOLDER } from "../model/secretsFolder";
import { type At, type IsSound, type Key, spell } from "./checking";
import { defaultInterval } from "./health";
import { type ConfigPath, type Problem, removeCommand, setCommand } from "./Problem";
import type { ServiceConfig, StackConfig } from "./schema";
import { checkStrategy } from "./strategyChecks";

/** What must hold between the settings of one service. */
export function checkService(name: string, config: StackConfig, isSound: IsSound): Problem[] {
    const service = config.services[name]!;
    const at = (...keys: Key[]): ConfigPath => ["services", name, ...keys];
    const sound = (...keys: Key[]) => isSound(...at(...keys));
    return [
        ...checkTimes(service, at, sound),
        ...checkReplicas(service, at, sound),
        ...checkHealth(service, at, sound),
        ...checkVolumes(service, at, sound),
        ...checkUlimits(service, at, sound),
        ...checkStrategy(service, at, sound),
        ...checkHooks(service, at, sound),
    ];
}

function checkTimes(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    const problems: Problem[] = [];
    const mustBeLess = (shorter: TimeKey, longer: TimeKey) => {
        if (sound(shorter) && sound(longer) && service[shorter] >= service[longer]) {
            problems.push({
                path: at(longer),
                message: `is ${spell(service[longer])}, but must be longer than ${shorter} (${spell(service[shorter])})`,
                fix: setCommand(at(longer), spell(service[shorter] * 2 || 1_000)),
            });
        }
    };
    mustBeLess("minHealthyTime", "healthyDeadline");
    mustBeLess("healthyDeadline", "progressDeadline");

    const { interval, rise } = service.health;
    const earliestUp = interval * rise;
    const known = sound("health", "interval") && sound("health", "rise") && sound("healthyDeadline");
    if (known && earliestUp >= service.healthyDeadline) {
        problems.push({
            path: at("health", "interval"),
            message:
                `is ${spell(interval)}, and ${rise} good checks (health.rise) take ${spell(earliestUp)}: ` +
                `that must be shorter than healthyDeadline (${spell(service.healthyDeadline)})`,
            fix: shorterChecks(service, at),
        });
    }
    return problems;
}

/** Checks as often as that leaves half of the deadline for the start; where it is shorter than that allows, both at their usual size. */
function shorterChecks({ health, healthyDeadline }: ServiceConfig, at: At): string {
    const usual = Duration.millisecondsOf(defaultInterval);
    const interval = Math.floor(healthyDeadline / (2 * health.rise) / 1_000) * 1_000;
    if (interval > 0) {
        return setCommand(at("health", "interval"), spell(Math.min(usual, interval)));
    }
    const deadline = 2 * usual * health.rise;
    return `${setCommand(at("health", "interval"), spell(usual))} && ${setCommand(at("healthyDeadline"), spell(deadline))}`;
}

type TimeKey = "minHealthyTime" | "healthyDeadline" | "progressDeadline";

function checkReplicas(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    if (!sound("replicas") || !sound("maxReplicas") || service.replicas <= service.maxReplicas) {
        return [];
    }
    return [
        {
            path: at("replicas"),
            message:
                `is ${service.replicas}, but must be at most maxReplicas (${service.maxReplicas}); ` +
                "raising maxReplicas is a new release",
            fix: setCommand(at("maxReplicas"), String(service.replicas)),
        },
    ];
}

function checkHealth(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    const { path, tcp } = service.health;
    if (!sound("health", "path") || !sound("health", "tcp") || !tcp || path === undefined) {
        return [];
    }
    return [
        {
            path: at("health", "path"),
            message: "is set together with health.tcp: a TCP check asks for no path",
            fix: removeCommand(at("health", "path")),
        },
    ];
}

/** A hook does one thing. */
function checkHooks({ hooks }: ServiceConfig, at: At, sound: IsSound): Problem[] {
    return Object.entries(hooks).flatMap(([name, hook]) => {
        const path = at("hooks", name);
        if (hook === undefined || !sound("hooks", name)) {
            return [];
        }
        const given = (["command", "webhook", "http"] as const).filter(kind => kind in hook && hook[kind as "command"]);
        if (given.length === 1) {
            return [];
        }
        const says = given.length === 0 ? "says nothing to do" : `says ${given.join(" and ")}`;
        const which = name.endsWith("Promotion") ? "command, http or webhook" : "command or webhook";
        const message = `${says}, but must have exactly one of ${which}`;
        const fix =
            given.length === 0
                ? setCommand([...path, "command"], "COMMAND")
                : given
                      .slice(1)
                      .map(kind => removeCommand([...path, kind]))
                      .join(" && ");
        return [{ path, message, fix }];
    });
}

function checkVolumes(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    const problems: Problem[] = [];
    const targets = new Set<string>();
    const last = at("volumes", service.volumes.length);
    const mountsSecrets = sound("readOnly") && service.readOnly && sound("secrets") && service.secrets.length > 0;
    service.volumes.forEach((volume, index) => {
        const path = at("volumes", index);
        if (!sound("volumes")) {
            return;
        }
        if (!volume.readOnly && !volume.shared) {
            problems.push({
                path,
                message:
                    "can be written by both colors at once, since both run during a release: set shared: true " +
                    "if the application can live with that (written as {source, target, shared: true}), else mount it read-only",
                // Only an object can take `shared`, and a text may have been written: a new one takes the place of either. It
                // goes to the end, since removing the old one first would move those behind it.
                fix: [
                    ...(["source", "target"] as const).map(key => setCommand([...last, key], volume[key])),
                    setCommand([...last, "shared"], "true"),
                    removeCommand(path),
                ].join(" && "),
            });
        }
        if (mountsSecrets && posix.resolve(volume.target) === SECRETS_FOLDER) {
            problems.push({
                path,
                message:
                    `is mounted at ${SECRETS_FOLDER}, where a container with readOnly has a volume for its secrets: ` +
                    "Docker mounts only one there. Mount it elsewhere, or leave it out",
                fix: removeCommand(path),
            });
        }
        if (targets.has(volume.target)) {
            problems.push({
                path,
                message: "is mounted where another volume of this service is mounted already",
                fix: removeCommand(path),
            });
        }
        targets.add(volume.target);
    });
    return problems;
}

function checkUlimits(service: ServiceConfig, at: At, sound: IsSound): Problem[] {
    return Object.entries(service.ulimits).flatMap(([name, { soft, hard }]) => {
        if (!sound("ulimits", name) || hard === -1 || (soft !== -1 && soft <= hard)) {
            return [];
        }
        const message = `has a soft limit above the hard limit (${hard})`;
        return [{ path: at("ulimits", name), message, fix: setCommand(at("ulimits", name, "soft"), String(hard)) }];
    });
}
