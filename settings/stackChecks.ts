import { httpsPort, httpsPortOffset } from "../model/FrontSettings";
import { leadsToFront } from "../model/ReleaseSettings";
import { checkAccess } from "./accessChecks";
import { type SettingsContext, usedSecrets } from "./build";
import type { ConfigPath } from "./ConfigPath";
import { firstServiceCommand, setCommand } from "./configCommands";
import { defaultFrontName, frontNameExpectation, isFrontName } from "./front";
import { checkHttps } from "./httpsChecks";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import { checkTcpPorts } from "./portChecks";
import { checkProxyProtocol, checkRedirects } from "./publicChecks";
import { checkRoutes } from "./routes";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";

const lastPort = 65_535;

/** @returns what does not fit together in services, secrets and the front */
export function checkStack(config: StackConfig, context: SettingsContext, isSound: IsSound): Problem[] {
    return [
        ...checkFrontName(config, context, isSound),
        ...checkPorts(config, isSound),
        ...checkHttps(config, isSound),
        ...checkRedirects(config, isSound),
        ...checkProxyProtocol(config, isSound),
        ...checkAccess(config, isSound),
        ...checkNetworks(config, context, isSound),
        ...checkServicesExist(config, isSound),
        ...checkRoutes(config, isSound),
        ...checkCalls(config, isSound),
        ...checkWantedSecrets(config, isSound),
        ...checkHeldSecrets(config, isSound),
    ];
}

/** A name that leads to the front is that of an internal service. */
function checkCalls({ services }: StackConfig, isSound: IsSound): Problem[] {
    return Object.entries(services).flatMap(([caller, { extraHosts }]) => {
        const at: ConfigPath = ["services", caller, "extraHosts"];
        return isSound(...at) ? extraHosts.flatMap((entry, index) => checkCall(services, entry, [...at, index])) : [];
    });
}

function checkCall(services: StackConfig["services"], entry: string, path: ConfigPath): Problem[] {
    const name = entry.slice(0, entry.indexOf(":"));
    if (!leadsToFront(entry) || services[name]?.internal) {
        return [];
    }
    if (services[name] === undefined) {
        return [solvedByRemoving(path, `leads ${name} to the front, but there is no service of this name`)];
    }
    const message = `leads ${name} to the front, but the service ${name} is not internal`;
    return [{ path, message, fix: setCommand(["services", name, "internal"], "true") }];
}

function checkFrontName(config: StackConfig, context: SettingsContext, isSound: IsSound): Problem[] {
    const path = ["front", "name"];
    if (!isSound(...path) || config.front.name !== undefined || config.front.use !== undefined) {
        return [];
    }
    if (isFrontName(defaultFrontName(context.project, context.stack))) {
        return [];
    }
    const message = `is missing, and the names of project and stack do not make one: it must be ${frontNameExpectation.wanted}`;
    return [solvedBySetting(path, message, "NAME")];
}

function checkPorts(config: StackConfig, isSound: IsSound): Problem[] {
    const { front } = config;
    const taken = new Map<number, string>();
    const claim = (port: number, by: string, path: ConfigPath): Problem[] => {
        const other = taken.get(port);
        taken.set(port, by);
        const message = `makes ${by} use port ${port}, which ${other} uses already`;
        return other === undefined ? [] : [solvedBySetting(path, message, "PORT")];
    };
    const problems: Problem[] = [];
    const http = ["front", "http", "port"];
    if (isSound(...http)) {
        const { port } = front.http;
        const https = httpsPort(front);
        if (https > lastPort) {
            const message = `is ${port}, but must be at most ${lastPort - httpsPortOffset}: https is published ${httpsPortOffset} above it`;
            problems.push(solvedBySetting(http, message, "8080"));
        }
        problems.push(...claim(port, "http", http));
        const isSet = front.https?.port !== undefined;
        const by = isSet ? "https" : `https (http.port + ${httpsPortOffset})`;
        problems.push(...claim(https, by, isSet ? ["front", "https", "port"] : http));
    }
    for (const name of ["preview", "metrics"] as const) {
        const path = ["front", name, "port"];
        if (isSound(...path)) {
            problems.push(...claim(front[name].port, name, path));
        }
    }
    return [...problems, ...checkTcpPorts(config, isSound, taken)];
}

function checkNetworks(config: StackConfig, context: SettingsContext, isSound: IsSound): Problem[] {
    const frontName = config.front.use ?? config.front.name ?? defaultFrontName(context.project, context.stack);
    return Object.entries(config.services).flatMap(([name, { networks }]) => {
        const index = networks.indexOf(frontName);
        if (index < 0 || !isSound("services", name, "networks") || !isSound("front", "name")) {
            return [];
        }
        const message = "is the front's own network, which every service joins anyway";
        return [solvedByRemoving(["services", name, "networks", index], message)];
    });
}

function checkServicesExist(config: StackConfig, isSound: IsSound): Problem[] {
    if (!isSound("services") || Object.keys(config.services).length > 0) {
        return [];
    }
    return [{ path: ["services"], message: "names no service: at least one is needed", fix: firstServiceCommand }];
}

/** Each secret that a service asks for has a value. */
function checkWantedSecrets(config: StackConfig, isSound: IsSound): Problem[] {
    return Object.entries(config.services).flatMap(([service, { env, secrets }]) => {
        const wanted: [string, ConfigPath][] = [
            ...secrets.map((name, index): [string, ConfigPath] => [name, ["services", service, "secrets", index]]),
            ...Object.entries(env).flatMap(([variable, value]): [string, ConfigPath][] =>
                typeof value === "string" ? [] : [[value.secret, ["services", service, "env", variable, "secret"]]],
            ),
        ];
        return wanted.flatMap(([name, path]): Problem[] => {
            const key = `${service}.${name}`;
            const value = Object.hasOwn(config.secrets, key) ? config.secrets[key] : undefined;
            if (!isSound("secrets", key) || !isSound(...path.slice(0, 4)) || value !== undefined) {
                return [];
            }
            const message = `asks for the secret ${name}, which relink:secrets does not hold as ${key}`;
            return [{ ...solvedBySetting(["secrets", key], message, "VALUE"), path }];
        });
    });
}

/** Each value belongs to a service that asks for it. */
function checkHeldSecrets(config: StackConfig, isSound: IsSound): Problem[] {
    return Object.keys(config.secrets).flatMap((key): Problem[] => {
        const service = key.slice(0, key.indexOf("."));
        const path: ConfigPath = ["secrets", key];
        if (!Object.hasOwn(config.services, service)) {
            const message = `belongs to the service ${service}, which does not exist`;
            return isSound("services", service) ? [solvedByRemoving(path, message)] : [];
        }
        const isKnown = isSound("services", service, "secrets") && isSound("services", service, "env");
        if (!isKnown || usedSecrets(config.services[service]!).includes(key.slice(service.length + 1))) {
            return [];
        }
        const message = `is not used: neither "secrets" nor "env" of the service ${service} asks for it`;
        return [solvedByRemoving(path, message)];
    });
}
