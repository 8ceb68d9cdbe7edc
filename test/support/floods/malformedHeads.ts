import { keepOpen, plainly } from "./keepOpen";
import type { Target } from "./messages";
import type { Tally } from "./Tally";

/** Requests that are too large, or that are none. */
function heads(host: string): [string, string][] {
    const get = `GET / HTTP/1.1\r\nhost: ${host}\r\n`;
    const post = `POST / HTTP/1.1\r\nhost: ${host}\r\n`;
    return [
        ["a header of 1 MB", `${get}cookie: ${"c".repeat(1_000_000)}\r\n\r\n`],
        ["1,000 headers", `${get}${"x-many: 1\r\n".repeat(1_000)}\r\n`],
        ["10,000 headers", `${get}${"x-many: 1\r\n".repeat(10_000)}\r\n`],
        ["a path of 100 kB", `GET /${"p".repeat(100_000)} HTTP/1.1\r\nhost: ${host}\r\n\r\n`],
        ["NUL in a header", `${get}x-nul: a\0b\r\n\r\n`],
        ["a header without a name", `${get}: nothing\r\n\r\n`],
        ["a space before the colon", `${get}x-space : 1\r\n\r\n`],
        ["a folded header", `${get}x-folded: 1\r\n 2\r\n\r\n`],
        ["two lengths", `${post}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
        ["a length and chunks", `${post}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
        ["a negative length", `${post}content-length: -1\r\n\r\n`],
        ["a chunk of no length", `${post}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`],
        ["a huge chunk", `${post}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n`],
        ["no version", `GET /\r\n\r\n`],
        ["another version", `GET / HTTP/9.9\r\nhost: ${host}\r\n\r\n`],
        ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n"],
        ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
        ["bytes", Array.from({ length: 4_096 }, (_, at) => String.fromCharCode((at * 167 + 13) % 256)).join("")],
    ];
}

/** Sends such requests, 200 a second, each on a connection of its own. */
export function malformedHeads({ published, host }: Target, tally: Tally): void {
    const all = heads(host).map(([name, text]) => ({ name, bytes: Buffer.from(text, "latin1") }));
    let next = 0;
    keepOpen({ most: 100, perSecond: 200 }, tally, () => {
        const { name, bytes } = all[next++ % all.length]!;
        const socket = plainly(published.host, published.http);
        socket.once("data", data => tally.add(`${name}: ${data.toString("latin1", 9, 12)}`));
        socket.end(bytes);
        return socket;
    });
}
