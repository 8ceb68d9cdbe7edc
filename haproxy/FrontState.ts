import type { BackendStat, FrontState, ServerRow, Worker, WorkerAddress } from "../model/FrontState";
import { folders } from "../model/folders";
import { LinkValue } from "../model/LinkValue";
import type { Reply } from "./cli";
import { checked, mapPath, slotNumber, wiringIn } from "./names";
import { adminOf, parseEnvironment, parseInfo, parseMap, parseProcesses, parseServersState, parseStat } from "./parse";

/** The commands that each worker answers for a `FrontState`, beside those about its backends. */
const workerQuestions = [
    "show info",
    "show env RELINK_CONFIG",
    `show map ${mapPath("link")}`,
    `show map ${mapPath("routes")}`,
    `show map ${mapPath("releases")}`,
] as const;

/** @returns the commands about backends, in pairs: one about slots, one about counters. All backends in one pair by default. */
function backendCommands(backends: readonly string[] | undefined): string[] {
    return (
        backends?.flatMap(name => [`show servers state ${name}`, `show stat ${name} 6 -1`]) ?? [
            "show servers state",
            "show stat -1 6 -1",
        ]
    );
}

/**
 * Lists the commands of one look.
 * @param backends the only ones to ask about. A backend has a row for each slot, spare ones too, so with many services all
 * backends are most of the answer. @default all of them
 */
export function observeCommands(backends?: readonly string[]): string[] {
    return [...workerQuestions, ...backendCommands(backends?.map(name => checked("backend", name)))];
}

/** A worker of the master's list exited before it answered, or the master is starting again. Ask again. */
export class WorkerVanished extends Error {}

/** The master of a generation has a socket but does not answer on it. Its workers may still serve. */
export class MasterSilent extends Error {
    constructor(
        /** The generation's name, as in the name of the socket. */
        readonly generation: string,
        /** What the socket said instead of an answer. */
        readonly words: string,
    ) {
        super(`HAProxy's master of the generation ${generation} does not answer: ${words}`);
    }
}

/**
 * Puts the answers to {@link observeCommands} together.
 * @throws WorkerVanished, MasterSilent
 */
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
        // After a failed reload, HAProxy 3.2 lists its only worker as old. Then the worker's own answer counts.
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

/** @returns whether the master dropped the connection because it executes itself again, as at its start and at each reload */
function isReset(complaint: string): boolean {
    return /reset by peer|broken pipe/i.test(complaint);
}

/** @returns whether nothing listens on the socket, because its generation is gone */
export function isDeadSocket(complaint: string): boolean {
    return /refused|No such file/i.test(complaint);
}

/** @returns whether this is the master's answer for a worker that has exited */
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
    // A worker that exits in the middle of an answer leaves it empty. Only the answer for a map may be empty.
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

/** @returns the links of a map. An entry that is not a link is left out: HAProxy sends its requests nowhere either. */
export function linksOf(entries: ReadonlyMap<string, string>): Map<string, LinkValue> {
    const links = new Map<string, LinkValue>();
    for (const [service, value] of entries) {
        try {
            links.set(service, LinkValue.parse(value));
        } catch {
            // Its service reports this entry as drift.
        }
    }
    return links;
}

/** @returns the answers about each backend that the worker has */
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
            ...(rows.isTcp && { isTcp: true as const }),
            ...own,
            ...(rows.isTcp ? connectedBy(rows.own) : answeredBy(rows.own, [...rows.servers.values()])),
            servers: new Map(),
        };
        for (const [server, row] of rows.servers) {
            const slot = slotNumber(server);
            const state = states.get(`${name}/${server}`);
            if (slot !== undefined && state !== undefined) {
                const { address, port, id, adminState, operationalState } = state;
                backend.servers.set(slot, {
                    ...row,
                    slot,
                    address,
                    port,
                    wiring: wiringIn(id),
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
 * Counts the requests that the servers of a backend answered, or failed to answer.
 *
 * HAProxy answers some requests with an error before a server gets them, for instance where its header rewriting overflows.
 * And it counts a server's errors without answers: a connection that closes without one counts twice. So the unanswered
 * requests are HAProxy's own 5xx answers, but at most the servers' errors.
 */
function answeredBy(own: ServerRow, servers: readonly ServerRow[]): Pick<BackendStat, "asked" | "failed"> {
    const sum = (count: (row: ServerRow) => number) => servers.reduce((sum, row) => sum + count(row), 0);
    const errors = sum(({ responses5xx }) => responses5xx);
    const unanswered = Math.min(Math.max(0, own.responses5xx - errors), own.connectErrors + own.responseErrors);
    return { asked: sum(({ responses }) => responses) + unanswered, failed: errors + unanswered };
}

/**
 * Counts the connections of a backend in mode tcp, and those that no server took or that a server reset. A connection that a
 * client breaks is not one of them. HAProxy counts a server that resets a connection once more as an abort.
 */
function connectedBy({ stot, connectErrors, responseErrors }: ServerRow): Pick<BackendStat, "asked" | "failed"> {
    return { asked: stot, failed: Math.min(stot, connectErrors + responseErrors) };
}

function generationOf(socket: string): string {
    return socket.slice(`${folders.run}/master-`.length, -".sock".length);
}
