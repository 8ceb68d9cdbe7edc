import { isIP, type Socket, connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";

/** Where a load goes to. */
export interface Destination {
    host: string;
    port: number;
    /** @default undefined (no TLS) */
    tls?: TlsClient;
}

/** What a client of TLS knows and says. */
export interface TlsClient {
    /** Certificates of the authorities that it trusts, PEM. @default those of Node.js */
    ca?: string;
    /** The host that it names (SNI), which the certificate has to cover. @default none, and the certificate covers `host` */
    serverName?: string;
}

/** What the client offers in a handshake of TLS (ALPN). */
export type Protocol = "http/1.1" | "h2";

/** A connection that is made, or has been. */
export class Dialled {
    /** What goes on, and would be the kind of its failure; then "open". */
    stage: "connect" | "handshake" | "open" = "connect";

    private constructor(readonly socket: Socket) {}

    /** Begins a connection, without TLS or with a full handshake: no session is resumed. */
    static to({ host, port, tls }: Destination, protocol: Protocol = "http/1.1"): Dialled {
        if (tls === undefined) {
            const dialled = new Dialled(tcpConnect({ host, port, noDelay: true }));
            dialled.socket.on("connect", () => {
                dialled.stage = "open";
            });
            return dialled;
        }
        const { ca, serverName: servername } = tls;
        const socket = tlsConnect({ host, port, ca, servername, ALPNProtocols: [protocol] });
        socket.setNoDelay(true);
        const dialled = new Dialled(socket);
        socket.on("connect", () => {
            dialled.stage = "handshake";
        });
        socket.on("secureConnect", () => {
            if (protocol === "h2" && socket.alpnProtocol !== protocol) {
                socket.destroy(new Error(`the server does not speak ${protocol}`));
                return;
            }
            dialled.stage = "open";
        });
        return dialled;
    }
}

/** @returns the host of a Host header as a client of TLS names it; undefined for an address, which it does not name */
export function serverNameOf(hostHeader: string): string | undefined {
    const host = new URL(`https://${hostHeader}`).hostname.replace(/^\[(.*)\]$/, "$1");
    return isIP(host) === 0 ? host : undefined;
}
