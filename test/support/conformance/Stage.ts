import type { AddressBlock } from "../../../model/addresses";
import type { Color } from "../../../model/Color";
import type { ObservedService } from "../../../model/ObservedService";
import type { RecordedRelease } from "../../../model/Release";
import type { Up } from "../../../up/Up";
import type { CallLog } from "./CallLog";
import type { View } from "./View";

/** A place where the story of the conformance test is played: on the real ports, or on the simulated ones. */
export interface Stage {
    /** Where the slots of each color have their addresses. */
    readonly blocks: Record<Color, AddressBlock>;

    /** What each port call has reported. */
    readonly log: CallLog;

    /** Words for what was reported. */
    readonly view: View;

    /**
     * Runs a procedure as one `up` does: the lease is given back at its end.
     * @param failing release whose containers Docker cannot start. @default none
     * @throws what the procedure throws
     */
    play(act: (up: Up) => Promise<void>, failing?: RecordedRelease): Promise<void>;

    /** @returns the service as the program sees it before it plans. */
    observe(): Promise<ObservedService>;

    /** A container's process is killed from outside, so that Docker does not start it again. */
    kill(color: Color, slot: number): Promise<void>;

    /** HAProxy's container stops and starts. */
    restartHaproxy(): Promise<void>;

    /** HAProxy reads its files again, in a new worker. */
    reloadHaproxy(): Promise<void>;

    /** Another `up` takes the lease. @returns what gives it back */
    holdLease(): Promise<() => Promise<void>>;

    /** A user begins a request to the live color, which does not end by itself. */
    openRequest(): Promise<void>;

    /** The user is gone, and so are all requests. */
    endRequests(): Promise<void>;
}
