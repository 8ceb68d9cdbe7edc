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
import type { ServiceRecord } from "../model/Record";
import { type Records, recordOf } from "../model/Records";
import { frontNames, type Target } from "../model/Target";
import type { World } from "../model/World";
import type { Clock } from "../up/Clock";
import { needsLease, type Phase } from "../up/phases";
import { atEnd } from "./atEnd";
import { HostClock } from "./HostClock";
import { haltForTest } from "./haltForTest";
import { stopWithoutParent } from "./parent";
import { progressFor } from "./progress";

/**
 * What all resources of one front share within one provider host: the Engine, the lease, HAProxy's runtime, and the one
 * queue that writes HAProxy's folder.
 */
export class Session implements FrontAccess {
    static readonly #sessions = new Map<string, Session>();

    /** The session of a target, made once per process, however the Engine's address is spelled: each has a lease. */
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
        this.lease = new Lease(
            anyone,
            `${target.project}/${target.stack}`,
            text => progressFor("").info(text),
            stopWithoutParent,
        );
        // What only reads needs no lease; everything else is checked against it in the same command.
        const run: Run = (argv, stdin) =>
            isReadOnlyScript(argv, stdin) ? anyone(argv, stdin) : this.lease.run(argv, stdin);
        this.runtime = new Runtime(run);
        this.dialer = new Dialer(this.engine, anchor);
        this.#folder = new ConfigFolder(run, argv => this.#checkInGeneration(argv));
        this.#files = new LiveFiles(this.#folder, this.runtime, services => this.observe(services));
    }

    /** Gives back what this process holds. */
    async end(): Promise<void> {
        await this.lease.release();
        await this.#shell.close();
    }

    /**
     * The world as it is now.
     * @param services the only ones to look at; none of them for what concerns the front alone. @default all of them
     */
    observe(services?: readonly string[]): Promise<World> {
        const view = {
            front: (backends?: readonly string[]) => this.runtime.observe(backends),
            records: (services?: readonly string[]) => this.#read(services),
        };
        return readWorld(this.engine, this.target, view, services);
    }

    /**
     * The world with everything that somebody may have changed, as it was when this process first looked: a refresh reads
     * many resources, and needs one pass for all of them.
     */
    observeOnce(): Promise<World> {
        this.#seen ??= readWholeWorld(this.engine, this.target);
        return this.#seen;
    }

    /**
     * Right before a step that changes something: the lease is ours, and whoever wanted this still is there. A provider
     * host lives on after a kill -9 of the CLI; it stops here.
     */
    async enter(phase: Phase): Promise<void> {
        await haltForTest(phase);
        stopWithoutParent();
        if (needsLease(phase)) {
            await this.lease.verify();
        }
    }

    /** What is recorded of one service. */
    async recorded(service: string): Promise<ServiceRecord> {
        return recordOf(await this.#read([service]), service);
    }

    /** Changes one service's record and writes it. Changes are made one after the other. */
    record(service: string, change: (record: ServiceRecord) => ServiceRecord): Promise<ServiceRecord> {
        const next = this.#records
            .catch(() => {})
            .then(async () => {
                return writeRecord(this.lease, change(await this.recorded(service)));
            });
        this.#records = next;
        return next;
    }

    /** HAProxy's files in force. */
    readFiles(): Promise<Map<string, string>> {
        return this.#folder.read();
    }

    /**
     * Changes HAProxy's files, and reloads HAProxy where only a reload can say it.
     * @param linked service whose link the change writes or removes
     * @throws ConfigRejected, ReloadFailed, with HAProxy's words
     */
    configure(change: Change, linked?: string): Promise<void> {
        return this.#files.change(change, linked);
    }

    /**
     * Takes the one-time secrets of an `up` that died out of HAProxy's memory, once per process and before it has any of
     * its own: while the lease is ours, all that is there is nobody's.
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
        const container = generations.at(-1)?.id ?? names.anchor;
        return exec(this.engine, container, argv, { user: haproxyUser });
    }
}
