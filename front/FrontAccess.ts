import type { Dialer } from "../docker/dialer";
import type { Engine } from "../docker/Engine";
import type { Runtime } from "../haproxy/runtime";
import type { Worker } from "../model/FrontState";
import type { World } from "../model/World";
import type { Change } from "./folder";

/** Access to HAProxy and its files, which all services of one `up` share. */
export interface FrontAccess {
    readonly engine: Engine;
    readonly runtime: Runtime;
    readonly dialer: Dialer;

    /**
     * Reads the live system.
     * @param services the only services to look at; an empty list for the front alone. @default all of them
     */
    observe(services?: readonly string[]): Promise<World>;

    /** @returns HAProxy's files in force, path inside their folder -> text; none before the first version. */
    readFiles(): Promise<ReadonlyMap<string, string>>;

    /**
     * Changes HAProxy's files, and reloads HAProxy where the change needs it.
     * @param own what the change writes or removes: the service of a link, or the path of a backend's file. A reload does not
     * put in its place what answers users. @default none
     * @throws ConfigRejected, ReloadFailed
     */
    configure(change: Change, own?: string): Promise<void>;

    /** Writes into HAProxy's files what the workers follow and users reach, for a HAProxy that is about to start. */
    keepAnswered(): Promise<void>;

    /** Removes one-time secrets that an `up` left in HAProxy's memory when it died. */
    forgetSecrets(workers: Worker[]): Promise<void>;
}
