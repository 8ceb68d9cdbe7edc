import type { OutgoingHttpHeaders } from "node:http2";
import type { Attempt } from "./Ledger";
import type { LaneKind, LoadPlan } from "./LoadOptions";

/** The header in which a request carries its id, and in which the answer repeats it. */
export const idHeader = "x-load-id";

const postBody = JSON.stringify({ order: "0123456789".repeat(40) });
const idSlot = "0".repeat("01234567-0123456789".length);

/** What the answers to the requests of one lane have to be like, besides their ids. */
export interface Asked {
    method: "GET" | "POST";
    /** Bytes of the request's body. */
    sentBytes: number;
    /** Lines of a streaming response; undefined for any other. */
    lines: number | undefined;
}

/** The requests of one lane, which differ in their ids alone. */
export class Requests {
    readonly asked: Asked;
    private readonly bytes: Buffer;
    private readonly idAt: number;

    constructor(
        kind: Exclude<LaneKind, "webSocket">,
        private readonly plan: LoadPlan,
    ) {
        const path = kind === "slow" ? plan.slowPath : kind === "stream" ? plan.streamPath : plan.path;
        const method = kind === "post" ? "POST" : "GET";
        const body = kind === "post" ? postBody : "";
        this.asked = { method, sentBytes: Buffer.byteLength(body), lines: linesOf(path) };
        const head = [
            `${method} ${path} HTTP/1.1`,
            `Host: ${plan.hostHeader}`,
            "User-Agent: relink-load",
            "Accept: */*",
            ...Object.entries(plan.headers).map(([name, value]) => `${name}: ${value}`),
            `${idHeader}: ${idSlot}`,
        ];
        if (kind === "newConnection") {
            head.push("Connection: close");
        }
        if (body !== "") {
            head.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
        }
        this.bytes = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
        this.idAt = this.bytes.indexOf(`${idHeader}: ${idSlot}`) + `${idHeader}: `.length;
    }

    /** The bytes of a request, head and body. They hold until the next call, since a lane has one request at a time. */
    bytesOf({ id }: Attempt): Buffer {
        this.bytes.write(id, this.idAt, "latin1");
        return this.bytes;
    }

    /** The head of a request of HTTP/2, a GET. */
    headersOf({ id }: Attempt): OutgoingHttpHeaders {
        const { path, hostHeader, headers } = this.plan;
        return {
            ":method": "GET",
            ":path": path,
            ":authority": hostHeader,
            "user-agent": "relink-load",
            accept: "*/*",
            ...headers,
            [idHeader]: id,
        };
    }
}

/**
 * How many lines the sample app answers on this path. It writes ten per second, for 5 s where nothing else is asked.
 */
function linesOf(path: string): number | undefined {
    const { pathname, searchParams } = new URL(path, "http://app");
    return pathname.endsWith("/stream")
        ? Math.max(1, Math.round(Number(searchParams.get("seconds") ?? 5) * 10))
        : undefined;
}
