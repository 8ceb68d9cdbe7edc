import {
    type ClientHttp2Session,
    type ClientHttp2Stream,
    connect,
    constants,
    type OutgoingHttpHeaders,
} from "node:http2";
import type { Dialled } from "./dial";
import type { Response } from "./Http1Connection";
import type { Loss, Seen } from "./Ledger";
import type { FailureKind } from "./LoadResult";
import { idHeader } from "./Requests";

/** A connection of HTTP/2 and what has become of it. */
interface Session {
    http2: ClientHttp2Session;
    dialled: Dialled;
    number: number;
    requests: number;
    /** The last stream that the server processes, as its GOAWAY says. */
    lastStream: number;
    /** Why the connection ended, where it did not end in order. */
    error?: NodeJS.ErrnoException;
}

interface Exchange {
    settle: (outcome: Response | Loss | "refused") => void;
    deadlineMs: number;
    session: Session;
    stream: ClientHttp2Stream;
    status: number | undefined;
    version: string | undefined;
    id: string | undefined;
    body: string;
    ended: boolean;
    error?: NodeJS.ErrnoException;
}

/** One connection of HTTP/2 at a time, one stream at a time. It never repeats a request, as `Http1Connection`. */
export class Http2Connection {
    private session: Session | undefined;
    private exchange: Exchange | undefined;

    /**
     * @param dial begins a connection
     * @param now milliseconds, the clock of the deadlines
     * @param newNumber gives each connection that is opened its number
     */
    constructor(
        private readonly dial: () => Dialled,
        private readonly now: () => number,
        private readonly newNumber: () => number,
    ) {}

    /**
     * Begins a stream, on a new connection where there is none, and waits for the whole response.
     *
     * @param timeoutMs from now until the end of the response, connecting included
     * @returns "refused" where the server says that it has not processed the request
     */
    send(headers: OutgoingHttpHeaders, timeoutMs: number): Promise<Response | Loss | "refused"> {
        return new Promise(settle => {
            const session = this.openSession();
            session.requests += 1;
            const stream = session.http2.request(headers);
            const nothing = { status: undefined, version: undefined, id: undefined, body: "", ended: false };
            const exchange: Exchange = {
                settle,
                deadlineMs: this.now() + timeoutMs,
                session,
                stream,
                ...nothing,
            };
            this.exchange = exchange;
            stream.on("response", head => {
                exchange.status = head[":status"];
                exchange.version = head["x-version"] as string | undefined;
                exchange.id = head[idHeader] as string | undefined;
            });
            stream.setEncoding("latin1").on("data", text => {
                exchange.body += text;
            });
            stream.on("end", () => {
                exchange.ended = true;
            });
            stream.on("error", (error: NodeJS.ErrnoException) => {
                exchange.error = error;
            });
            stream.on("close", () => this.settle(exchange, outcomeOf(exchange)));
        });
    }

    /** To be called now and then: fails a request whose deadline has passed. */
    checkDeadline(): void {
        const { exchange } = this;
        if (exchange !== undefined && this.now() > exchange.deadlineMs) {
            this.settle(exchange, lossOf(exchange, "timeout", progress(exchange)));
            this.close();
        }
    }

    /** Closes the connection; a request that is open stays without an outcome. */
    close(): void {
        this.exchange = undefined;
        this.session?.http2.destroy();
        this.session = undefined;
    }

    private settle(exchange: Exchange, outcome: Response | Loss | "refused"): void {
        if (this.exchange === exchange) {
            this.exchange = undefined;
            exchange.settle(outcome);
        }
    }

    /** A connection that takes another stream: after a GOAWAY it does not. */
    private openSession(): Session {
        const { session } = this;
        if (session !== undefined && !session.http2.closed && !session.http2.destroyed) {
            return session;
        }
        const dialled = this.dial();
        const http2 = connect("https://front", { createConnection: () => dialled.socket });
        const opened: Session = {
            http2,
            dialled,
            number: this.newNumber(),
            requests: 0,
            lastStream: Number.POSITIVE_INFINITY,
        };
        http2.on("goaway", (_code, lastStream) => {
            opened.lastStream = lastStream;
        });
        http2.on("error", (error: NodeJS.ErrnoException) => {
            opened.error = error;
        });
        this.session = opened;
        return opened;
    }
}

function outcomeOf(exchange: Exchange): Response | Loss | "refused" {
    const { session, stream, status, version, id, body, ended, error = session.error } = exchange;
    const { rstCode = constants.NGHTTP2_NO_ERROR } = stream;
    // Where the connection has ended, the stream's error says no more than that.
    const { code, message } = (error?.cause ?? error ?? {}) as Partial<NodeJS.ErrnoException>;
    const detail = code ?? message ?? `code ${rstCode}`;
    if (status !== undefined) {
        const isWhole = ended && error === undefined && rstCode === constants.NGHTTP2_NO_ERROR;
        return isWhole
            ? { lost: false, ...connectionOf(exchange), status, version, id, body, endedByClose: false }
            : lossOf(exchange, "closed mid-body", `${detail}, ${progress(exchange)}`);
    }
    if (session.dialled.stage !== "open") {
        return lossOf(exchange, session.dialled.stage, detail);
    }
    if (rstCode === constants.NGHTTP2_REFUSED_STREAM || (stream.id ?? 0) > session.lastStream) {
        return "refused";
    }
    const isInOrder = error === undefined && session.dialled.socket.destroyed;
    return lossOf(exchange, isInOrder ? "closed before response" : "reset", detail);
}

function lossOf(exchange: Exchange, kind: FailureKind, detail: string): Loss {
    const { version } = exchange;
    return { lost: true, kind, detail, status: undefined, version, ...connectionOf(exchange) };
}

function connectionOf({ session }: Exchange): Pick<Seen, "connection" | "requestOnConnection"> {
    return { connection: session.number, requestOnConnection: session.requests };
}

function progress({ status, body }: Exchange): string {
    return status === undefined ? "no response" : `status ${status}, ${body.length} bytes of the body`;
}
