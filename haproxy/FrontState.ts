import type { BackendStat, FrontState, ServerRow, Worker, WorkerAddress } from "../model/FrontState";
import { folders } from "../model/folders";
import { LinkValue } from "../model/LinkValue";
import type { Reply } from "./cli";
import { checked, mapPath, slotNumber } from "./names";
import { adminOf, parseEnvironment, parseInfo, parseMap, parseProcesses, parseServersState, parseStat } from "./parse";

/** What each worker is asked for one `FrontState`, beside its backends. */
const workerQuestions = [
    "show info",
    "show env RELINK_CONFIG",
    `show map ${mapPath("link")}`,
    `show map ${mapPath("routes")}`,
    `show map ${mapPath("releases")}`,
] as const;

/** What it is asked about its backends, in pairs: the slots, and the counters. All of them, or those of these names. */
function backendCommands(backends: readonly string[] | undefined): string[] {
    return (
        backends?.flatMap(name => [`show servers state ${name}`, `show stat ${name} 6 -1`]) ?? [
            "show servers state",
            "show stat -1 6 -1",
        ]
    );
}

/**
 * The commands that make up one look.
 * @param backends the only ones that somebody wants to know about: each has a row for every slot, the spare ones too, so
 * that all of them are most of the answer where there are many services. @default all of them
 */
export function observeCommands(backends?: readonly string[]): string[] {
    return [...workerQuestions, ...backendCommands(backends?.map(name => checked("backend", name)))];
}

/** Who was in the list was gone when it was asked, or is starting anew: ask again. */
export class WorkerVanished extends Error {}

/** The master of a generation has its socket, and does not answer on it as it should; its workers may well go on serving. */
export class MasterSilent extends Error {
    constructor(
        /** Name of its generation, as in the name of its socket. */
        readonly generation: string,
        /** What came instead of an answer. */
        readonly words: string,
    ) {
        super(`HAProxy's master of the generation ${generation} does not answer: ${words}`);
    }
}

/** Puts the answers to `observeCommands` together. */
export function frontStateOf(replies: readonly Reply[], backends?: readonly string[]): FrontState {
    const state: FrontState = { generations: [], workers: [], deadSockets: [] };
    const answers = new Map(replies.map(reply => [`${reply.socket} ${reply.command}`, reply]));
    for (const { socket, text, reached } of replies.filter(({ command }) => command === "show proc")) {
        if (!reached) {
            if (isReset(text)) {
                throw new WorkerVanished(`HAProxy's master on ${socket} is starting: ${text}`);
            }
            if (!isDeadSocket(text)) {
                throw new MasterSilent(generationOf(socket), text);
            }
            state.deadSockets.push(socket);
            continue;
        }
        const { master, workers } = parseProcesses(text);
        if (master === undefined) {
            throw new MasterSilent(generationOf(socket), text);
        }
        const name = generationOf(socket);
        const { pid: masterPid, version, reloads, failedReloads } = master;
        state.generations.push({ name, socket, masterPid, version, reloads, failedReloads });
        // After a reload that failed, HAProxy 3.2 lists the worker that goes on as old, and no other: then only what
        // the worker says itself counts.
        const isReplaced = workers.some(({ old }) => !old);
        for (const { pid, old: listedAsOld } of workers) {
            const old = listedAsOld && isReplaced;
            const worker = workerOf({ generation: name, socket, pid }, old, backends, command =>
                answers.get(`${socket} @!${pid} ${command}`),
            );
            if (worker !== undefined) {
                state.workers.push(worker);
            } else if (!old) {
                throw new WorkerVanished(`Worker ${pid} of generation ${name} exited while it was asked.`);
            }
        }
    }
    return state;
}

/** The master starts itself anew, at its start and at each reload, and drops who was connected just then. */
function isReset(complaint: string): boolean {
    return /reset by peer|broken pipe/i.test(complaint);
}

/** A socket whose generation is gone, as opposed to one that does not answer. */
export function isDeadSocket(complaint: string): boolean {
    return /refused|No such file/i.test(complaint);
}

/** The master's answer for a worker that has exited. */
export function isGone(text: string): boolean {
    return /^Can't find the target|^Can't connect to the target/.test(text);
}

function workerOf(
    address: WorkerAddress,
    old: boolean,
    backends: readonly string[] | undefined,
    answer: (command: string) => Reply | undefined,
): Worker | undefined {
    const commands = observeCommands(backends);
    const replies = commands.map(command => answer(command));
    // A worker that exits in the middle of an answer leaves it empty; only maps may be.
    const partial = replies.some((reply, index) => !reply?.text && !commands[index]!.startsWith("show map"));
    if (partial || replies.some(reply => !reply?.reached || isGone(reply.text))) {
        return undefined;
    }
    const [info, environment, links, routes, releases, ...ofBackends] = replies.map(reply => reply!.text);
    return {
        ...address,
        old: old || parseInfo(info!, "Stopping") === "1",
        configHash: parseEnvironment(environment!, "RELINK_CONFIG"),
        links: linksOf(parseMap(links!)),
        routes: parseMap(routes!),
        releases: parseMap(releases!),
        backends: new Map(pairsOf(ofBackends).flatMap(([servers, counters]) => [...backendsOf(counters, servers)])),
        connections: Number(parseInfo(info!, "CurrConns") ?? 0),
        uptimeSeconds: Number(parseInfo(info!, "Uptime_sec") ?? 0),
        startedAt: Number(parseInfo(info!, "Start_time_sec") ?? 0),
    };
}

/** What somebody wrote by hand and is no link sends users nowhere: the same as no link. */
export function linksOf(entries: ReadonlyMap<string, string>): Map<string, LinkValue> {
    const links = new Map<string, LinkValue>();
    for (const [service, value] of entries) {
        try {
            links.set(service, LinkValue.parse(value));
        } catch {
            // Left out: the service that it is about reports it as drift.
        }
    }
    return links;
}

/** The answers about each backend. One that the worker does not have is left out. */
function pairsOf(texts: readonly string[]): [servers: string, counters: string][] {
    return texts.flatMap((servers, index): [string, string][] =>
        index % 2 === 0 && !/^Can't find backend/.test(servers) ? [[servers, texts[index + 1] ?? ""]] : [],
    );
}

function backendsOf(statistics: string, servers: string): Map<string, BackendStat> {
    const states = new Map(parseServersState(servers).map(state => [`${state.backend}/${state.server}`, state]));
    const backends = new Map<string, BackendStat>();
    for (const [name, rows] of parseStat(statistics)) {
        if (!/-(?:blue|green)$/.test(name) || rows.own === undefined) {
            continue;
        }
        const { scur, qcur, stot, responses, responses5xx, averageResponseMs } = rows.own;
        const own = { scur, qcur, stot, responses, responses5xx, averageResponseMs };
        const backend: BackendStat = {
            name,
            ...own,
            ...answeredBy(rows.own, [...rows.servers.values()]),
            servers: new Map(),
        };
        for (const [server, row] of rows.servers) {
            const slot = slotNumber(server);
            const state = states.get(`${name}/${server}`);
            if (slot !== undefined && state !== undefined) {
                const { address, port, adminState, operationalState } = state;
                backend.servers.set(slot, {
                    ...row,
                    slot,
                    address,
                    port,
                    adminState,
                    operationalState,
                    admin: adminOf(adminState),
                    up: operationalState === 2,
                });
            }
        }
        backends.set(name, backend);
    }
    return backends;
}

/**
 * What the servers of a backend answered, and what HAProxy answered because they could not. Not every error of HAProxy's is
 * theirs: a request that overflows its header rewriting gets 500 from HAProxy, and no server has heard of it. And not every
 * error that it counts of a server is an answer: one connection that is closed without an answer counts twice.
 */
function answeredBy(own: ServerRow, servers: readonly ServerRow[]): Pick<BackendStat, "asked" | "failed"> {
    const sum = (count: (row: ServerRow) => number) => servers.reduce((sum, row) => sum + count(row), 0);
    const errors = sum(({ responses5xx }) => responses5xx);
    const unanswered = Math.min(Math.max(0, own.responses5xx - errors), own.connectErrors + own.responseErrors);
    return { asked: sum(({ responses }) => responses) + unanswered, failed: errors + unanswered };
}

function generationOf(socket: string): string {
    return socket.slice(`${folders.run}/master-`.length, -".sock".length);
}
