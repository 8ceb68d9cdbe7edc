import type { HealthSettings } from "./HealthSettings";

/** An environment variable: a plain value, or the name of one of the service's secrets. */
export type EnvValue = string | { secret: string };

/** Docker's restart policies, as they are spelled in the config. */
export type RestartPolicy = "no" | "always" | "unless-stopped" | "on-failure";

/** One mounted volume or host folder. */
export interface VolumeSettings {
    /** A volume's name or an absolute path on the Docker host. */
    source: string;
    /** An absolute path inside the container. */
    target: string;
    /** The container may only read it. @default false */
    readOnly: boolean;
    /** Both colors may write it at the same time: the user has thought about that. @default false */
    shared: boolean;
}

/** A soft and a hard limit of one resource (`nofile`, `nproc`, ...). */
export interface Ulimit {
    /** What the process starts with; -1 is unlimited. */
    soft: number;
    /** What the process may raise itself to; -1 is unlimited. */
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
 * Everything of class *release*: a change of anything in here is a new release. It holds the names of secrets, never
 * their values (those are in `ServiceSettings.secretValues`).
 */
export interface ReleaseSettings {
    /** Image reference, `repository[:tag][@digest]`. Required. */
    image: string;
    /** Port that the container listens on, 1-65535; undefined for a rolling service without a front (a worker). */
    port?: number;
    /** Environment, beside RELINK_COLOR, RELINK_SERVICE and RELINK_RELEASE, which relink sets. @default {} */
    env: Record<string, EnvValue>;
    /** Names of secrets that become files `/run/secrets/NAME`, mode 0400. @default [] */
    secrets: string[];
    /** Any text; a change of it deploys the same image with the same settings again. @default undefined */
    redeploy?: string;
    /** Arguments, or the command where the image has no entrypoint. @default the image's */
    command?: string[];
    /** Program to start. @default the image's */
    entrypoint?: string[];
    /** Absolute path of the working directory. @default the image's */
    workingDir?: string;
    /** `user[:group]`, names or numbers. @default the image's */
    user?: string;
    /** Docker's small init runs as process 1. @default false (Docker's) */
    init: boolean;
    /** Labels of the containers; those that start with `relink.` are reserved. @default {} */
    labels: Record<string, string>;
    /** Volumes and host folders. @default [] */
    volumes: VolumeSettings[];
    /** Existing Docker networks to join beside the front's. @default [] */
    networks: string[];
    /** Further entries of `/etc/hosts`, `name:address`. @default [] */
    extraHosts: string[];
    /** Addresses of DNS servers. @default [] (Docker's) */
    dns: string[];
    /**
     * Linux capabilities to add to and drop from Docker's default set. Of that set `NET_RAW` is left out unless it is added:
     * with it, a container can send packets in the name of every other one on the front's network. @default none
     */
    capabilities: { add: string[]; drop: string[] };
    /** The container's own file system is read-only; volumes are not. @default false */
    readOnly: boolean;
    /** Docker's security options, such as `no-new-privileges:true`. @default [] (Docker's profiles) */
    securityOpt: string[];
    /** The most processes and threads; -1 is unlimited. @default Docker's */
    pidsLimit?: number;
    /** Memory limit, bytes. @default unlimited */
    memoryBytes?: number;
    /** CPU limit, in CPUs; 0.5 is half of one. @default unlimited */
    cpus?: number;
    /** Resource limits by name. @default {} (Docker's) */
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
    /** Slots that each color gets in HAProxy: the most that `replicas` can be without a new release. @default 8 */
    maxReplicas: number;
    /** Timeouts of this service's backends. */
    timeouts: {
        /** Longest silence of a container during a request, milliseconds. @default the front's */
        serverMs?: number;
    };
}
