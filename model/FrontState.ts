import type { LinkValue } from "./LinkValue";

/** One server as `show stat` says it. Counters are since the worker's start. */
export interface ServerRow {
    /** `UP`, `DOWN`, `MAINT`, `DRAIN`, `NOLB`, also on the way: `UP 1/3`, `DOWN 1/2`. */
    status: string;
    /** Result of the last check, `L7OK`, `L4CON`, `L7STS`; a leading `* ` is gone. Empty before the first. */
    checkStatus: string;
    /** HTTP status of the last check. */
    checkCode?: number;
    /** What HAProxy says about the last check, in words. */
    checkWords: string;
    /** Requests that the server has now. */
    scur: number;
    /** Requests that wait for this server. */
    qcur: number;
    /** Requests that it ever had. */
    stot: number;
    failedChecks: number;
    /** Times that it went down. */
    downs: number;
    /** Seconds since it last went up or down. */
    lastChangeSeconds: number;
    /** Responses of any status. */
    responses: number;
    /** Responses of class 5xx. */
    responses5xx: number;
    /** Average time until the response's head came, milliseconds; sliding, see `model/Window.ts`. */
    averageResponseMs: number;
    /** Requests that found no server, or none that could be connected to after all retries. */
    connectErrors: number;
    /** Answers that did not come in time or in one piece; one answer may count twice. */
    responseErrors: number;
    /** Seconds since its last request; undefined when there was none. */
    lastRequestSeconds?: number;
    /** Its successful retries and redispatches elsewhere. */
    retries: number;
    redispatches: number;
}

/** One slot in one worker. */
export interface ServerStat extends ServerRow {
    slot: number;
    address: string;
    port: number;
    /** What we told it: take traffic, only be checked, or neither. */
    admin: "ready" | "drain" | "maint";
    adminState: number;
    /** 0 down, 1 starting, 2 up, 3 stopping. */
    operationalState: number;
    /** Its checks say that it works (it may still be in drain). */
    up: boolean;
}

/** One color's backend in one worker. */
export interface BackendStat {
    name: string;
    /** Requests that its servers have now. */
    scur: number;
    /** Requests that wait for any of its servers. */
    qcur: number;
    /** Requests that it ever had in this worker. */
    stot: number;
    /** Responses of any status that it ever gave in this worker, HAProxy's own among them. */
    responses: number;
    responses5xx: number;
    /**
     * Requests that its servers answered or failed to answer. What HAProxy answers itself to a request that it refuses, or
     * cannot pass on because of what the client sent, is not the service's answer.
     */
    asked: number;
    /** Of those, the ones that were answered with 5xx, refused, reset, timed out, or that had no server to go to. */
    failed: number;
    /** Sliding average of the time until a response's head came, milliseconds. */
    averageResponseMs: number;
    servers: Map<number, ServerStat>;
}

/** Where a worker is reached: process ids repeat between generations. */
export interface WorkerAddress {
    /** Name of its generation, as in the name of the master's socket. */
    generation: string;
    /** The master's socket. */
    socket: string;
    pid: number;
}

/** Tells a worker from every other one, of any time: process ids repeat where HAProxy restarts. */
export function workerKey({ generation, pid, startedAt }: Pick<Worker, "generation" | "pid" | "startedAt">): string {
    return `${generation}/${pid}/${startedAt}`;
}

/** One process of HAProxy that serves requests, and what it has in its memory. */
export interface Worker extends WorkerAddress {
    /** Soft-stopped: takes no new connections, serves what it has, refuses every change of its servers. */
    old: boolean;
    /** Hash of the configuration that it runs. */
    configHash: string | undefined;
    links: Map<string, LinkValue>;
    routes: Map<string, string>;
    /** Backend -> release id. */
    releases: Map<string, string>;
    backends: Map<string, BackendStat>;
    /** Connections of clients that it has now, idle ones among them. */
    connections: number;
    uptimeSeconds: number;
    /** When it started, seconds since 1970 by the Docker host's clock. */
    startedAt: number;
}

/** One HAProxy container. */
export interface Generation {
    name: string;
    socket: string;
    masterPid: number;
    /** `3.0.11`, with the distribution's addition. */
    version: string;
    reloads: number;
    /** Since the last one that succeeded. */
    failedReloads: number;
}

/** All of HAProxy at one moment. */
export interface FrontState {
    generations: Generation[];
    /** Of all generations. */
    workers: Worker[];
    /** Sockets of generations that are gone. */
    deadSockets: string[];
}
