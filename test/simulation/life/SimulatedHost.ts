import type { Color } from "../../../model/Color";
import { colors, type SimulatedFront } from "./SimulatedFront";
import type { SimulatedHaproxy, SlotKey } from "./SimulatedHaproxy";

/** Who is at work on the front. */
export interface SimulatedLease {
    epoch: number;
    holder?: number;
    /** Its holder is dead, or has not been heard of for too long. */
    free: boolean;
}

/** A service of the host, as far as a reload has to know it. */
interface Served {
    /** The containers that answer users now. */
    answering(): readonly unknown[];
    readonly front: SimulatedFront;
    /** Whether HAProxy's health checks find something in a slot. */
    isUp(color: Color, slot: number): boolean;
}

/** What all services of a Docker host have in common. */
export class SimulatedHost {
    lease: SimulatedLease = { epoch: 0, free: true };
    /** Ids of images on the Docker host. */
    images = new Set<string>();

    readonly services = new Map<string, Served>();

    constructor(readonly haproxy: SimulatedHaproxy) {}

    /**
     * An `up` has HAProxy reloaded. As front/LiveFiles.ts does it, a reload finds the links that users are answered by, and the
     * slots that serve them.
     * @param connections how many steps the connections last that the worker before has
     * @param own services whose link the process that reloads has written, and paths of backends' files: these stay
     */
    reload(connections: number, own: ReadonlySet<string>): void {
        const { memory, files } = this.haproxy;
        for (const [service, served] of this.services) {
            const [held, written] = [memory?.[service], files[service]];
            const isKept = !own.has(service) && (held?.link ?? "none") !== "none" && served.answering().length > 0;
            if (isKept && held !== undefined && written !== undefined) {
                Object.assign(written, { link: held.link, percent: held.percent, failover: held.failover });
            }
            served.front.openServing(own, (color, slot) => served.isUp(color, slot));
        }
        this.loadAgain(connections);
    }

    /**
     * HAProxy is reloaded, by whomever.
     * @param connections how many steps the connections last that the worker before has
     */
    loadAgain(connections: number): void {
        this.haproxy.reload(connections, () => this.#slotsUp());
    }

    /** The slots in which the health checks of HAProxy's newest worker find something. */
    #slotsUp(): Set<SlotKey> {
        const keys = new Set<SlotKey>();
        for (const [service, served] of this.services) {
            for (const color of colors) {
                const slots = Object.keys(served.front.memory?.slots[color] ?? {}).map(Number);
                for (const slot of slots.filter(slot => served.isUp(color, slot))) {
                    keys.add(`${service} ${color} ${slot}`);
                }
            }
        }
        return keys;
    }

    clone(): SimulatedHost {
        const { lease, images, haproxy } = this;
        return Object.assign(new SimulatedHost(haproxy.clone()), { lease: { ...lease }, images: new Set(images) });
    }
}
