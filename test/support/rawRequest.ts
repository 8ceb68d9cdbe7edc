import { connect } from "node:net";
import { HTTPParser } from "http-parser-js";

/** Longest that an answer may take, milliseconds. */
const longestMs = 10_000;

/** An answer to bytes that no client would send. */
export interface RawAnswer {
    status: number;
    /** By name in lower case. */
    headers: Map<string, string>;
    body: string;
    /** How many answers came on the connection. */
    count: number;
}

/**
 * Writes bytes to a server and reads until it closes the connection.
 * @returns the first answer; undefined where the server closed without one
 */
export function rawRequest(port: number, bytes: Buffer | string): Promise<RawAnswer | undefined> {
    return new Promise((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port, noDelay: true });
        const answers: RawAnswer[] = [];
        const parser = new HTTPParser(HTTPParser.RESPONSE);
        parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers }) => {
            const pairs = Array.from({ length: headers.length / 2 }, (_, at): [string, string] => [
                headers[at * 2]!.toLowerCase(),
                headers[at * 2 + 1]!,
            ]);
            answers.push({ status: statusCode, headers: new Map(pairs), body: "", count: 0 });
        };
        parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
            answers.at(-1)!.body += chunk.subarray(offset, offset + length).toString("utf8");
        };
        const done = () => {
            clearTimeout(timer);
            socket.destroy();
            const [first] = answers;
            resolve(first && { ...first, count: answers.length });
        };
        const timer = setTimeout(() => {
            socket.destroy();
            reject(new Error(`the connection is still open after ${longestMs / 1000} s`));
        }, longestMs);
        socket.on("connect", () => socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes));
        socket.on("data", data => {
            const parsed = parser.execute(data);
            if (parsed instanceof Error) {
                socket.destroy(parsed);
            }
        });
        socket.once("end", done);
        // The server may close while it is still being written to.
        socket.once("error", error =>
            answers.length > 0 || (error as NodeJS.ErrnoException).code !== undefined ? done() : reject(error),
        );
    });
}
