import type { Route } from "./Route";

/**
 * What the stack config says, parsed: every default is filled in, every duration is in milliseconds, every size in
 * bytes, and every cross check has passed (`parseSettings`). Nothing downstream looks at the raw config.
 *
 * The defaults themselves live in one place each: the schema files beside this one.
 */

/** One of the two places where a service's containers run. */
export type Color = "blue" | "green";

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

/** HTTP statuses, both ends included. */
export interface StatusRange {
    /** Lowest status that counts as healthy. */
    from: number;
    /** Highest status that counts as healthy. */
    to: number;
}

/** How the front and the proof find out that a container works. */
export interface HealthSettings {
    /** Path of the HTTP check, with a leading slash; undefined when `tcp` is true. @default "/" */
    path?: string;
    /** Only connect, do not ask. @default false */
    tcp: boolean;
    /**
     * Docker's own health check inside the container, in addition to the front's: a program and its arguments
     * (a config string becomes `["/bin/sh", "-c", string]`); an empty list is none, the image's neither.
     * @default undefined (the image's, if it has one)
     */
    command?: string[];
    /** Time between two of Docker's checks, milliseconds. @default intervalMs, or what the image says of its own */
    commandIntervalMs?: number;
    /** Time that one of Docker's checks may take, milliseconds. @default timeoutMs, or what the image says */
    commandTimeoutMs?: number;
    /** Bad ones of Docker's checks in a row until a container is unhealthy. @default fall, or what the image says */
    commandRetries?: number;
    /** Bad ones of Docker's checks do not count for this long after the start, milliseconds. @default 0 */
    startPeriodMs?: number;
    /** Host header of the HTTP check. @default the first exact host, else the service's name */
    host: string;
    /**
     * The host above was not set, but derived: it does not count for the release's id, or a new route would be a new
     * release.
     */
    hostIsDefault: boolean;
    /** Statuses that count as healthy. @default 200-399 (HAProxy's own default) */
    status: StatusRange;
    /** Time between two checks, milliseconds. @default 2000 (HAProxy's `inter`) */
    intervalMs: number;
    /** Time that one check may take, milliseconds. @default 2000 */
    timeoutMs: number;
    /** Good checks in a row until a server is up. @default 2 (HAProxy's `rise`) */
    rise: number;
    /** Bad checks in a row until a server is down. @default 3 (HAProxy's `fall`) */
    fall: number;
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

/** `strategy: rolling`: inside the live color, container by container (docs/rolling.md). */
export interface RollingSettings {
    /** How many go at a time: a number, half of the old ones (rounded up), or the whole service at once. @default 1 */
    step: number | "half" | "service";
    /** Time between a new container's coming up and the next one's turn, milliseconds; not with `service`. @default 0 */
    gracePeriodMs: number;
    /**
     * `startFirst`: a new one is proved before an old one leaves. `stopFirst`: an old one leaves before the new one starts.
     * @default "startFirst"
     */
    order: "startFirst" | "stopFirst";
    /** One new container must be healthy within this time, milliseconds; also the longest wait for an unhealthy old one. @default 60000 */
    healthcheckTimeoutMs: number;
    /** Where nothing checks a container's health, it must run for this long, milliseconds. @default 10000 */
    waitMs: number;
    /** Time that a new container must stay healthy beyond `minHealthyTime`, milliseconds. @default 0 */
    waitAfterHealthyMs: number;
    /** A shell command for each old container, once it is out of traffic and before it is stopped. @default undefined */
    preStopCommand?: string;
    /** Where that command runs: on the machine that runs Pulumi, or in the container. @default "host" */
    preStopIn: "host" | "container";
    /** After the command, wait until the old container's health check fails. @default false */
    preStopWaitUntilUnhealthy: boolean;
}

/** One step of a canary. */
export interface CanaryStep {
    /** Share of requests that the new release gets, percent, 1 to 99; 0 where none is held. */
    weight: number;
    /** Containers of the new release from then on. @default all `replicas` */
    replicas?: number;
    /** How long the step lasts, milliseconds. @default bakeTimeMs */
    pauseMs: number;
    /** The new release is judged meanwhile, by `analysis`. @default true */
    analysis: boolean;
}

/** `strategy: canary`: the idle color gets the new release and a share of the requests (docs/canary.md). */
export interface CanarySettings {
    /**
     * Shares one after another, each more than the one before, and with no fewer containers. A `weight` below 100 that is
     * held is one step.
     */
    steps: CanaryStep[];
    /** After the last step the new release gets everything; if false, the last step is held until the config changes. */
    promotes: boolean;
    /**
     * `none`: each request is shared out. `cookie`, `hash` (of the client's address): each user is, and a greater share
     * leaves the users of the new release there. @default "none"
     */
    sticky: "none" | "cookie" | "hash";
}

/** How a new release takes the place of the old one. */
export type StrategySettings =
    | { kind: "blueGreen" }
    | ({ kind: "rolling" } & RollingSettings)
    | ({ kind: "canary" } & CanarySettings);

/** Limits for a release that has just become live, over the requests that it answered since. */
export interface AnalysisSettings {
    /**
     * Largest share of answers with a status of 500 or above, 0 to 1. A service that had more than half of that share
     * before the release is allowed twice what it had. @default 0.05
     */
    maxErrorRatio: number;
    /** Largest average response time, milliseconds. @default undefined (none) */
    maxLatencyMs?: number;
    /** How many times the average response time of the predecessor it may have, beyond 100 ms more. @default 3 */
    maxSlowdown: number;
    /** Requests without which nothing is judged. @default 10 */
    minRequests: number;
    /** Time between two looks, milliseconds; at each of them one request of ours goes through the public listener. @default 1000 */
    intervalMs: number;
}

/** One request and what its answer must be. */
export interface HttpCheck {
    /** @default "/" */
    path: string;
    /** @default 200-299 */
    status: StatusRange;
    /** A text that the first 4 kB of the answer must contain. @default undefined */
    body?: string;
    /** A header that the answer must have, `name: value`. @default undefined */
    header?: string;
}

/** One step of the user's own: exactly one of `command`, `webhook` and `http`. */
export interface HookSettings {
    /** A shell command, run on the machine that runs Pulumi. */
    command?: string;
    /** A URL that gets a POST with a JSON body; a status of 200 to 299 is good. */
    webhook?: string;
    /** A request to the new release: by its preview address before the promotion, by the public one after it. */
    http?: HttpCheck;
    /** Time for one try, milliseconds. @default 300000 */
    timeoutMs: number;
    /** Further tries, a second apart. @default 0 */
    retries: number;
    /**
     * What it means when no try ended in time: `hold` that nobody knows, so nothing moves; `rollback` that it failed;
     * `continue` that it passed. @default "hold"
     */
    onTimeout: "hold" | "rollback" | "continue";
}

/** When the user's own steps run. */
export interface HooksSettings {
    /** Once per release, before any container of it is made: migrations. A failure stops the release. */
    preDeploy?: HookSettings;
    /** After the proof and before the link moves; a failure stops the release. */
    prePromotion?: HookSettings;
    /** After the link has moved; a failure moves it back. */
    postPromotion?: HookSettings;
    /** After the link was moved back; its outcome is only reported. */
    onRollback?: HookSettings;
}

/** Everything of class *policy*: how a release is done. A change does nothing by itself. */
export interface PolicySettings {
    /** How a new release takes the place of the old one. @default blueGreen */
    strategy: StrategySettings;
    /** A new release must be healthy for this long without a break, milliseconds. @default 5000 */
    minHealthyTimeMs: number;
    /** One container must be healthy within this time of its start, milliseconds. @default 300000 */
    healthyDeadlineMs: number;
    /** The whole deployment of a release must be done within this time, milliseconds. @default 600000 */
    progressDeadlineMs: number;
    /** How long what is open on the old color may go on before `onDrainTimeout`, milliseconds. @default 60000 */
    drainTimeoutMs: number;
    /**
     * What happens after `drainTimeoutMs`: `close` cuts what is open and reports it; `wait` waits up to
     * `progressDeadlineMs` and then stops with an error that counts what is open. @default "close"
     */
    onDrainTimeout: "close" | "wait";
    /** What becomes of the old color after a release. @default "keep" (warm: going back is one switch) */
    previousColor: "keep" | "stop" | "remove";
    /** Of how many stable releases, the present one included, image and settings are kept. @default 3 */
    keepReleases: number;
    /**
     * A new release takes over as soon as it is proved; if false, it waits, reachable at its preview address, until
     * `promote` names it. Going back to a release that was live before never waits. @default true
     */
    autoPromotion: boolean;
    /**
     * How long a release that has just become live is judged before it counts as stable, milliseconds; its predecessor
     * stays warm meanwhile. 0 judges nothing. The first release has no predecessor and is not judged. @default 15000
     */
    bakeTimeMs: number;
    /** By what it is judged. */
    analysis: AnalysisSettings;
    /** The user's own steps. */
    hooks: HooksSettings;
    /** Any text; a change of it lets a release that was judged bad be tried again. @default undefined */
    retryToken?: string;
    /**
     * What to do where the live system is not what was last confirmed: `fail` says what and changes nothing, `repair`
     * restores the recorded live release and link, and does nothing else in that `up`. @default "fail"
     */
    driftPolicy: "fail" | "repair";
    /** `project/stack` that this stack was called when the front was made, or last adopted. @default undefined */
    adoptFrom?: string;
    /** How long to wait for another `up` at work on the same front, milliseconds. @default 0 (refuse at once) */
    lockTimeoutMs: number;
}

/** What a provider needs of the policy while it acts: the rest is the plan's business, or is passed on by itself. */
export type ActionPolicy = Omit<
    PolicySettings,
    "hooks" | "driftPolicy" | "strategy" | "bakeTimeMs" | "analysis" | "adoptFrom"
>;

/** One service: what a user releases. */
export interface ServiceSettings {
    /** Key in `relink:services`; lower case, also the name in HAProxy and the start of Docker names. */
    name: string;
    /** Class *release*. */
    release: ReleaseSettings;
    /**
     * Values of all secrets that the service uses (as files or in `env`), by their NAME. Plain here; whoever passes
     * them on to Pulumi marks them secret again.
     */
    secretValues: Record<string, string>;
    /** Containers of the color that a release goes to. @default 1 */
    replicas: number;
    /** Which requests come here; at least one. @default everything, for the only service */
    routes: Route[];
    /** `auto`, or the color that is to be live whatever `image` says. @default "auto" */
    live: "auto" | Color;
    /** Id of the release that waits for promotion and may now take over. @default undefined */
    promote?: string;
    /** Class *policy*. */
    policy: PolicySettings;
}

/** HAProxy's timeouts, milliseconds. Defaults: facts/haproxy.md section 4, checked against HAProxy. */
export interface FrontTimeouts {
    /** To connect to a container. @default 5000 */
    connectMs: number;
    /** Longest silence of a client. @default 50000 */
    clientMs: number;
    /** Longest silence of a container during a request. @default 50000 */
    serverMs: number;
    /** To send a whole request head. @default 10000 */
    httpRequestMs: number;
    /** Idle time of a kept connection. @default 15000 */
    httpKeepAliveMs: number;
    /** In HAProxy's queue, when every server is full. @default 10000 */
    queueMs: number;
    /** Longest silence of an upgraded connection (WebSocket). @default 3600000 */
    tunnelMs: number;
    /** Silence of a client that has closed its side. @default 10000 */
    clientFinMs: number;
    /** Silence of a container that has closed its side. @default 10000 */
    serverFinMs: number;
    /** To answer a health check, once connected. @default 5000 */
    checkMs: number;
}

/** The HAProxy that owns the public ports. */
export interface FrontSettings {
    /** Name of the anchor container and the network, prefix of all others. @default `<project>-<stack>` */
    name: string;
    /** HAProxy image, 3.0 or later. @default "haproxy:3.2" */
    image: string;
    /** Address of the Docker host that http is published on. @default undefined (all addresses) */
    address?: string;
    /** The front's own Docker network. */
    network: {
        /** Subnet, IPv4 CIDR from /16 to /24. @default undefined (a free /20) */
        subnet?: string;
    };
    /** The public listener. */
    http: {
        /** Port on the Docker host. @default 80 */
        port: number;
    };
    /** The listener that reaches the idle color, on 127.0.0.1 of the Docker host. */
    preview: {
        /** Port on the Docker host. @default 8090 */
        port: number;
    };
    /** Prometheus metrics, on 127.0.0.1 of the Docker host. */
    metrics: {
        /** Port on the Docker host. @default 8404 */
        port: number;
    };
    /**
     * Addresses and networks (CIDR, IPv4 or IPv6) whose `X-Forwarded-*`, `X-Real-IP` and `Forwarded` are believed.
     * @default [] (nobody's)
     */
    trustedProxies: string[];
    /** HAProxy's timeouts. */
    timeouts: FrontTimeouts;
}

/** Login of one registry. */
export interface RegistrySettings {
    /** `host[:port]`, as image references spell it; `docker.io` is the Docker Hub. */
    address: string;
    /** User name. */
    username: string;
    /** Password or token. Plain here; whoever passes it on to Pulumi marks it secret again. */
    password: string;
}

/** The whole stack config. */
export interface Settings {
    /** The HAProxy in front. */
    front: FrontSettings;
    /** Docker endpoint, `unix:///path` or `tcp://host:port`. @default undefined (the machine's Docker Engine) */
    host?: string;
    /** Logins beside those of the machine's Docker config. @default [] */
    registries: RegistrySettings[];
    /** Sorted by name. */
    services: ServiceSettings[];
}
