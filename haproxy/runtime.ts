import type { CertificateFile } from "../model/Certificate";
import type { FrontState, WorkerAddress } from "../model/FrontState";
import type { LinkValue } from "../model/LinkValue";
import { retry } from "../time/retry";
import { setCertificates } from "./certificates";
import { askBatch, askEveryWorker, type Command } from "./cli";
import { tellEveryWorker } from "./everyWorker";
import { frontStateOf, observeCommands, WorkerVanished } from "./FrontState";
import { checked, type MapName, mapPath, masterSocket, slotName } from "./names";
import { parseMapEntry, parseReload, parseServersState } from "./parse";
import type { Run } from "./Run";
import { isAs, isServerChanged, type ServerChange, serverCommands } from "./ServerChange";
import type { WorkerResult } from "./WorkerResult";

/** HAProxy refused a reload, and goes on with the configuration that it had. */
export class ReloadFailed extends Error {}

/** HAProxy's runtime commands. Each method makes one exec or two. */
export class Runtime {
    #reloading: Promise<unknown> = Promise.resolve();

    constructor(private readonly run: Run) {}

    /**
     * Sends commands in one exec.
     * @returns the answers, in the order of the commands
     * @throws Error where a socket does not answer
     */
    async batch(commands: Command[]): Promise<string[]> {
        const replies = await askBatch(this.run, commands);
        for (const { socket, text, reached } of replies) {
            if (!reached) {
                throw new Error(`HAProxy does not answer on ${socket}: ${text}`);
            }
        }
        return replies.map(({ text }) => text);
    }

    /**
     * Reads the state of all workers of all generations, in one read-only exec.
     * @param backends the only ones to look at. @default all of them
     * @throws MasterSilent; WorkerVanished where workers exit at each of five looks
     */
    observe(backends?: readonly string[]): Promise<FrontState> {
        const look = async () => frontStateOf(await askEveryWorker(this.run, observeCommands(backends)), backends);
        // A reload may replace a worker after the master listed it.
        return retry(look, {
            isTransient: error => error instanceof WorkerVanished,
            firstMs: 50,
            longestMs: 200,
            tries: 5,
        });
    }

    /** Sets a key of a map, whether the map has the key or not, and reads it back from each worker. */
    async setMap(
        workers: readonly WorkerAddress[],
        map: MapName,
        key: string,
        value: string | LinkValue,
    ): Promise<WorkerResult[]> {
        const text = checked("map value", String(value));
        const first = await this.#mapCommand(workers, `set map ${entry(map, key)} ${text}`, map, key, text);
        const missing = first.filter(({ error }) => error !== undefined && /^entry not found/i.test(error));
        if (missing.length === 0) {
            return first;
        }
        const added = await this.addMap(
            missing.map(({ worker }) => worker),
            map,
            key,
            text,
        );
        return first.map(result => added.find(({ worker }) => worker === result.worker) ?? result);
    }

    /** Adds a key that the map does not have. It would add a key that the map has a second time: use `setMap` in doubt. */
    addMap(
        workers: readonly WorkerAddress[],
        map: MapName,
        key: string,
        value: string | LinkValue,
    ): Promise<WorkerResult[]> {
        const text = checked("map value", String(value));
        return this.#mapCommand(workers, `add map ${entry(map, key)} ${text}`, map, key, text);
    }

    /** Removes a key from a map, if it is there. */
    deleteMapEntry(workers: readonly WorkerAddress[], map: MapName, key: string): Promise<WorkerResult[]> {
        return this.#mapCommand(workers, `del map ${entry(map, key)}`, map, key, undefined);
    }

    /** Removes every key from a map. */
    clearMap(workers: readonly WorkerAddress[], map: MapName): Promise<WorkerResult[]> {
        const path = mapPath(map);
        return tellEveryWorker(this.run, workers, [`clear map ${path}`, `show map ${path}`], answers =>
            answers.find(Boolean),
        );
    }

    /** Changes one slot and reads it back from each worker. A soft-stopped worker refuses with `Proxy is disabled.` */
    setServer(
        workers: readonly WorkerAddress[],
        backend: string,
        slot: number,
        change: ServerChange,
    ): Promise<WorkerResult[]> {
        return this.setServers(workers, backend, new Map([[slot, change]]));
    }

    /** Changes several slots of one backend, in one exec. */
    async setServers(
        workers: readonly WorkerAddress[],
        backend: string,
        changes: ReadonlyMap<number, ServerChange>,
    ): Promise<WorkerResult[]> {
        checked("backend", backend);
        const commands = [...changes].flatMap(([slot, change]) =>
            serverCommands(`${backend}/${slotName(slot)}`, change),
        );
        return tellEveryWorker(this.run, workers, [...commands, `show servers state ${backend}`], replies => {
            const error = replies.slice(0, -1).find(text => !isServerChanged(text));
            if (error !== undefined) {
                return error;
            }
            const servers = parseServersState(replies.at(-1)!);
            for (const [slot, change] of changes) {
                const server = servers.find(server => server.server === slotName(slot));
                if (server === undefined || !isAs(server, change)) {
                    return `${backend}/${slotName(slot)} did not take ${JSON.stringify(change)}: ${JSON.stringify(server)}`;
                }
            }
            return undefined;
        });
    }

    /** Replaces certificates that the workers have loaded, by name, without a reload. */
    setCertificates(
        workers: readonly WorkerAddress[],
        certificates: Readonly<Record<string, CertificateFile>>,
    ): Promise<WorkerResult[]> {
        return setCertificates(this.run, workers, certificates);
    }

    /** Cuts every request and tunnel of one slot in one worker. */
    async shutdownSessions(worker: WorkerAddress, backend: string, slot: number): Promise<WorkerResult> {
        const command = `shutdown sessions server ${checked("backend", backend)}/${slotName(slot)}`;
        const [result] = await tellEveryWorker(this.run, [worker], [command], ([text]) => text || undefined);
        return result!;
    }

    /**
     * Makes a generation load the configuration in force, and waits for the result. Reloads run one at a time, because two at
     * once confuse the master.
     * @throws ReloadFailed with HAProxy's words
     */
    reload(generation: string): Promise<{ log: string }> {
        const next = this.#reloading
            .catch(() => {})
            .then(async () => {
                const [text] = await this.batch([{ socket: masterSocket(generation), command: "reload" }]);
                const { success, log } = parseReload(text!);
                if (!success) {
                    throw new ReloadFailed(`HAProxy's generation ${generation} refused to reload:\n${log}`);
                }
                return { log };
            });
        this.#reloading = next;
        return next;
    }

    #mapCommand(
        workers: readonly WorkerAddress[],
        command: string,
        map: MapName,
        key: string,
        value: string | undefined,
    ): Promise<WorkerResult[]> {
        return tellEveryWorker(this.run, workers, [command, `get map ${entry(map, key)}`], ([answer, readBack]) => {
            if (answer !== "" && !(value === undefined && /^Key not found/i.test(answer!))) {
                return answer;
            }
            const found = parseMapEntry(readBack!, key);
            return found === value ? undefined : `${map} of ${key} is ${found ?? "missing"} after: ${command}`;
        });
    }
}

function entry(map: MapName, key: string): string {
    return `${mapPath(map)} ${checked("map key", key)}`;
}
