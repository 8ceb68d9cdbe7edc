import type { Socket } from "node:net";
import { connect } from "node:tls";
import { keepOpen, plainly } from "./keepOpen";
import type { Target } from "./messages";
import type { Tally } from "./Tally";

/** A record of TLS that begins a handshake, with a greeting whose length is a lie. */
const lie = Buffer.from("16030100320100ffffff0303", "hex");
const bytes = Buffer.from(Array.from({ length: 2_048 }, (_, at) => (at * 167 + 13) % 256));

/** Handshakes that fail, and some that succeed and are of no use. 100 a second. */
export function badTls({ published, host }: Target, tally: Tally): void {
    const at = { host: published.host, port: published.https };
    const written = (what: Buffer | string) => (): Socket => {
        const socket = plainly(at.host, at.port);
        socket.write(what);
        return socket;
    };
    const ways: (() => Socket)[] = [
        written(bytes),
        written(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`),
        written(lie),
        // A whole record of the largest size, with nothing in it.
        written(Buffer.concat([Buffer.from("1603014000", "hex"), Buffer.alloc(16_384)])),
        // An alert in place of a greeting.
        written(Buffer.from("15030300020228", "hex")),
        () => connect({ ...at, maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" }),
        () => connect({ ...at, servername: host, ciphers: "AES128-SHA", maxVersion: "TLSv1.2" }),
        // The client does not trust the certificate, and says so.
        () => connect({ ...at, servername: host, ca: [] }),
        () => {
            const socket = connect({ ...at, servername: host, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
            socket.once("secureConnect", () => {
                tally.add("shaken hands");
                socket.destroy();
            });
            return socket;
        },
    ];
    let next = 0;
    keepOpen({ most: 300, perSecond: 100 }, tally, () => ways[next++ % ways.length]!());
}
