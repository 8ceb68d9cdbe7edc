import type { LinkValue } from "./LinkValue";

/** One server in HAProxy's `show stat`. Its counters start with the worker. */
export interface ServerRow {
    /** `UP`, `DOWN`, `MAINT`, `DRAIN`, `NOLB`; with the checks so far while it changes: `UP 1/3`, `DOWN 1/2`. */
    status: string;
    /** Result of the last check, `L7OK`, `L4CON`, `L7STS`, without a leading `* `. Empty before the first one. */
    checkStatus: string;
    /** HTTP status of the last check. */
    checkCode?: number;
    /** HAProxy's words about the last check. */
    checkWords: string;
    /** Requests that are open on the server now. */
    scur: number;
    /** Requests that wait for this server. */
    qcur: number;
    /** Requests that the server has got so far. */
    stot: number;
    /** Checks that failed. */
    failedChecks: number;
    /** How often the server went down. */
    downs: number;
    /** Seconds since the server last went up or down. */
    lastChangeSeconds: number;
    /** Responses of any status. */
    responses: number;
    /** Responses of class 5xx. */
    responses5xx: number;
    /** Sliding average of the time until a response's head came, milliseconds (see `model/Window.ts`). */
    averageResponseMs: number;
    /** Requests for which HAProxy could connect to no server, after all retries. */
    connectErrors: number;
    /** Answers that were late or broke off; one answer may count twice. */
    responseErrors: number;
    /** Seconds since the last request; undefined where there was none. */
    lastRequestSeconds?: number;
    /** Connections that HAProxy tried again with success. */
    retries: number;
    /** Requests that HAProxy sent to another server instead. */
    redispatches: number;
}

/** One slot in one worker. */
export interface ServerStat extends ServerRow {
    slot: number;
    address: string;
    /** 0 where the backend chooses one for each request. */
    port: number;
    /** How it chooses (`wiringOf` a release). @default undefined (the server has one port) */
    wiring?: number;
    /** What relink told HAProxy: send requests, only check it, or neither. */
    admin: "ready" | "drain" | "maint";
    adminState: number;
    /** 0 down, 1 starting, 2 up, 3 stopping. */
    operationalState: number;
    /** Its checks pass. It may still be in drain. */
    up: boolean;
}

/** One color's backend in one worker. */
export interface BackendStat {
    name: string;
    /** It passes on connections, so that each of them counts as a request. @default undefined (HTTP) */
    isTcp?: true;
    /** Requests that are open on its servers now. */
    scur: number;
    /** Requests that wait for any of its servers. */
    qcur: number;
    /** Requests that the backend has got so far in this worker. */
    stot: number;
    /** Responses of any status so far in this worker, HAProxy's own ones too. */
    responses: number;
    responses5xx: number;
    /**
     * Requests that its servers answered or failed to answer. HAProxy's own answers to requests that it refuses are not
     * the service's, nor are those to requests that are malformed.
     */
    asked: number;
    /** Of those, the requests that were answered with 5xx, refused, reset or late, or for which there was no server. */
    failed: number;
    /** Sliding average of the time until a response's head came, milliseconds. */
    averageResponseMs: number;
    servers: Map<number, ServerStat>;
}

/** How to reach a worker. Process ids alone are not enough: they repeat between generations. */
export interface WorkerAddress {
    /** Name of its generation, which is in the name of the master's socket too. */
    generation: string;
    /** The master's socket. */
    socket: string;
    pid: number;
}

/** @returns a key that no other worker has or had; process ids alone repeat when HAProxy restarts */
export function workerKey({ generation, pid, startedAt }: Pick<Worker, "generation" | "pid" | "startedAt">): string {
    return `${generation}/${pid}/${startedAt}`;
}

/** One process of HAProxy that serves requests, with what is in its memory. */
export interface Worker extends WorkerAddress {
    /**
     * Soft-stopped: it finishes the connections that it has, takes no new ones, and refuses every change of its
     * servers.
     */
    old: boolean;
    /** Hash of the configuration that the worker runs. */
    configHash: string | undefined;
    links: Map<string, LinkValue>;
    routes: Map<string, string>;
    /** The release id of each backend. */
    releases: Map<string, string>;
    backends: Map<string, BackendStat>;
    /** Open connections of clients, also idle ones. */
    connections: number;
    uptimeSeconds: number;
    /** Its start, seconds since 1970 by the Docker host's clock. */
    startedAt: number;
}

/** One HAProxy container. */
export interface Generation {
    name: string;
    socket: string;
    masterPid: number;
    /** `3.0.11`, with the suffix of the distribution. */
    version: string;
    reloads: number;
    /** Failed reloads since the last one that succeeded. */
    failedReloads: number;
}

/** All of HAProxy at one moment. */
export interface FrontState {
    generations: Generation[];
    /** The workers of all generations. */
    workers: Worker[];
    /** Sockets that generations have left behind. */
    deadSockets: string[];
}
