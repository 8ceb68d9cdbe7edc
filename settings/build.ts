import type { FrontSettings } from "../model/FrontSettings";
import type { HookSettings } from "../model/HooksSettings";
import type { ServiceSettings } from "../model/ServiceSettings";
import type { Settings } from "../model/Settings";
import { defaultFrontName } from "./front";
import { defaultHealthPath } from "./health";
import { routesOf } from "./routes";
import type { ServiceConfig, StackConfig } from "./schema";
import { buildStrategy } from "./strategy";

/** Where the config belongs. */
export interface SettingsContext {
    project: string;
    stack: string;
}

/** From the config's shape to the product's: grouped by class, units in the names, derived defaults filled in. */
export function buildSettings(config: StackConfig, context: SettingsContext): Settings {
    return {
        front: buildFront(config.front, context),
        ...(config.host !== undefined && { host: config.host }),
        registries: Object.entries(config.registries).map(([address, login]) => ({ address, ...login })),
        services: Object.keys(config.services)
            .sort()
            .map(name => buildService(name, config)),
    };
}

function buildFront(front: StackConfig["front"], context: SettingsContext): FrontSettings {
    const { name, timeouts, ...rest } = front;
    return {
        ...rest,
        name: name ?? defaultFrontName(context.project, context.stack),
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

function buildService(name: string, { services, secrets }: StackConfig): ServiceSettings {
    const config = services[name]!;
    const { replicas, hosts = [], live, promote } = config;
    const { health, memory, stopGracePeriod, timeouts } = config;
    const values = usedSecrets(config).map(secret => [secret, secrets[`${name}.${secret}`] ?? ""] as const);
    return {
        name,
        release: {
            image: config.image,
            port: config.port,
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
            memoryBytes: memory,
            cpus: config.cpus,
            ulimits: config.ulimits,
            log: config.log,
            restart: config.restart,
            stopSignal: config.stopSignal,
            stopGracePeriodMs: stopGracePeriod,
            health: {
                path: health.tcp ? undefined : (health.path ?? defaultHealthPath),
                tcp: health.tcp,
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
            },
            maxReplicas: config.maxReplicas,
            timeouts: { serverMs: timeouts.server },
        },
        secretValues: Object.fromEntries(values),
        replicas,
        routes: routesOf(name, services),
        live,
        promote,
        policy: {
            strategy: buildStrategy(config.strategy, config.bakeTime),
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
                maxErrorRatio: Number.parseFloat(config.analysis.maxErrorRatio) / 100,
                maxLatencyMs: config.analysis.maxLatency,
                maxSlowdown: config.analysis.maxSlowdown,
                minRequests: config.analysis.minRequests,
                intervalMs: config.analysis.interval,
            },
            hooks: {
                preDeploy: buildHook(config.hooks.preDeploy),
                prePromotion: buildHook(config.hooks.prePromotion),
                postPromotion: buildHook(config.hooks.postPromotion),
                onRollback: buildHook(config.hooks.onRollback && { ...config.hooks.onRollback, onTimeout: "hold" }),
            },
            retryToken: config.retryToken,
            driftPolicy: config.driftPolicy,
            adoptFrom: config.adoptFrom,
            lockTimeoutMs: config.lockTimeout,
        },
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

/** Names of all secrets that a service asks for, each once. */
export function usedSecrets(config: Pick<ServiceConfig, "env" | "secrets">): string[] {
    const inEnvironment = Object.values(config.env).flatMap(value => (typeof value === "string" ? [] : [value.secret]));
    return [...new Set([...config.secrets, ...inEnvironment])].sort();
}

function isExactHost(host: string): boolean {
    return !host.includes("*");
}
