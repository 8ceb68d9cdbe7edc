import type { PortCall } from "./PortFault";
import type { SimulatedUp } from "./SimulatedUp";

/** How long a call takes that times out, milliseconds. */
const timeoutMs = 400;

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * Has one call of a port go wrong, if the faults of the `up` say so.
 * @param noun the port's name in {@link PortCall}
 * @returns the same port
 */
export function withFault<Port extends object>(up: SimulatedUp, noun: string, port: Port): Port {
    const [failing, method = ""] = up.faults.port?.call.split(".") ?? [];
    if (failing === noun) {
        const inner = (port as Record<string, Method>)[method]!.bind(port);
        Object.assign(port, { [method]: (...args: unknown[]) => called(up, () => inner(...args)) });
    }
    return port;
}

async function called(up: SimulatedUp, call: () => Promise<unknown>): Promise<unknown> {
    const { port } = up.faults;
    if (port === undefined || up.portCalls++ !== port.after) {
        return call();
    }
    up.strikes(`${port.call} ${port.how}`);
    up.hasPortFailed = true;
    if (port.how === "took effect but fails") {
        await call();
    } else if (port.how === "times out") {
        await up.scheduler.sleep(timeoutMs);
    }
    throw new Error(`${port.call} ${port.how}`);
}
