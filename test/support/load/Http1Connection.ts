import { HTTPParser } from "http-parser-js";
import type { Dialled } from "./dial";
import type { Answer, Loss } from "./Ledger";
import type { FailureKind } from "./LoadResult";
import { idHeader } from "./Requests";

/** A response that came whole, as far as HTTP can tell. */
export interface Response extends Answer {
    status: number;
    /** The id in its head. */
    id: string | undefined;
    body: string;
    /** Its only end was that of the connection, which a cut response has too. */
    endedByClose: boolean;
}

/** What a caller wants to know besides the outcome. */
export interface Watcher {
    /** A response has begun. */
    onHeaders(): void;
    /** Bytes came while no request was open: after the whole response to the last one. */
    onUnasked(detail: string): void;
}

interface Exchange {
    settle: (outcome: Response | Loss) => void;
    deadlineMs: number;
    status: number | undefined;
    version: string | undefined;
    id: string | undefined;
    body: string;
    /** The response has ended. */
    whole: boolean;
    /** Bytes that came behind it at once. */
    surplusBytes: number;
}

/**
 * One HTTP/1.1 connection at a time, one request at a time, over a socket or TLS.
 *
 * It is on purpose as blunt as a client can be: it never repeats a request, and it writes the next one at once, without
 * a look whether the server may be closing. Node's agents and undici wait for a moment before they reuse a connection,
 * or take a close for a reason to write the request once more; both hide losses that other clients have.
 */
export class Http1Connection {
    private dialled: Dialled | undefined;
    private parser: InstanceType<typeof HTTPParser> | undefined;
    private exchange: Exchange | undefined;
    private reusable = false;
    private connection = 0;
    private requestOnConnection = 0;

    /**
     * @param dial begins a connection
     * @param now milliseconds, the clock of the deadlines
     * @param newNumber gives each connection that is opened its number
     */
    constructor(
        private readonly dial: () => Dialled,
        private readonly now: () => number,
        private readonly newNumber: () => number,
        private readonly watcher: Watcher,
    ) {}

    /**
     * Writes the request, on a new connection where there is none, and waits for the whole response.
     *
     * @param request the bytes, head and body
     * @param timeoutMs from now until the end of the response, connecting included
     */
    send(request: Buffer, timeoutMs: number): Promise<Response | Loss> {
        return new Promise(resolve => {
            this.exchange = {
                settle: resolve,
                deadlineMs: this.now() + timeoutMs,
                status: undefined,
                version: undefined,
                id: undefined,
                body: "",
                whole: false,
                surplusBytes: 0,
            };
            if (this.dialled === undefined || !this.reusable) {
                this.connect();
            }
            this.requestOnConnection += 1;
            this.reusable = false;
            this.dialled!.socket.write(request);
        });
    }

    /** To be called now and then: fails a request whose deadline has passed. */
    checkDeadline(): void {
        if (this.exchange !== undefined && this.now() > this.exchange.deadlineMs) {
            this.lose("timeout", this.progress());
        }
    }

    /** Closes the connection; a request that is open stays without an outcome. */
    close(): void {
        const { dialled } = this;
        this.forget();
        this.exchange = undefined;
        dialled?.socket.destroy();
    }

    private connect(): void {
        this.dialled?.socket.destroy();
        const dialled = this.dial();
        const { socket } = dialled;
        this.dialled = dialled;
        this.connection = this.newNumber();
        this.requestOnConnection = 0;
        this.parser = this.newParser();
        // The socket was given up, so its events have no meaning any more.
        const ifCurrent =
            <A extends unknown[]>(handle: (...args: A) => void) =>
            (...args: A): void => {
                if (this.dialled === dialled) {
                    handle(...args);
                }
            };
        socket.on(
            "data",
            ifCurrent((data: Buffer) => this.receive(data)),
        );
        socket.on(
            "end",
            ifCurrent(() => this.ended()),
        );
        socket.on("error", (error: NodeJS.ErrnoException) => {
            if (this.dialled === dialled) {
                this.broken(error, dialled);
            }
        });
        socket.on(
            "close",
            ifCurrent(() => this.ended()),
        );
    }

    private newParser(): InstanceType<typeof HTTPParser> {
        const parser = new HTTPParser(HTTPParser.RESPONSE);
        parser[HTTPParser.kOnHeadersComplete] = info => {
            const { exchange } = this;
            if (exchange !== undefined && !exchange.whole && info.statusCode >= 200) {
                exchange.status = info.statusCode;
                exchange.version = header(info.headers, "x-version");
                exchange.id = header(info.headers, idHeader);
                this.reusable = info.shouldKeepAlive;
                this.watcher.onHeaders();
            }
        };
        parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
            if (this.exchange?.whole === false) {
                this.exchange.body += chunk.toString("latin1", offset, offset + length);
            }
        };
        parser[HTTPParser.kOnMessageComplete] = () => {
            // Interim responses (1xx) are messages too; the response is still to come.
            if (this.exchange?.status !== undefined && !this.exchange.whole) {
                this.exchange.whole = true;
                const { end, offset } = parser as unknown as { end: number; offset: number };
                this.exchange.surplusBytes = end - offset;
            }
        };
        return parser;
    }

    private receive(data: Buffer): void {
        if (this.exchange === undefined) {
            this.drop();
            this.watcher.onUnasked(`${data.length} bytes more`);
            return;
        }
        const parsed = this.parser!.execute(data);
        if (this.exchange.surplusBytes > 0) {
            this.lose("answered twice", `${this.exchange.surplusBytes} bytes more`);
        } else if (this.exchange.whole) {
            this.complete(this.exchange, false);
        } else if (parsed instanceof Error) {
            this.lose("malformed", parsed.message);
        }
    }

    /** The server closed. Without a request that is its right; with one, the response had to end before. */
    private ended(): void {
        // A response without a length ends with the connection: then this makes it whole.
        this.parser?.finish();
        if (this.exchange?.whole) {
            this.complete(this.exchange, true);
        } else if (this.exchange !== undefined && this.dialled?.stage === "handshake") {
            this.lose("handshake", this.progress());
        } else if (this.exchange !== undefined) {
            const began = this.exchange.status !== undefined;
            this.lose(began ? "closed mid-body" : "closed before response", this.progress());
        } else {
            this.drop();
        }
    }

    private broken(error: NodeJS.ErrnoException, { stage }: Dialled): void {
        const code = error.code ?? error.message;
        if (this.exchange === undefined) {
            this.drop();
        } else if (stage !== "open") {
            this.lose(stage, code);
        } else if (this.exchange.status !== undefined) {
            this.lose("closed mid-body", `${code}, ${this.progress()}`);
        } else {
            this.lose("reset", code);
        }
    }

    private complete(exchange: Exchange, endedByClose: boolean): void {
        this.exchange = undefined;
        if (!this.reusable) {
            this.drop();
        }
        exchange.settle({
            lost: false,
            status: exchange.status!,
            version: exchange.version,
            id: exchange.id,
            body: exchange.body,
            endedByClose,
            connection: this.connection,
            requestOnConnection: this.requestOnConnection,
        });
    }

    private lose(kind: FailureKind, detail: string): void {
        const exchange = this.exchange!;
        this.exchange = undefined;
        this.drop();
        exchange.settle({
            lost: true,
            kind,
            detail,
            status: undefined,
            version: exchange.version,
            connection: this.connection,
            requestOnConnection: this.requestOnConnection,
        });
    }

    private drop(): void {
        const { dialled } = this;
        this.forget();
        dialled?.socket.destroy();
    }

    private forget(): void {
        this.dialled = undefined;
        this.parser = undefined;
        this.reusable = false;
    }

    private progress(): string {
        const { exchange } = this;
        if (exchange?.status === undefined) {
            const stage = this.dialled?.stage;
            return stage === "open"
                ? "no response"
                : stage === "handshake"
                  ? "no end of the handshake"
                  : "not connected";
        }
        return `status ${exchange.status}, ${exchange.body.length} bytes of the body`;
    }
}

/** Headers come as a flat list of names and values. */
function header(headers: string[], name: string): string | undefined {
    for (let index = 0; index < headers.length; index += 2) {
        if (headers[index]!.toLowerCase() === name) {
            return headers[index + 1];
        }
    }
    return undefined;
}
