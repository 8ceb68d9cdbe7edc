/** Calls of the ports that reach Docker, HAProxy or the record. */
export const portCalls = [
    "up.look",
    "clock.hostNow",
    "containers.create",
    "containers.start",
    "containers.keepRunning",
    "containers.stop",
    "containers.remove",
    "containers.inspect",
    "containers.watch",
    "containers.lastLogLines",
    "images.pull",
    "images.keep",
    "images.drop",
    "journal.take",
    "journal.enter",
    "journal.recorded",
    "journal.record",
    "journal.forget",
    "backend.write",
    "backend.configure",
    "backend.hasSameChecks",
    "backend.tellRelease",
    "backend.tellSlots",
    "backend.tellOnly",
    "backend.remove",
    "admission.look",
    "admission.enter",
    "admission.open",
    "routes.write",
    "routes.tell",
    "routes.forget",
    "questions.ask",
    "questions.renew",
    "questions.end",
    "front.askContainer",
    "front.writeLink",
    "front.tellLink",
    "front.questions",
    "front.counters",
    "front.removeLink",
    "front.open",
    "front.cut",
    "front.closeInFile",
] as const;

export type PortCall = (typeof portCalls)[number];

/** How a call goes wrong: nothing is done, at once or after a while, or all of it is done and nobody hears of it. */
export const portFailures = ["fails", "times out", "took effect but fails"] as const;

/** A call of a port that goes wrong, once in an `up`. */
export interface PortFault {
    call: PortCall;
    /** How many calls of that kind come before it. */
    after: number;
    how: (typeof portFailures)[number];
}
