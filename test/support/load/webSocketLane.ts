import { WebSocket } from "ws";
import type { Ledger, Outcome } from "./Ledger";
import type { LoadPlan } from "./LoadOptions";
import type { FailureKind } from "./LoadResult";
import type { Pace } from "./Pace";

const messageEveryMs = 250;
const pauseBeforeReopeningMs = 50;
/** No close frame was received (RFC 6455, 7.1.5). */
const closedWithoutFrame = 1006;

export interface WebSocketTask {
    plan: LoadPlan;
    pace: Pace;
    ledger: Ledger;
    /** The one that is open. */
    webSocket: WebSocket | undefined;
    /** What is open now is given up. */
    abandoned: boolean;
}

/** Opens a WebSocket, talks over it until the end, and opens another one whenever it was lost. */
export async function runWebSocketLane(task: WebSocketTask): Promise<void> {
    const { pace, ledger } = task;
    while (pace.take()) {
        const attempt = ledger.begin("webSocket");
        const outcome = await open(task);
        if (outcome === undefined) {
            // Abandoned at the end: it stays open in the books.
            return;
        }
        ledger.settle(attempt, outcome);
        if (outcome.lost || outcome.status !== 101) {
            await pace.sleep(pauseBeforeReopeningMs);
            continue;
        }
        ledger.webSockets.opened += 1;
        await talk(task);
        await pace.sleep(pauseBeforeReopeningMs);
    }
}

/** The outcome of the handshake; none when it was abandoned. */
function open(task: WebSocketTask): Promise<Outcome | undefined> {
    const { plan, ledger } = task;
    const webSocket = new WebSocket(`ws://${urlHost(plan.host)}:${plan.port}${plan.webSocketPath}`, {
        headers: { host: plan.hostHeader },
        handshakeTimeout: plan.timeoutMs,
        perMessageDeflate: false,
    });
    task.webSocket = webSocket;
    const common = { connection: ledger.newConnection(), requestOnConnection: 1 };
    let version: string | undefined;
    return new Promise(resolve => {
        webSocket.on("upgrade", response => {
            version = response.headers["x-version"] as string | undefined;
        });
        webSocket.on("open", () => resolve({ lost: false, status: 101, version, ...common }));
        webSocket.on("unexpected-response", (_request, response) => {
            version = response.headers["x-version"] as string | undefined;
            response.resume();
            webSocket.terminate();
            resolve({ lost: false, status: response.statusCode ?? 0, version, ...common });
        });
        webSocket.on("error", (error: NodeJS.ErrnoException) => {
            if (task.abandoned) {
                resolve(undefined);
            }
            resolve({ lost: true, kind: kindOf(error), detail: error.code ?? error.message, version, ...common });
        });
    });
}

/** Sends a message now and then and waits for its echo, until the WebSocket or the load ends. */
function talk(task: WebSocketTask): Promise<void> {
    const { plan, pace, ledger } = task;
    const webSocket = task.webSocket!;
    const counts = ledger.webSockets;
    return new Promise(resolve => {
        let unansweredSinceMs: number | undefined;
        let endedByUs = false;
        const tick = setInterval(() => {
            if (pace.ended) {
                if (!endedByUs) {
                    endedByUs = true;
                    counts.alive += 1;
                    webSocket.close(1000);
                }
                return;
            }
            if (unansweredSinceMs !== undefined && pace.now() - unansweredSinceMs > plan.timeoutMs) {
                webSocket.terminate();
                return;
            }
            counts.messagesSent += 1;
            unansweredSinceMs ??= pace.now();
            webSocket.send("hello");
        }, messageEveryMs);
        webSocket.on("message", message => {
            if (message.toString().includes("echo")) {
                counts.messagesAnswered += 1;
                unansweredSinceMs = undefined;
            }
        });
        webSocket.on("close", code => {
            clearInterval(tick);
            if (!endedByUs) {
                counts[code === closedWithoutFrame ? "cut" : "ended"] += 1;
            }
            resolve();
        });
    });
}

function kindOf(error: NodeJS.ErrnoException): FailureKind {
    if (error.syscall === "connect") {
        return "connect";
    }
    if (error.message.includes("timed out")) {
        return "timeout";
    }
    if (error.message === "socket hang up") {
        return "closed before response";
    }
    return error.code === "ECONNRESET" ? "reset" : "malformed";
}

function urlHost(host: string): string {
    return host.includes(":") ? `[${host}]` : host;
}
