import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc, { type Arbitrary } from "fast-check";
import { goodValues, named, names, pick, planted } from "./goodValues";

const required = new Set([
    "services.*.image",
    "services.*.port",
    "services.*.log.driver",
    "services.*.strategy.rolling.preStopCommand",
    // These are optional, but each of their many keys would otherwise come up too rarely.
    "services.*.hooks",
    "services.*.strategy",
    "registries.*.username",
    "registries.*.password",
]);

/** Whole configs, most of them without a problem. */
export const configs: Arbitrary<Record<string, unknown>> = fc
    .record(
        {
            front: recordAt("front"),
            services: fc.dictionary(names, recordAt("services.*"), { minKeys: 1, maxKeys: 2 }),
            host: goodValues.host!,
            registries: named(pick("registry.example.com", "localhost:5000", "docker.io"), recordAt("registries.*")),
        },
        { requiredKeys: ["services"] },
    )
    .map(config => withSecrets(withCertificates(withUse(config as Config))))
    .map(config => withLongTimes(withProtocols(withDistinctRoutes(withOneStrategy(withOneDeed(config))))))
    .map(withUsers);

interface Service {
    hosts?: string[];
    paths?: string[];
    routes?: { hosts: string[]; paths?: string[]; stripPath?: boolean }[];
    secrets?: string[];
    env?: Record<string, unknown>;
    health?: Record<string, unknown>;
    hooks?: Record<string, Record<string, unknown>>;
    auth?: { basic?: string[] };
    [key: string]: unknown;
}
type Config = Record<string, unknown> & { services: Record<string, Service> };

const pem = readFileSync(join(__dirname, "certificate.pem"), "utf8");

/** A host that no certificate here covers, so that ACME has something to do. */
const another = "another.example.net";

/** Leaves `use` alone in some configs, and takes it out of the others. */
function withUse(config: Config): Config {
    const front = config.front as { use?: unknown; name?: unknown } | undefined;
    if (front?.use === undefined || front.name !== undefined) {
        delete front?.use;
        return config;
    }
    for (const service of Object.values(config.services)) {
        delete service.adoptFrom;
    }
    return { ...config, front: { use: front.use } };
}

/** Gives each certificate of the front its content, and removes a redirect and a default without an effect. */
function withCertificates(config: Config): Config {
    const { http, https } = (config.front ?? {}) as Partial<Record<string, Record<string, unknown>>>;
    const names = (https?.certificates ?? []) as string[];
    if (https !== undefined) {
        const acme = https.acme as Record<string, unknown> | undefined;
        if (https.clientCa === undefined) {
            delete https.clientVerify;
        }
        if (acme !== undefined) {
            delete https.selfSigned;
            acme.dnsHook ??= "true"; // a host may have a wildcard
            const front = config.front as Config;
            front.redirects = { ...(front.redirects as object | undefined), [another]: "https://example.org" };
        }
        if (names.length === 0 && acme === undefined && https.selfSigned !== true) {
            names.push("shop");
        }
        https.certificates = names;
        https.default = names.includes(https.default as string) ? https.default : names.at(-1);
        if (https.default === undefined) {
            delete https.default;
        }
    } else {
        delete http?.redirectToHttps;
    }
    return https === undefined
        ? config
        : { ...config, certificates: Object.fromEntries(names.map(name => [name, pem])) };
}

/** Gives each service's secrets a value, and lets a variable ask for one of them too. */
function withSecrets(config: Config): Config {
    const secrets: Record<string, string> = {};
    for (const [name, service] of Object.entries(config.services)) {
        for (const secret of service.secrets ?? []) {
            secrets[`${name}.${secret}`] = `${planted}\n${secret}`;
        }
        if (service.env?.LEVEL !== undefined && service.secrets?.[0] !== undefined) {
            service.env.DSN = { secret: service.secrets[0] };
        }
    }
    return Object.keys(secrets).length === 0 ? config : { ...config, secrets };
}

/** Gives each user a hash. A service that asks for a password has a user. */
function withUsers(config: Config): Config {
    const users: Record<string, string> = {};
    const front = config.front as { statistics?: string[] } | undefined;
    if (front?.statistics?.length === 0) {
        front.statistics.push("carol");
    }
    for (const user of front?.statistics ?? []) {
        users[user] = `$5$${planted}$${"x".repeat(43)}`;
    }
    for (const { auth } of Object.values(config.services)) {
        if (auth?.basic?.length === 0) {
            auth.basic.push("alice");
        }
        for (const user of auth?.basic ?? []) {
            users[user] = `$6$${planted}$${"x".repeat(86)}`;
        }
    }
    return Object.keys(users).length === 0 ? config : { ...config, users };
}

/** Leaves each hook exactly one of its actions. */
function withOneDeed(config: Config): Config {
    for (const { hooks = {} } of Object.values(config.services)) {
        for (const hook of Object.values(hooks)) {
            const deeds = ["command", "webhook", "http"].filter(deed => deed in hook);
            // Each of the three comes up.
            const [first, ...others] = "timeout" in hook ? deeds : deeds.reverse();
            for (const other of others) {
                delete hook[other];
            }
            if (first === undefined) {
                hook.command = "true";
            }
        }
    }
    return config;
}

/** Leaves each service one strategy, and each canary either a weight or steps. */
function withOneStrategy(config: Config): Config {
    for (const service of Object.values(config.services)) {
        const { strategy, sticky, previousColor = "keep" } = service;
        const { canary, rolling } = (typeof strategy === "object" ? strategy : {}) as Record<string, Config>;
        if (canary !== undefined && rolling !== undefined) {
            delete (strategy as Config).rolling;
        }
        if (sticky !== undefined && canary?.sticky === "none") {
            delete canary.sticky;
        }
        if (canary !== undefined && ("weight" in canary || "replicas" in canary || !("steps" in canary))) {
            delete canary.steps;
            canary.weight ??= 25;
        }
        const isRolling = strategy === "rolling" || (rolling !== undefined && canary === undefined);
        if (isRolling || previousColor !== "keep") {
            delete service.failover;
        }
    }
    return config;
}

/** Gives some services very rare checks, and times that fit them. */
function withLongTimes(config: Config): Config {
    for (const service of Object.values(config.services)) {
        if (service.stopGracePeriod === "576h") {
            Object.assign(service, { healthyDeadline: "400h", progressDeadline: "576h" });
            service.health = { ...service.health, interval: "36h", rise: 2 };
        }
    }
    return config;
}

/** Gives each host to one service only, leaves at most one default, and strips paths only where there are some. */
function withDistinctRoutes(config: Config): Config {
    const claimed = new Set<string>();
    for (const [name, service] of Object.entries(config.services)) {
        const free = (service.hosts ?? ["*"]).filter(host => !claimed.has(host.toLowerCase()));
        service.hosts = free.length > 0 ? free : [`${name}.example.net`];
        for (const host of service.hosts) {
            claimed.add(host.toLowerCase());
        }
        if (service.default === true && claimed.has("*") && !service.hosts.includes("*")) {
            delete service.default;
        }
        if (service.default === true) {
            claimed.add("*");
        }
        if (service.paths?.some(path => path !== "/") !== true) {
            delete service.stripPath;
        }
        service.routes?.forEach((route, index) => {
            route.hosts = [`${name}-${index}.example.net`];
            if (!route.paths?.includes("/v1")) {
                delete route.stripPath;
            }
        });
    }
    return config;
}

/** Leaves each service the settings of its protocol, and gives each TCP service a port or hosts of its own. */
function withProtocols(config: Config): Config {
    for (const [name, service] of Object.entries(config.services)) {
        if (service.protocol !== "tcp") {
            forHttpAlone(service);
            continue;
        }
        for (const key of [
            "hosts",
            "paths",
            "stripPath",
            "routes",
            "default",
            "auth",
            "maintenance",
            "sticky",
            "failover",
            "internal",
            "timeouts",
        ]) {
            delete service[key];
        }
        delete (service.analysis as Config | undefined)?.maxLatency;
        const { canary } = (typeof service.strategy === "object" ? service.strategy : {}) as Record<string, Config>;
        delete canary?.match;
        delete canary?.sticky;
        for (const hook of Object.values(service.hooks ?? {}).filter(hook => "http" in hook)) {
            delete hook.http;
            hook.command = "true";
        }
        const { port = 5432 } = (service.listen ?? {}) as { port?: number };
        service.listen = { port, sni: [`${name}.example.com`] };
        const { health } = service;
        if (health?.expect !== undefined) {
            delete health.path;
            delete health.port;
        } else {
            delete health?.send;
        }
    }
    return config;
}

function forHttpAlone(service: Service): void {
    delete service.listen;
    delete service.sendProxy;
    for (const key of ["port", "send", "expect"]) {
        delete service.health?.[key];
    }
}

/** @returns a value, an object, or either where one word may stand for an object */
function valueAt(place: string, paths: readonly string[]): Arbitrary<unknown> {
    const value = goodValues[place];
    const isObject = paths.some(path => path.startsWith(`${place}.`));
    return value === undefined ? recordAt(place) : isObject ? fc.oneof(value, recordAt(place)) : value;
}

/** @returns an object with any of the keys that {@link goodValues} has below a place */
function recordAt(place: string): Arbitrary<Record<string, unknown>> {
    const below = Object.keys(goodValues).filter(path => path.startsWith(`${place}.`));
    const keys = [...new Set(below.map(path => path.slice(place.length + 1).split(".")[0]!))];
    const values = keys.map(key => [key, valueAt(`${place}.${key}`, below)] as const);
    return fc.record(Object.fromEntries(values), { requiredKeys: keys.filter(key => required.has(`${place}.${key}`)) });
}
