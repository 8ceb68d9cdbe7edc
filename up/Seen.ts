import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import type { ObservedService } from "../model/ObservedService";
import type { ServiceRecord } from "../model/Record";

/** One service at one moment, as a procedure sees it. */
export interface Seen {
    service: ObservedService;
    /** Tells whether a plan that was made before still holds: it is another text once something of the service is. */
    fingerprint: string;
    record: ServiceRecord;
    /** The containers of each color, by slot. */
    containers: Record<Color, SeenContainer[]>;
    /** Whether the anchor runs. Without it neither HAProxy nor the record can be changed. */
    isFrontRunning: boolean;
    /** Whether no request goes to the service: its release has no port. */
    isBackground: boolean;
}

/** A container, and what the workers of HAProxy that take new connections say of its slot. */
export interface SeenContainer extends ContainerInfo {
    slot: number;
    /**
     * Whether it runs, and every such worker has its slot open to traffic. While no worker runs: whether it runs and was
     * proved, because HAProxy's file has its slot open then.
     */
    admitted: boolean;
    /** Whether every such worker has its slot up, by its health check. Also true while no worker runs. */
    up: boolean;
    /** Whether there is such a worker, and each of them has the slot up at this container's own address. */
    reached: boolean;
}
