import { type ClientAuthorities, type FrontSettings, type HttpsSettings, httpsPort } from "../model/FrontSettings";
import type { HealthSettings } from "../model/HealthSettings";
import type { HookSettings, HooksSettings } from "../model/HooksSettings";
import type { PolicySettings } from "../model/PolicySettings";
import type { ReleaseSettings } from "../model/ReleaseSettings";
import type { ServiceSettings } from "../model/ServiceSettings";
import type { Settings } from "../model/Settings";
import { shortDigest } from "../text/shortDigest";
import { buildAccess } from "./access";
import { defaultFrontName } from "./front";
import { defaultHealthPath } from "./health";
import { buildAcme, managedCertificates } from "./managed";
import { hasOwnPort, namedHosts, routePortsOf, routesOf, tcpPortsOf } from "./routes";
import type { ServiceConfig, StackConfig } from "./schema";
import { buildStrategy } from "./strategy";

/** Where the config belongs. */
export interface SettingsContext {
    project: string;
    stack: string;
}

/** @returns the product's settings: grouped by class, with units in their names and with derived defaults */
export function buildSettings(config: StackConfig, context: SettingsContext): Settings {
    return {
        front: buildFront(config, context),
        ...(config.host !== undefined && { host: config.host }),
        registries: Object.entries(config.registries).map(([address, login]) => ({ address, ...login })),
        users: config.users,
        services: Object.keys(config.services)
            .sort()
            .map(name => buildService(name, config)),
    };
}

function buildFront(config: StackConfig, context: SettingsContext): FrontSettings {
    const { front } = config;
    const { name, timeouts, https, redirects, preview, ...rest } = front;
    const targets = Object.entries(redirects).map(([host, target]) => [host, originOf(target, front)]);
    return {
        ...rest,
        preview: { port: preview.port },
        ...(preview.secretSha256 !== undefined && { previewSecretSha256: preview.secretSha256 }),
        redirects: Object.fromEntries(targets),
        ...(https !== undefined && { https: buildHttps(https, config) }),
        name: front.use ?? name ?? defaultFrontName(context.project, context.stack),
        tcpPorts: tcpPortsOf(config),
        timeouts: {
            connectMs: timeouts.connect,
            clientMs: timeouts.client,
            serverMs: timeouts.server,
            httpRequestMs: timeouts.httpRequest,
            httpKeepAliveMs: timeouts.httpKeepAlive,
            queueMs: timeouts.queue,
            tunnelMs: timeouts.tunnel,
            clientFinMs: timeouts.clientFin,
            serverFinMs: timeouts.serverFin,
            checkMs: timeouts.check,
        },
    };
}

/** @returns a redirect's target with scheme and port. A bare host is one of the front: over HTTPS where that is on */
function originOf(target: string, { http, https }: StackConfig["front"]): string {
    if (target.includes("://")) {
        return target;
    }
    const [scheme, port, usual] =
        https === undefined ? ["http", http.port, 80] : ["https", httpsPort({ http, https }), 443];
    return `${scheme}://${target}${port === usual ? "" : `:${port}`}`;
}

function buildHttps(
    {
        certificates: names,
        acme,
        selfSigned: _,
        clientCa,
        clientVerify = "required",
        http3,
        ...https
    }: NonNullable<StackConfig["front"]["https"]>,
    config: StackConfig,
): HttpsSettings {
    const managed = managedCertificates(config);
    return {
        ...https,
        certificates: names.map(name => ({ name, ...config.certificates[name]! })),
        managed,
        ...(acme !== undefined && { acme: buildAcme(acme) }),
        ...(clientCa !== undefined && { clients: authoritiesOf(clientCa, clientVerify) }),
        ...(http3 && { http3 }),
        default: https.default ?? names[0] ?? managed[0]!.name,
    };
}

function authoritiesOf(text: string, verify: ClientAuthorities["verify"]): ClientAuthorities {
    return { file: `clients-${shortDigest(text)}.pem`, text, verify };
}

function buildService(name: string, { services, secrets }: StackConfig): ServiceSettings {
    const config = services[name]!;
    const access = buildAccess(config);
    const values = usedSecrets(config).map(secret => [secret, secrets[`${name}.${secret}`] ?? ""] as const);
    return {
        name,
        release: { ...buildRelease(name, config), routePorts: routePortsOf(name, services) },
        secretValues: Object.fromEntries(values),
        replicas: config.replicas,
        routes: routesOf(name, services),
        ...(access !== undefined && { access }),
        ...(config.failover && { failover: true }),
        ...(config.internal && { internal: true }),
        live: config.live,
        promote: config.promote,
        policy: buildPolicy(config),
    };
}

function buildRelease(name: string, config: ServiceConfig): ReleaseSettings {
    return {
        image: config.image,
        port: config.port,
        protocol: config.protocol,
        sendProxy: config.sendProxy,
        env: config.env,
        secrets: config.secrets,
        command: config.command,
        entrypoint: config.entrypoint,
        redeploy: config.redeploy,
        workingDir: config.workingDir,
        user: config.user,
        init: config.init,
        labels: config.labels,
        volumes: config.volumes,
        networks: config.networks,
        extraHosts: config.extraHosts,
        dns: config.dns,
        capabilities: config.capabilities,
        readOnly: config.readOnly,
        securityOpt: config.securityOpt,
        pidsLimit: config.pidsLimit,
        memoryBytes: config.memory,
        cpus: config.cpus,
        ulimits: config.ulimits,
        log: config.log,
        restart: config.restart,
        stopSignal: config.stopSignal,
        stopGracePeriodMs: config.stopGracePeriod,
        health: buildHealth(name, config),
        maxReplicas: config.maxReplicas,
        timeouts: { serverMs: config.timeouts.server },
        backendLines: config.haproxy.backend,
        sticky: config.sticky,
    };
}

function buildHealth(name: string, { health, ...config }: ServiceConfig): HealthSettings {
    // The check asks the main port. The hosts of another port are none of its own.
    const routes = config.routes.filter(route => !hasOwnPort(route, config));
    const hosts = namedHosts({ ...config, routes }).map(([host]) => host);
    return {
        ...checkedBy(health, config.protocol === "tcp"),
        command: health.command,
        commandIntervalMs: health.commandInterval,
        commandTimeoutMs: health.commandTimeout,
        commandRetries: health.commandRetries,
        startPeriodMs: health.startPeriod,
        host: health.host ?? hosts.find(isExactHost) ?? name,
        hostIsDefault: health.host === undefined,
        status: health.status,
        intervalMs: health.interval,
        timeoutMs: health.timeout,
        rise: health.rise,
        fall: health.fall,
    };
}

/** Without a path, the check of a TCP service connects. */
function checkedBy(
    { path, tcp, port, send, expect }: ServiceConfig["health"],
    isTcpService: boolean,
): Pick<HealthSettings, "path" | "tcp" | "port" | "send" | "expect"> {
    const connects = tcp || (isTcpService && path === undefined);
    return {
        path: connects ? undefined : (path ?? defaultHealthPath),
        tcp: connects,
        ...(port !== undefined && { port }),
        ...(send !== undefined && { send }),
        ...(expect !== undefined && { expect }),
    };
}

function buildPolicy(config: ServiceConfig): PolicySettings {
    const { analysis } = config;
    return {
        strategy: buildStrategy(config.strategy, config.bakeTime, config.sticky ?? "none"),
        minHealthyTimeMs: config.minHealthyTime,
        healthyDeadlineMs: config.healthyDeadline,
        progressDeadlineMs: config.progressDeadline,
        drainTimeoutMs: config.drainTimeout,
        onDrainTimeout: config.onDrainTimeout,
        previousColor: config.previousColor,
        keepReleases: config.keepReleases,
        autoPromotion: config.autoPromotion,
        bakeTimeMs: config.bakeTime,
        analysis: {
            maxErrorRatio: Number.parseFloat(analysis.maxErrorRatio) / 100,
            maxLatencyMs: analysis.maxLatency,
            maxSlowdown: analysis.maxSlowdown,
            minRequests: analysis.minRequests,
            intervalMs: analysis.interval,
        },
        hooks: buildHooks(config.hooks),
        retryToken: config.retryToken,
        driftPolicy: config.driftPolicy,
        adoptFrom: config.adoptFrom,
        lockTimeoutMs: config.lockTimeout,
    };
}

function buildHooks(hooks: ServiceConfig["hooks"]): HooksSettings {
    return {
        preDeploy: buildHook(hooks.preDeploy),
        prePromotion: buildHook(hooks.prePromotion),
        postPromotion: buildHook(hooks.postPromotion),
        onRollback: buildHook(hooks.onRollback && { ...hooks.onRollback, onTimeout: "hold" }),
    };
}

type HookConfig = NonNullable<ServiceConfig["hooks"]["prePromotion"]>;

function buildHook(config: HookConfig | undefined): HookSettings | undefined {
    if (config === undefined) {
        return undefined;
    }
    const { timeout, ...rest } = config;
    return { ...rest, timeoutMs: timeout };
}

/** @returns the names of all secrets that a service asks for, each once */
export function usedSecrets(config: Pick<ServiceConfig, "env" | "secrets">): string[] {
    const inEnvironment = Object.values(config.env).flatMap(value => (typeof value === "string" ? [] : [value.secret]));
    return [...new Set([...config.secrets, ...inEnvironment])].sort();
}

function isExactHost(host: string): boolean {
    return !host.includes("*");
}
