import * as https from "node:https";
import type { TLSSocket } from "node:tls";

export interface VisitOptions {
    /** Certificates of the authorities that are trusted, PEM. */
    ca: string;
    /** The host that the client names (SNI). @default none, and any host of the certificate will do */
    serverName?: string;
    /** The Host header. @default the first of `serverName` and the address */
    host?: string;
    /** @default "/" */
    path?: string;
    /** The client's own certificate and its key, PEM. @default none */
    client?: { cert: string; key: string };
    /** Headers of the request besides its host. @default none */
    headers?: Record<string, string>;
    /** The only version that the client speaks. @default those of Node.js */
    version?: "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
}

/** What a client with TLS got. */
export interface TlsVisit {
    status: number;
    headers: Record<string, string | string[] | undefined>;
    body: string;
    /** As `TLSv1.3`. */
    version: string;
    /** SHA-1 of the server's certificate, hexadecimal with colons. */
    fingerprint: string;
}

/**
 * Asks once, over a connection of its own.
 * @throws where the handshake fails, or the certificate does not cover the host
 */
export function tlsVisit(port: number, options: VisitOptions): Promise<TlsVisit> {
    const { ca, serverName, host, path = "/", version, client, headers } = options;
    return new Promise((resolve, reject) => {
        const request = https.get({
            host: "127.0.0.1",
            port,
            path,
            ca,
            agent: false,
            servername: serverName ?? "",
            ...client,
            headers: { ...headers, host: host ?? serverName ?? `127.0.0.1:${port}` },
            ...(serverName === undefined ? { checkServerIdentity: () => undefined } : {}),
            // OpenSSL has TLS 1.1 at its lowest level of security alone.
            ...(version && { minVersion: version, maxVersion: version, ciphers: "DEFAULT:@SECLEVEL=0" }),
        });
        request.on("error", reject);
        request.on("response", response => {
            const socket = response.socket as TLSSocket;
            const seen = {
                status: response.statusCode ?? 0,
                headers: response.headers,
                version: socket.getProtocol() ?? "",
                fingerprint: socket.getPeerCertificate().fingerprint,
            };
            let body = "";
            response.setEncoding("utf8").on("data", text => {
                body += text;
            });
            response.on("end", () => resolve({ ...seen, body }));
            response.on("error", reject);
        });
    });
}
