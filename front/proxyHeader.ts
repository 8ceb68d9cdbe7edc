// The PROXY protocol, version 2: https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt
const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const local = 0x20;
const proxied = 0x21;
const tcpOverIpv4 = 0x11;
/** The kind of field that holds the host which a client asked for. relink's listener reads its own words there. */
const authority = 0x02;
/** From 127.0.0.1 to 127.0.0.1, port 1 each. */
const addresses = Buffer.from([127, 0, 0, 1, 127, 0, 0, 1, 0, 1, 0, 1]);

/** The header of a connection that comes from the sender itself, as HAProxy's health checks send it. */
export const localHeader = Buffer.concat([signature, Buffer.from([local, 0, 0, 0])]);

/** @returns a header with words for the listener, at most 200 letters */
export function headerWith(words: string): Buffer {
    const text = Buffer.from(words, "latin1");
    const length = addresses.length + 3 + text.length;
    return Buffer.concat([
        signature,
        Buffer.from([proxied, tcpOverIpv4, 0, length]),
        addresses,
        Buffer.from([authority, 0, text.length]),
        text,
    ]);
}
