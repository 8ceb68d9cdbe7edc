import { connect, type Socket } from "node:net";
import type { Tally } from "./Tally";

const tickMs = 50;

/** How many connections an attacker holds. */
export interface Held {
    /** So many at the same time. */
    most: number;
    /** So many new ones a second, at the most. */
    perSecond: number;
    /** What the tally calls the most that were held. @default "held" */
    what?: string;
}

/**
 * Holds connections until the process ends. One that is closed is followed by another one. Errors are the tally's.
 *
 * @param open begins a connection
 * @returns those that are held
 */
export function keepOpen<S extends Socket>(
    { most, perSecond, what = "held" }: Held,
    tally: Tally,
    open: () => S,
): ReadonlySet<S> {
    const held = new Set<S>();
    const perTick = Math.max(1, Math.round((perSecond * tickMs) / 1000));
    setInterval(() => {
        for (let begun = 0; begun < perTick && held.size < most; begun++) {
            const socket = open();
            held.add(socket);
            socket.on("error", (error: NodeJS.ErrnoException) => tally.add(error.code ?? error.message));
            socket.on("close", () => {
                held.delete(socket);
                tally.add("ended");
            });
            socket.resume();
        }
        tally.most(what, held.size);
    }, tickMs);
    return held;
}

/** Begins a connection without TLS. It does not stay half open, as a socket of Node.js does by default not either. */
export function plainly(host: string, port: number): Socket {
    return connect({ host, port, noDelay: true });
}
