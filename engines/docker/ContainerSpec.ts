import type Dockerode from "dockerode";
import { StartFailed } from "../../docker/errors";
import type { ReleaseSettings } from "../../model/ReleaseSettings";
import { secretsFolder } from "../../model/secretsFolder";

const nanosecondsPerMillisecond = 1_000_000;

/** One container of a release, before it exists. */
export interface ContainerSpec {
    /** Name on the Docker host. */
    name: string;
    /** Local image id, `sha256:...`: what was pulled and proved, whatever a tag says meanwhile. */
    imageId: string;
    /** The release's settings. */
    release: ReleaseSettings;
    /** Values of the secrets that `release.secrets` and `release.env` name. */
    secretValues: Record<string, string>;
    /** Our labels; they win over the release's own. */
    labels: Record<string, string>;
    /** Our environment variables (RELINK_COLOR, ...); they win over the release's own. */
    env: Record<string, string>;
    /** The front's network and this slot's fixed IPv4 address in it. @default for the address: whatever Docker gives it */
    network: { name: string; address?: string };
}

/** What the Engine is asked to create. Pure. Secrets that become files are not in it. */
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
        // Whole seconds are all that Docker knows here; it is what `docker stop` by hand uses.
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
                // Docker writes no file into a read-only container, but into a volume of it: one that goes with it.
                ...(release.readOnly && release.secrets.length > 0 ? [{ Type: "volume", Target: secretsFolder }] : []),
            ],
            Init: release.init ? true : undefined,
            ExtraHosts: release.extraHosts,
            Dns: release.dns,
            CapAdd: release.capabilities.add,
            CapDrop: dropped(release.capabilities),
            ReadonlyRootfs: release.readOnly,
            SecurityOpt: release.securityOpt,
            LogConfig: release.log ? { Type: release.log.driver, Config: release.log.options } : undefined,
            // The release's own policy comes once it is proved.
            RestartPolicy: { Name: "no" },
        },
        NetworkingConfig: {
            EndpointsConfig: {
                [network.name]: network.address === undefined ? {} : { IPAMConfig: { IPv4Address: network.address } },
            },
        },
    } as Dockerode.ContainerCreateOptions;
}

/** With NET_RAW a container can send packets in the name of every other one on the front's network. */
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

/** The value of one of the spec's secrets. Throws StartFailed where there is none. */
export function secretValue(spec: ContainerSpec, name: string): string {
    const value = spec.secretValues[name];
    if (value === undefined) {
        throw new StartFailed("other", `${spec.name}: the secret ${name} has no value.`);
    }
    return value;
}

/** Docker's own check; what is left out is the image's, if it has one. */
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
