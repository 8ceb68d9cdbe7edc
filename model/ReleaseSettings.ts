import type { HealthSettings } from "./HealthSettings";

/** An environment variable: a plain value, or the name of one of the service's secrets. */
export type EnvValue = string | { secret: string };

/** Docker's restart policies, as the config spells them. */
export type RestartPolicy = "no" | "always" | "unless-stopped" | "on-failure";

/** One mounted volume or host folder. */
export interface VolumeSettings {
    /** A volume's name or an absolute path on the Docker host. */
    source: string;
    /** An absolute path inside the container. */
    target: string;
    /** The container may not write the volume. @default false */
    readOnly: boolean;
    /** The application can live with both colors writing the volume at the same time. @default false */
    shared: boolean;
}

/** The soft and the hard limit of one resource (`nofile`, `nproc`, ...). */
export interface Ulimit {
    /** The limit at the start of the process; -1 is unlimited. */
    soft: number;
    /** The highest limit that the process may set; -1 is unlimited. */
    hard: number;
}

/** Docker's logging driver of the containers. */
export interface LogSettings {
    /** `json-file`, `local`, `journald`, ... */
    driver: string;
    /** Options of that driver. @default {} */
    options: Record<string, string>;
}

/**
 * The settings of class *release*: a change of any of them is a new release. They have the names of secrets; the values
 * are in `ServiceSettings.secretValues`.
 */
export interface ReleaseSettings {
    /** Image reference, `repository[:tag][@digest]`. Required. */
    image: string;
    /** Port on which the container listens, 1 to 65535; undefined for a background service. */
    port?: number;
    /** Other ports of the same containers, 1 to 65535, by the places (`placeOf` a route) whose requests go there. @default none */
    routePorts?: Record<string, number>;
    /**
     * `h2c`: HAProxy speaks HTTP/2 without TLS to the containers, as gRPC needs it. `tcp`: the front passes on connections and
     * reads no requests. @default undefined (HTTP/1.1)
     */
    protocol?: "h2c" | "tcp";
    /**
     * Each connection to a container of a TCP service begins with the header of the PROXY protocol, which has the client's
     * address. @default undefined (it does not)
     */
    sendProxy?: "v2";
    /** Environment. relink adds RELINK_COLOR, RELINK_SERVICE and RELINK_RELEASE. @default {} */
    env: Record<string, EnvValue>;
    /** Names of secrets that become files `/run/secrets/NAME`, mode 0400. @default [] */
    secrets: string[];
    /** Any text. If it changes, relink deploys the same image with the same settings again. @default undefined */
    redeploy?: string;
    /** Arguments, or the command where the image has no entrypoint. @default the image's */
    command?: string[];
    /** Program to start. @default the image's */
    entrypoint?: string[];
    /** Absolute path of the working directory. @default the image's */
    workingDir?: string;
    /** `user[:group]`, names or numbers. @default the image's */
    user?: string;
    /** Docker's init runs as process 1. @default false (Docker's) */
    init: boolean;
    /** Labels of the containers; those that start with `relink.` are reserved. @default {} */
    labels: Record<string, string>;
    /** Volumes and host folders. @default [] */
    volumes: VolumeSettings[];
    /** Existing Docker networks that the containers join beside the front's. @default [] */
    networks: string[];
    /** Additional entries of `/etc/hosts`, `name:address`, or `name:front` for an internal service. @default [] */
    extraHosts: string[];
    /** Addresses of DNS servers. @default [] (Docker's) */
    dns: string[];
    /**
     * Linux capabilities to add to Docker's default set, and to drop from it. relink drops `NET_RAW` of that set unless
     * it is added: with it a container can send packets in the name of others on the front's network. @default none
     */
    capabilities: { add: string[]; drop: string[] };
    /** The container's file system is read-only, except its volumes. @default false */
    readOnly: boolean;
    /** Docker's security options, such as `no-new-privileges:true`. @default [] (Docker's profiles) */
    securityOpt: string[];
    /** The largest number of processes and threads; -1 is unlimited. @default Docker's */
    pidsLimit?: number;
    /** Memory limit, bytes. @default unlimited */
    memoryBytes?: number;
    /** CPU limit, in CPUs; 0.5 is half of one. @default unlimited */
    cpus?: number;
    /** Limits of resources by name. @default {} (Docker's) */
    ulimits: Record<string, Ulimit>;
    /** Logging driver. @default Docker's */
    log?: LogSettings;
    /** What Docker does when a proved container exits. @default "unless-stopped" */
    restart: RestartPolicy;
    /** Signal that asks the container to stop, e.g. `SIGQUIT`. @default the image's */
    stopSignal?: string;
    /** Time between that signal and SIGKILL, milliseconds. @default 10000 (Docker's) */
    stopGracePeriodMs: number;
    /** Health check. */
    health: HealthSettings;
    /** The largest number of `replicas` without a new release: HAProxy gets slots for it. @default 8 */
    maxReplicas: number;
    /** Timeouts of this service's backends. */
    timeouts: {
        /** Longest silence of a container during a request, milliseconds. @default the front's */
        serverMs?: number;
    };
    /** The user's own lines for this service's backends in HAProxy. @default [] */
    backendLines: string[];
    /** `cookie`: the requests of one user go to one container. @default undefined (to any of them) */
    sticky?: "cookie";
}

/** @returns whether an entry of `extraHosts` leads to an internal service of the stack: `NAME:front` */
export function leadsToFront(entry: string): boolean {
    return entry.endsWith(":front");
}
