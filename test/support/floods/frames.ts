import { connect, type TLSSocket } from "node:tls";
import { keepOpen } from "./keepOpen";
import type { Target } from "./messages";
import type { Tally } from "./Tally";

/** Types of HTTP/2's frames, and their flags (RFC 9113, section 6). */
export const frameTypes = { headers: 1, resetStream: 3, settings: 4, ping: 6, goAway: 7, continuation: 9 } as const;
export const flags = { none: 0, endStream: 1, endHeaders: 4 } as const;
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const tickMs = 20;
/** Bytes that a connection may have unsent before it pauses, so that a slow server does not fill the memory. */
const mostUnsent = 1_000_000;

export function frame(type: number, flag: number, stream: number, payload: Buffer): Buffer {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flag, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
}

/** @returns the header block of `GET /`, by HPACK's static table and a literal host */
export function getBlock(host: string): Buffer {
    return Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x01, host.length]), Buffer.from(host, "latin1")]);
}

/** @returns a header that is not indexed, by HPACK */
export function literal(name: string, value: string): Buffer {
    return Buffer.concat([
        Buffer.from([0x00, name.length]),
        Buffer.from(name, "latin1"),
        Buffer.from([value.length]),
        Buffer.from(value, "latin1"),
    ]);
}

/**
 * Holds connections of HTTP/2 over TLS and writes to each again and again. One that the server ends is followed by another.
 *
 * @param write returns what a connection writes next
 */
export function overHttp2(
    { published, host }: Target,
    tally: Tally,
    connections: number,
    write: (turn: number) => Buffer,
): void {
    const turns = new WeakMap<TLSSocket, number>();
    const held = keepOpen({ most: connections, perSecond: 20 }, tally, () => {
        const socket = connect({
            host: published.host,
            port: published.https,
            servername: host,
            rejectUnauthorized: false,
            ALPNProtocols: ["h2"],
        });
        socket.once("secureConnect", () => {
            socket.write(Buffer.concat([Buffer.from(preface), frame(frameTypes.settings, 0, 0, Buffer.alloc(0))]));
            turns.set(socket, 0);
            tally.add("connections");
        });
        return socket;
    });
    setInterval(() => {
        for (const socket of held) {
            const turn = turns.get(socket);
            if (turn !== undefined && socket.writableLength < mostUnsent && !socket.destroyed) {
                turns.set(socket, turn + 1);
                socket.write(write(turn));
            }
        }
    }, tickMs);
}
