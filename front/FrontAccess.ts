import type { Dialer } from "../docker/dialer";
import type { Engine } from "../docker/Engine";
import type { Runtime } from "../haproxy/runtime";
import type { Worker } from "../model/FrontState";
import type { World } from "../model/World";
import type { Change } from "./folder";

/** The way to HAProxy that all services of one `up` share. */
export interface FrontAccess {
    readonly engine: Engine;
    readonly runtime: Runtime;
    readonly dialer: Dialer;

    /**
     * Reads the live system.
     * @param services the only ones to look at; none of them for what concerns the front alone. @default all of them
     */
    observe(services?: readonly string[]): Promise<World>;

    /** @returns HAProxy's files in force, path inside their folder -> text; none before the first version. */
    readFiles(): Promise<ReadonlyMap<string, string>>;

    /**
     * Changes HAProxy's files, and reloads HAProxy where only a reload can say it.
     * @param linked service whose link the change writes or removes: no reload puts another one in its place
     * @throws ConfigRejected, ReloadFailed
     */
    configure(change: Change, linked?: string): Promise<void>;

    /** Removes one-time secrets that an `up` left in HAProxy's memory when it died. */
    forgetSecrets(workers: Worker[]): Promise<void>;
}
