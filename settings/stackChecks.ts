import { httpsPortOffset } from "../model/FrontSettings";
import { type SettingsContext, usedSecrets } from "./build";
import type { IsSound } from "./checking";
import { defaultFrontName, frontNameExpectation, isFrontName } from "./front";
import { type ConfigPath, firstServiceCommand, type Problem, removeCommand, setCommand } from "./Problem";
import { checkRoutes } from "./routes";
import type { StackConfig } from "./schema";

/** What must hold between services, secrets and the front. */
export function checkStack(config: StackConfig, context: SettingsContext, isSound: IsSound): Problem[] {
    return [
        ...checkFrontName(config, context, isSound),
        ...checkPorts(config, isSound),
        ...checkNetworks(config, context, isSound),
        ...checkServicesExist(config, isSound),
        ...checkRoutes(config, isSound),
        ...checkWantedSecrets(config, isSound),
        ...checkHeldSecrets(config, isSound),
    ];
}

function checkFrontName(config: StackConfig, context: SettingsContext, isSound: IsSound): Problem[] {
    const path = ["front", "name"];
    if (!isSound(...path) || config.front.name !== undefined) {
        return [];
    }
    if (isFrontName(defaultFrontName(context.project, context.stack))) {
        return [];
    }
    const message = `is missing, and the names of project and stack do not make one: it must be ${frontNameExpectation.wanted}`;
    return [{ path, message, fix: setCommand(path, "NAME") }];
}

function checkPorts({ front }: StackConfig, isSound: IsSound): Problem[] {
    const paths = {
        http: ["front", "http", "port"],
        preview: ["front", "preview", "port"],
        metrics: ["front", "metrics", "port"],
    };
    const httpsPort = front.http.port + httpsPortOffset;
    const taken = new Map<number, string>();
    const problems: Problem[] = [];
    const claim = (port: number, by: string, path: ConfigPath) => {
        const other = taken.get(port);
        if (other !== undefined) {
            const fix = setCommand(path, "PORT");
            problems.push({ path, message: `makes ${by} use port ${port}, which ${other} uses already`, fix });
        }
        taken.set(port, by);
    };
    if (isSound(...paths.http)) {
        if (httpsPort > 65535) {
            const message = `is ${front.http.port}, but must be at most ${65535 - httpsPortOffset}: https is published ${httpsPortOffset} above it`;
            problems.push({ path: paths.http, message, fix: setCommand(paths.http, "8080") });
        }
        claim(front.http.port, "http", paths.http);
        claim(httpsPort, `https (http.port + ${httpsPortOffset})`, paths.http);
    }
    if (isSound(...paths.preview)) {
        claim(front.preview.port, "preview", paths.preview);
    }
    if (isSound(...paths.metrics)) {
        claim(front.metrics.port, "metrics", paths.metrics);
    }
    return problems;
}

function checkNetworks(config: StackConfig, context: SettingsContext, isSound: IsSound): Problem[] {
    const frontName = config.front.name ?? defaultFrontName(context.project, context.stack);
    return Object.entries(config.services).flatMap(([name, { networks }]) => {
        const index = networks.indexOf(frontName);
        const path: ConfigPath = ["services", name, "networks", index];
        if (index < 0 || !isSound("services", name, "networks") || !isSound("front", "name")) {
            return [];
        }
        const message = "is the front's own network, which every service joins anyway";
        return [{ path, message, fix: removeCommand(path) }];
    });
}

function checkServicesExist(config: StackConfig, isSound: IsSound): Problem[] {
    if (!isSound("services") || Object.keys(config.services).length > 0) {
        return [];
    }
    return [{ path: ["services"], message: "names no service: at least one is needed", fix: firstServiceCommand }];
}

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
            return [{ path, message, fix: setCommand(["secrets", key], "VALUE") }];
        });
    });
}

function checkHeldSecrets(config: StackConfig, isSound: IsSound): Problem[] {
    return Object.keys(config.secrets).flatMap((key): Problem[] => {
        const service = key.slice(0, key.indexOf("."));
        const path: ConfigPath = ["secrets", key];
        const fix = removeCommand(path);
        if (!Object.hasOwn(config.services, service)) {
            const isKnown = isSound("services", service);
            return isKnown ? [{ path, message: `belongs to the service ${service}, which does not exist`, fix }] : [];
        }
        const known = isSound("services", service, "secrets") && isSound("services", service, "env");
        if (!known || usedSecrets(config.services[service]!).includes(key.slice(service.length + 1))) {
            return [];
        }
        const message = `is used by nobody: neither "secrets" nor "env" of the service ${service} asks for it`;
        return [{ path, message, fix }];
    });
}
