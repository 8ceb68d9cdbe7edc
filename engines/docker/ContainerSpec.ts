import type Dockerode from "dockerode";
import { StartFailed } from "../../docker/errors";
import { leadsToFront, type ReleaseSettings } from "../../model/ReleaseSettings";
import { secretsFolder } from "../../model/secretsFolder";

const nanosecondsPerMillisecond = 1_000_000;

/** A container of a release that is to be created. */
export interface ContainerSpec {
    /** Name on the Docker host. */
    name: string;
    /** Id of the image on the Docker host, `sha256:...`. A tag could have moved since the image was pulled. */
    imageId: string;
    /** The release's settings. */
    release: ReleaseSettings;
    /** Values of the secrets that `release.secrets` and `release.env` name. */
    secretValues: Record<string, string>;
    /** relink's labels. They go over the release's own. */
    labels: Record<string, string>;
    /** relink's environment variables (RELINK_COLOR, ...). They go over the release's own. */
    env: Record<string, string>;
    /** The front's network, and this slot's fixed IPv4 address in it. @default for the address: Docker chooses one */
    network: { name: string; address?: string };
    /** The anchor's address in that network, for `extraHosts` that lead to internal services. @default unknown */
    front?: string;
}

/**
 * Renders the request that creates a container. It has no secrets that become files.
 * @throws StartFailed where a secret has no value
 */
export function createOptions(spec: ContainerSpec): Dockerode.ContainerCreateOptions {
    const { release, network } = spec;
    return {
        name: spec.name,
        Image: spec.imageId,
        Env: environment(spec),
        Cmd: release.command,
        Entrypoint: release.entrypoint,
        WorkingDir: release.workingDir,
        User: release.user,
        Labels: { ...release.labels, ...spec.labels },
        StopSignal: release.stopSignal,
        // Docker takes whole seconds. A `docker stop` by hand uses them.
        StopTimeout: Math.ceil(release.stopGracePeriodMs / 1000),
        Healthcheck: healthCheck(release),
        HostConfig: {
            ...resources(release),
            NetworkMode: network.name,
            Mounts: [
                ...release.volumes.map(volume => ({
                    Type: volume.source.startsWith("/") ? "bind" : "volume",
                    Source: volume.source,
                    Target: volume.target,
                    ReadOnly: volume.readOnly,
                })),
                // Docker writes a file into a read-only container only where a volume is: an anonymous one, removed with it.
                ...(release.readOnly && release.secrets.length > 0 ? [{ Type: "volume", Target: secretsFolder }] : []),
            ],
            Init: release.init ? true : undefined,
            ExtraHosts: extraHosts(spec),
            Dns: release.dns,
            CapAdd: release.capabilities.add,
            CapDrop: dropped(release.capabilities),
            ReadonlyRootfs: release.readOnly,
            SecurityOpt: release.securityOpt,
            LogConfig: release.log ? { Type: release.log.driver, Config: release.log.options } : undefined,
            // The container gets its release's policy once it is proved.
            RestartPolicy: { Name: "no" },
        },
        NetworkingConfig: {
            EndpointsConfig: {
                [network.name]: network.address === undefined ? {} : { IPAMConfig: { IPv4Address: network.address } },
            },
        },
    } as Dockerode.ContainerCreateOptions;
}

/** @throws StartFailed where a name is to lead to the front, and its address is not known */
function extraHosts({ name, release, front }: ContainerSpec): string[] {
    return release.extraHosts.map(entry => {
        if (!leadsToFront(entry)) {
            return entry;
        }
        if (front === undefined) {
            throw new StartFailed("network", `${name}: the front is not on its network, so ${entry} has no address.`);
        }
        return `${entry.slice(0, entry.indexOf(":"))}:${front}`;
    });
}

/** Drops NET_RAW too, unless the settings decide on it. With it a container can forge packets of others on the network. */
function dropped({ add, drop }: ReleaseSettings["capabilities"]): string[] {
    const decided = [...add, ...drop].map(name => name.replace(/^CAP_/, ""));
    return decided.some(name => name === "NET_RAW" || name === "ALL") ? drop : [...drop, "NET_RAW"];
}

function environment(spec: ContainerSpec): string[] {
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(spec.release.env)) {
        values[name] = typeof value === "string" ? value : secretValue(spec, value.secret);
    }
    return Object.entries({ ...values, ...spec.env }).map(([name, value]) => `${name}=${value}`);
}

/**
 * @returns the value of one of the spec's secrets
 * @throws StartFailed where it has no value
 */
export function secretValue(spec: ContainerSpec, name: string): string {
    const value = spec.secretValues[name];
    if (value === undefined) {
        throw new StartFailed("other", `${spec.name}: the secret ${name} has no value.`);
    }
    return value;
}

/** @returns Docker's health check. Docker takes a missing part of it from the image; undefined where all is missing. */
function healthCheck({ health }: ReleaseSettings) {
    const { command, commandIntervalMs, commandTimeoutMs, commandRetries, startPeriodMs } = health;
    if (command?.length === 0) {
        return { Test: ["NONE"] };
    }
    const isOurs = command !== undefined;
    const check = {
        Test: command && ["CMD", ...command],
        Interval: nanoseconds(commandIntervalMs ?? (isOurs ? health.intervalMs : undefined)),
        Timeout: nanoseconds(commandTimeoutMs ?? (isOurs ? health.timeoutMs : undefined)),
        Retries: commandRetries ?? (isOurs ? health.fall : undefined),
        StartPeriod: nanoseconds(startPeriodMs),
    };
    return Object.values(check).some(value => value !== undefined) ? check : undefined;
}

function nanoseconds(milliseconds: number | undefined): number | undefined {
    return milliseconds === undefined ? undefined : milliseconds * nanosecondsPerMillisecond;
}

function resources(release: ReleaseSettings): Partial<Dockerode.HostConfig> {
    return {
        Memory: release.memoryBytes,
        PidsLimit: release.pidsLimit,
        NanoCpus: release.cpus === undefined ? undefined : Math.round(release.cpus * 1e9),
        Ulimits: Object.entries(release.ulimits).map(([Name, { soft, hard }]) => ({ Name, Soft: soft, Hard: hard })),
    };
}
