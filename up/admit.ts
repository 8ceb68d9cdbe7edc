import type { Admission, WorkerSlots } from "./Admission";

/** Where a slot has no answer yet from a port, what a user has to look at. */
interface Asked {
    service: string;
    /** The main port first. */
    ports: readonly number[];
}

/**
 * Lets slots take traffic once HAProxy's own checks have brought them up.
 * @param workers what the last look saw
 * @param ask asks the containers right before their slots open, where users' requests would come at once; it returns what
 * is wrong with the answers
 * @returns what is still missing; undefined where all slots take traffic
 */
export async function admit(
    admission: Admission,
    workers: readonly WorkerSlots[],
    asked: Asked,
    ask: () => Promise<string | undefined>,
): Promise<string | undefined> {
    if (workers.length === 0) {
        return "HAProxy is not running";
    }
    const outside = workers.filter(({ slots }) => slots.some(({ entered }) => !entered));
    if (outside.length > 0) {
        // A reload for another service makes a worker that begins with what the file says.
        return (await admission.enter(outside)) ? "waiting for HAProxy's health check" : reloading;
    }
    const waiting = waitingFor(workers, asked);
    const closed = workers.filter(({ slots }) => slots.some(({ open }) => !open));
    if (waiting !== undefined || closed.length === 0) {
        return waiting;
    }
    const problem = await ask();
    if (problem !== undefined) {
        return problem;
    }
    return (await admission.open(closed)) ? undefined : reloading;
}

const reloading = "HAProxy is being reloaded";

function waitingFor(workers: readonly WorkerSlots[], { service, ports }: Asked): string | undefined {
    const all = workers.flatMap(({ slots }) => slots);
    const down = all.filter(({ up }) => !up);
    if (down.length === 0) {
        return undefined;
    }
    const { slot, check } = down[0]!;
    const refused = check.includes("Connection refused") ? `nothing listens on ${portsText(service, ports)}, ` : "";
    return `waiting for HAProxy's health check of ${down.length} of ${all.length} (slot ${slot}: ${refused}${check})`;
}

function portsText(service: string, [port, ...others]: readonly number[]): string {
    const key = `relink:services.${service}`;
    return others.length === 0
        ? `port ${port} yet (${key}.port)`
        : `one of the ports ${[port, ...others].join(", ")} yet (${key}.port, ${key}.routes)`;
}
