import type { Color } from "../../../model/Color";
import type { ObservedService } from "../../../model/ObservedService";

/** What a slot of a backend is told. A slot that is not there is closed. */
export type Admin = "ready" | "drain" | "maint";

/** What HAProxy holds of one service, in its memory or in its files. */
export interface Held {
    /** Undefined where there is no such service. */
    link?: ObservedService["live"];
    /** Share of requests that the color which the link does not name gets. */
    percent: number;
    /** The other color answers while no slot of the live one is up. */
    failover: boolean;
    /** Route key -> value. All services have the same object. */
    routes: Record<string, string>;
    /** Undefined where there is no such backend. */
    slots: Record<Color, Record<number, Admin> | undefined>;
    releases: Record<Color, string | undefined>;
    ports: Record<Color, number>;
}

/** What HAProxy holds, by service. */
export type Configuration = Record<string, Held>;

/** A slot of a service's color. */
export type SlotKey = `${string} ${Color} ${number}`;

/** A worker that a reload has replaced while it had connections. It answers them with the slots that it has. */
export interface SoftStopped {
    configuration: Configuration;
    /** The slots in which its health checks found something last. It checks nothing any more. */
    up: ReadonlySet<SlotKey>;
    /** Steps until its last connection ends, and it exits. */
    left: number;
}

/** HAProxy: the memory of its newest worker, its files, and workers that were replaced. */
export class SimulatedHaproxy {
    /** Undefined while no generation runs. */
    memory?: Configuration;
    files: Configuration;
    /** Counts its workers: each start and each reload makes another one. */
    worker = 0;
    /** Workers that were replaced and have not exited, oldest first. */
    old: SoftStopped[] = [];

    constructor(services: readonly string[]) {
        const routes = {};
        this.files = Object.fromEntries(services.map(service => [service, { ...nothingHeld(), routes }]));
    }

    clone(): SimulatedHaproxy {
        return Object.assign(new SimulatedHaproxy([]), {
            memory: this.memory && copyOf(this.memory),
            files: copyOf(this.files),
            worker: this.worker,
            old: this.old.map(({ configuration, up, left }) => ({ configuration: copyOf(configuration), up, left })),
        });
    }

    /** A start: what was only in the memory is gone. */
    load(): void {
        this.old = [];
        this.#load();
    }

    /** No generation runs any more. */
    stop(): void {
        this.memory = undefined;
        this.old = [];
    }

    /**
     * A reload: another worker takes over.
     * @param connections how many steps the connections last that the one before has. @default it has none
     * @param up the slots in which that one's health checks find something
     */
    reload(connections = 0, up: () => ReadonlySet<SlotKey> = () => new Set()): void {
        if (this.memory !== undefined) {
            if (connections > 0) {
                this.old.push({ configuration: this.memory, up: up(), left: connections });
            }
            this.#load();
        }
    }

    #load(): void {
        this.memory = copyOf(this.files);
        this.worker++;
    }

    /** Time passes: connections end, and workers with them. */
    tick(): void {
        for (const worker of this.old) {
            worker.left--;
        }
        this.old = this.old.filter(({ left }) => left > 0);
    }
}

function nothingHeld(): Held {
    return {
        percent: 0,
        failover: false,
        routes: {},
        slots: { blue: undefined, green: undefined },
        releases: { blue: undefined, green: undefined },
        ports: { blue: 0, green: 0 },
    };
}

function copyOf(configuration: Configuration): Configuration {
    const routes = { ...Object.values(configuration)[0]?.routes };
    return Object.fromEntries(
        Object.entries(configuration).map(([service, held]) => [service, { ...heldAgain(held), routes }]),
    );
}

function heldAgain({ link, percent, failover, routes, slots: { blue, green }, releases, ports }: Held): Held {
    const slots = { blue: blue && { ...blue }, green: green && { ...green } };
    return { link, percent, failover, routes, slots, releases: { ...releases }, ports: { ...ports } };
}
