import { Dialer } from "../docker/dialer";
import { Engine } from "../docker/Engine";
import { findEngineAddress, formatEngineAddress } from "../docker/EngineAddress";
import { ContainerNotRunning } from "../docker/errors";
import { exec } from "../docker/exec";
import { Shell } from "../docker/Shell";
import type { FrontAccess } from "../front/FrontAccess";
import { type Change, ConfigFolder } from "../front/folder";
import { LiveFiles } from "../front/LiveFiles";
import { haproxyUser } from "../front/watchdog";
import { isReadOnlyScript } from "../haproxy/cli";
import type { Run } from "../haproxy/Run";
import { Runtime } from "../haproxy/runtime";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import { Lease } from "../journal/Lease";
import { askRecords, readRecords, writeRecord } from "../journal/RecordStore";
import { readWholeWorld, readWorld } from "../look/readWorld";
import type { Worker } from "../model/FrontState";
import { ownRecord } from "../model/ownership";
import type { ServiceRecord } from "../model/Record";
import { type Records, recordOf } from "../model/Records";
import { frontNames, type Target } from "../model/Target";
import type { World } from "../model/World";
import type { Clock } from "../up/Clock";
import { needsLease, type Phase } from "../up/phases";
import { atEnd } from "./atEnd";
import { HostClock } from "./HostClock";
import { haltForTest } from "./haltForTest";
import { lockTimeoutMs } from "./lockTimeout";
import { stopWithoutParent } from "./parent";
import { progressFor } from "./progress";

/**
 * What all resources of a front share in one provider host: the Engine, the lease, HAProxy's runtime commands, and the queue
 * that writes HAProxy's files.
 */
export class Session implements FrontAccess {
    static readonly #sessions = new Map<string, Session>();

    /** @returns the session of a target. There is one a process for each Engine, because each session has a lease of its own. */
    static for(target: Target): Session {
        const address = formatEngineAddress(findEngineAddress(target.host));
        const key = JSON.stringify([address, target.front]);
        const known = Session.#sessions.get(key);
        if (known !== undefined) {
            return known;
        }
        const session = new Session(target);
        Session.#sessions.set(key, session);
        atEnd(() => session.end());
        return session;
    }

    readonly engine: Engine;
    readonly runtime: Runtime;
    readonly lease: Lease;
    readonly dialer: Dialer;
    readonly clock: Clock;
    readonly #shell: Shell;
    readonly #folder: ConfigFolder;
    readonly #files: LiveFiles;
    #records: Promise<unknown> = Promise.resolve();
    #secrets: Promise<void> | undefined;
    #seen: Promise<World> | undefined;

    private constructor(readonly target: Target) {
        this.engine = Engine.connect(target.host);
        this.clock = new HostClock(this.engine);
        const { anchor } = frontNames(target.front);
        this.#shell = new Shell(this.engine, anchor, "0");
        const anyone: Run = (argv, stdin) => this.#shell.run(argv, stdin);
        this.lease = new Lease(anyone, target, {
            waitMs: lockTimeoutMs(),
            tell: text => progressFor("").info(text),
            stop: stopWithoutParent,
        });
        // A command that only reads needs no lease. Any other one checks the lease first, in the same exec.
        const run: Run = (argv, stdin) =>
            isReadOnlyScript(argv, stdin) ? anyone(argv, stdin) : this.lease.run(argv, stdin);
        this.runtime = new Runtime(run);
        this.dialer = new Dialer(this.engine, anchor);
        this.#folder = new ConfigFolder(run, argv => this.#checkInGeneration(argv));
        this.#files = new LiveFiles(this.#folder, this.runtime, services => this.observe(services));
    }

    /** Gives back the lease, and closes the shell in the anchor. */
    async end(): Promise<void> {
        await this.lease.release();
        await this.#shell.close();
    }

    /**
     * Reads the live system.
     * @param services the only services to look at; an empty list for the front alone. @default all of them
     */
    observe(services?: readonly string[]): Promise<World> {
        const view = {
            front: (backends?: readonly string[]) => this.runtime.observe(backends),
            records: (services?: readonly string[]) => this.#read(services),
        };
        return readWorld(this.engine, this.target, view, services);
    }

    /**
     * Reads the live system once in this process, with all that may have been changed by hand. A refresh reads many resources,
     * and one look is enough for all of them.
     */
    observeOnce(): Promise<World> {
        this.#seen ??= readWholeWorld(this.engine, this.target);
        return this.#seen;
    }

    /**
     * Checks, right before a step that changes something, that this process still has the lease and that the CLI still runs. A
     * provider host survives a kill -9 of the CLI. It stops here.
     * @throws LeaseLost, Interrupted
     */
    async enter(phase: Phase): Promise<void> {
        await haltForTest(phase);
        stopWithoutParent();
        if (needsLease(phase)) {
            await this.lease.verify();
        }
    }

    /** @returns the record of one service */
    async recorded(service: string): Promise<ServiceRecord> {
        return recordOf(await this.#read([service]), service);
    }

    /** @returns the records of all services of the front, of whichever stack */
    async allRecorded(): Promise<Records["services"]> {
        return (await this.#read()).services;
    }

    /**
     * Changes one service's record and writes it. Changes run one after the other.
     * @throws Error where the service belongs to another stack
     */
    record(service: string, change: (record: ServiceRecord) => ServiceRecord): Promise<ServiceRecord> {
        const next = this.#records
            .catch(() => {})
            .then(async () => {
                return writeRecord(this.lease, change(ownRecord(await this.recorded(service), this.target)));
            });
        this.#records = next;
        return next;
    }

    /** @returns HAProxy's files in force, path inside their folder -> text */
    readFiles(): Promise<Map<string, string>> {
        return this.#folder.read();
    }

    /**
     * Changes HAProxy's files, and reloads HAProxy where the change needs it.
     * @param own the service of a link, or the path of a backend's file, that the change writes or removes. @default none
     * @throws ConfigRejected, ReloadFailed, with HAProxy's words
     */
    configure(change: Change, own?: string): Promise<void> {
        return this.#files.change(change, own);
    }

    /** Writes into HAProxy's files what the workers follow and users reach, for a HAProxy that is about to start. */
    keepAnswered(): Promise<void> {
        return this.#files.keepAnswered();
    }

    /**
     * Removes the one-time secrets of a dead `up` from HAProxy's memory, once per process and before this process adds its own.
     * While this process has the lease, no other process needs the secrets that are there.
     */
    forgetSecrets(workers: Worker[]): Promise<void> {
        this.#secrets ??= this.runtime
            .clearMap(workers, "confirm")
            .then(cleared => assertEveryWorker("the end of old one-time secrets", cleared))
            .catch(error => {
                this.#secrets = undefined;
                throw error;
            });
        return this.#secrets;
    }

    async #read(services?: readonly string[]): Promise<Records> {
        try {
            return await askRecords((argv, stdin) => this.#shell.run(argv, stdin), services);
        } catch (error) {
            if (error instanceof ContainerNotRunning) {
                return readRecords(this.engine, frontNames(this.target.front).anchor);
            }
            throw error;
        }
    }

    async #checkInGeneration(argv: string[]) {
        const names = frontNames(this.target.front);
        const { generations } = await this.observe([]);
        // One without a restart policy was told to leave.
        const staying = generations.filter(({ restartPolicy }) => restartPolicy !== "no");
        const container = staying.at(-1)?.id ?? names.anchor;
        return exec(this.engine, container, argv, { user: haproxyUser });
    }
}
