/**
 * Some slots of one color on their way to traffic. A server of HAProxy is up right after it is told to be ready, before its
 * first health check. So its slot leaves traffic first, its checks begin at down, and it takes traffic once they have passed.
 */
export interface Admission {
    /** @returns how far the slots are in every worker that takes new connections; nothing while no worker runs. */
    look(): Promise<WorkerSlots[]>;

    /**
     * Takes the slots out of traffic in these workers, and begins their health checks at down.
     * @returns false where a reload has replaced one of the workers since the last look
     */
    enter(workers: readonly WorkerSlots[]): Promise<boolean>;

    /**
     * Lets traffic to the slots in these workers. Their checks go on.
     * @returns false where a reload has replaced one of the workers since the last look
     */
    open(workers: readonly WorkerSlots[]): Promise<boolean>;
}

/** The slots in one worker of HAProxy. */
export interface WorkerSlots {
    /** Tells the worker from all others. */
    worker: string;
    slots: SlotStand[];
}

/** How far one slot is in one worker. */
export interface SlotStand {
    slot: number;
    /** This admission has taken it out of traffic in this worker. What its checks say counts only then. */
    entered: boolean;
    /** Its checks have passed since then, as often in a row as `health.rise` says. */
    up: boolean;
    /** It takes traffic. */
    open: boolean;
    /** What HAProxy last saw, in HAProxy's words. */
    check: string;
    /** How often it went down since the worker's start. */
    downs: number;
}
