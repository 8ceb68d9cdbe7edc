import { connect, constants } from "node:http2";
import type { Duplex } from "node:stream";

/** What is asked of whom. */
interface H2cRequest {
    address: string;
    port: number;
    /** @default GET */
    method?: string;
    path: string;
    headers?: Record<string, string>;
}

/** An answer of any status, of which only the head has come. */
export interface H2cAnswer {
    status: number;
    headers: Record<string, string | string[]>;
    body: Duplex;
}

/**
 * Makes one HTTP/2 request without TLS, as `proto h2` of HAProxy does: the client speaks HTTP/2 from the first byte.
 * @param connection a new connection to the address. It ends with the answer's body
 * @throws Error where the server speaks no HTTP/2, resets the stream, or `signal` comes first
 */
export function requestH2c(connection: Duplex, wanted: H2cRequest, signal: AbortSignal): Promise<H2cAnswer> {
    const { address, port, method = "GET", path, headers: { host, ...headers } = {} } = wanted;
    const session = connect(`http://${address}:${port}`, { createConnection: () => connection });
    return new Promise((resolve, reject) => {
        const fail = (error: Error) => {
            reject(error);
            session.destroy();
            connection.destroy();
        };
        session.on("error", fail);
        const stream = session.request(
            {
                [constants.HTTP2_HEADER_METHOD]: method,
                [constants.HTTP2_HEADER_PATH]: path,
                ...(host !== undefined && { [constants.HTTP2_HEADER_AUTHORITY]: host }),
                "user-agent": "relink",
                accept: "*/*",
                ...headers,
            },
            { endStream: true, signal },
        );
        stream.on("error", fail);
        stream.on("response", ({ ":status": status = 0, ...headers }) =>
            resolve({ status, headers: headers as Record<string, string | string[]>, body: stream }),
        );
        stream.on("close", () => fail(new Error("the connection was closed before the answer")));
    });
}
