import { addAbortSignal, type Duplex } from "node:stream";
import type { Dialer } from "./dialer";

/** How long a connection has to stay open where nothing is expected of it, milliseconds. */
const heldMs = 200;
/** How much of an answer is kept, bytes. */
const keptBytes = 64 * 1024;

/** A few bytes that are exchanged on a connection of its own. */
export interface Conversation {
    address: string;
    port: number;
    /** What the connection begins with. @default nothing */
    head?: Buffer;
    /** What is sent first. @default nothing */
    send?: string;
    /** A part of the answer. @default undefined: the connection has to stay open for a moment, or bring any byte */
    expect?: string;
    /** How long all of it may take, milliseconds. */
    timeoutMs: number;
}

/**
 * Holds a conversation in the front's network, and closes the connection.
 * @throws Error that says what did not come
 */
export async function converse(dialer: Pick<Dialer, "dial">, conversation: Conversation): Promise<void> {
    const { address, port, timeoutMs } = conversation;
    const signal = AbortSignal.timeout(timeoutMs);
    let stream: Duplex | undefined;
    try {
        stream = addAbortSignal(signal, await dialer.dial(address, port, signal));
        await answered(stream, conversation);
    } catch (error) {
        const why = signal.aborted ? `no answer as expected within ${timeoutMs} ms` : (error as Error).message;
        throw new Error(`a connection to ${address}:${port}: ${why}`);
    } finally {
        stream?.destroy();
    }
}

function answered(stream: Duplex, { head = Buffer.alloc(0), send = "", expect }: Conversation): Promise<void> {
    const wanted = Buffer.from(expect ?? "", "utf8");
    return new Promise((resolve, reject) => {
        let kept = Buffer.alloc(0);
        const timer = expect === undefined ? setTimeout(resolve, heldMs) : undefined;
        const fail = (error: Error) => {
            clearTimeout(timer);
            reject(error);
        };
        stream.on("data", (chunk: Buffer) => {
            kept = Buffer.concat([kept, chunk]).subarray(-keptBytes);
            if (kept.includes(wanted)) {
                clearTimeout(timer);
                resolve();
            }
        });
        stream.on("error", fail);
        stream.on("end", () => fail(new Error(closed(kept))));
        stream.on("close", () => fail(new Error(closed(kept))));
        stream.write(Buffer.concat([head, Buffer.from(send, "utf8")]));
    });
}

function closed(kept: Buffer): string {
    return kept.length === 0 ? "was closed without a byte" : `was closed after ${kept.length} bytes, none as expected`;
}
