/** The time of a simulation. It passes only where all that goes on waits for it. */
export class VirtualClock {
    /** Milliseconds since the simulation began. */
    nowMs = 0;
}
