import { type ClientHttp2Session, connect } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { until } from "./until";

/** What became of the calls. */
export interface GrpcResult {
    unary: number;
    streams: number;
    /** Why a call failed, one text each. */
    failed: string[];
    versions: Set<string>;
}

/** Calls as a gRPC client makes them, over HTTP/2 with TLS and whatever certificate. It never repeats one. */
export class GrpcCalls {
    readonly #result: GrpcResult = { unary: 0, streams: 0, failed: [], versions: new Set() };
    #isOver = false;
    #lanes: Promise<void>[] = [];

    private constructor(private readonly url: string) {}

    /** Begins four connections with unary calls, and two with streams. */
    static start(url: string): GrpcCalls {
        const calls = new GrpcCalls(url);
        calls.#lanes = Array.from({ length: 6 }, (_, lane) => calls.#lane(lane < 4 ? "unary" : "streams"));
        return calls;
    }

    /** Waits until a hundred more calls and two more streams have ended. */
    async more(): Promise<void> {
        const { unary, streams } = this.#result;
        const isMore = () => this.#result.unary >= unary + 100 && this.#result.streams >= streams + 2;
        const deadline = Date.now() + 60_000;
        try {
            await until(async () => isMore() || undefined, { deadline, what: "no more calls" });
        } catch (error) {
            const { failed, ...counts } = this.#result;
            throw new Error(
                `${(error as Error).message}: ${JSON.stringify(counts)}, ${failed.length} failed, ${failed[0]}`,
            );
        }
    }

    async stop(): Promise<GrpcResult> {
        this.#isOver = true;
        await Promise.all(this.#lanes);
        return this.#result;
    }

    async #lane(kind: "unary" | "streams"): Promise<void> {
        let session: ClientHttp2Session | undefined;
        while (!this.#isOver) {
            if (session === undefined || session.closed || session.destroyed) {
                session = connect(this.url, { rejectUnauthorized: false });
                session.on("error", () => {});
            }
            const failure = await this.#call(session, kind);
            if (failure === undefined) {
                this.#result[kind]++;
            } else {
                this.#result.failed.push(`${kind}: ${failure}`);
            }
            await setTimeout(10);
        }
        session?.close();
    }

    /** @returns why the call failed */
    #call(session: ClientHttp2Session, kind: "unary" | "streams"): Promise<string | undefined> {
        const path = kind === "unary" ? "/shop.Hello/Unary" : "/shop.Hello/Stream";
        const wanted = kind === "unary" ? "hello" : "m".repeat(20);
        const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
        return new Promise(resolve => {
            let [body, status, code] = ["", 0, ""];
            const stream = session.request(headers);
            stream.setTimeout(20_000, () => stream.close());
            stream.on("response", response => {
                status = response[":status"] ?? 0;
                this.#result.versions.add(String(response["x-version"]));
            });
            stream.on("trailers", trailers => {
                code = String(trailers["grpc-status"]);
            });
            stream.on("data", data => {
                body += data;
            });
            stream.on("error", error => resolve(error.message));
            stream.on("close", () => {
                const isWhole = status === 200 && code === "0" && body === wanted;
                resolve(isWhole ? undefined : `status ${status}, grpc-status ${code}, ${body.length} bytes`);
            });
            stream.end(kind === "unary" ? wanted : "");
        });
    }
}
