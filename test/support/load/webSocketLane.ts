import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { Dialled } from "./dial";
import { type Fault, faultOfHead, faultOfService, faultOfVersion, lossOf } from "./judgeAnswer";
import type { Attempt, Ledger, Outcome, Seen } from "./Ledger";
import type { LoadPlan } from "./LoadOptions";
import type { FailureKind } from "./LoadResult";
import type { Pace } from "./Pace";
import { idHeader } from "./Requests";

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
        const opened = await open(task, attempt);
        if (opened === undefined) {
            // Abandoned at the end: it stays open in the books.
            return;
        }
        const { outcome, conversation } = opened;
        ledger.settle(attempt, outcome);
        if (!outcome.lost) {
            ledger.webSockets.opened += 1;
            const fault = await conversation?.untilOver;
            if (fault !== undefined) {
                ledger.revoke(attempt, outcome, fault);
            }
        }
        await pace.sleep(pauseBeforeReopeningMs);
    }
}

/** The outcome of a handshake, and what follows a good one. */
interface Opened {
    outcome: Outcome;
    conversation?: Conversation;
}

/** Nothing when it was abandoned. */
function open(task: WebSocketTask, attempt: Attempt): Promise<Opened | undefined> {
    const { plan, ledger } = task;
    const dialled = Dialled.to(plan);
    const scheme = plan.tls === undefined ? "ws" : "wss";
    const webSocket = new WebSocket(`${scheme}://${urlHost(plan.host)}:${plan.port}${plan.webSocketPath}`, {
        createConnection: () => dialled.socket,
        headers: { ...plan.headers, host: plan.hostHeader, [idHeader]: attempt.id },
        handshakeTimeout: plan.timeoutMs,
        perMessageDeflate: false,
    });
    task.webSocket = webSocket;
    const connection = { connection: ledger.newConnection(), requestOnConnection: 1 };
    let seen: Seen = { status: undefined, version: undefined, ...connection };
    return new Promise(resolve => {
        const judge = ({ statusCode = 0, headers }: IncomingMessage): Outcome => {
            const [id, version] = [idHeader, "x-version"].map(name => headers[name] as string | undefined);
            seen = { status: statusCode, version, ...connection };
            const fault =
                faultOfHead(attempt, { status: statusCode, id }, 101) ??
                faultOfVersion(version, attempt.phase.answeredBy);
            return fault === undefined ? { lost: false, ...seen } : lossOf(seen, fault);
        };
        webSocket.on("upgrade", response => {
            const outcome = judge(response);
            webSocket.on("open", () => {
                if (outcome.lost) {
                    webSocket.terminate();
                    resolve({ outcome });
                } else {
                    // At once: the first message may have come together with the handshake.
                    resolve({ outcome, conversation: new Conversation(task, attempt, outcome.version) });
                }
            });
        });
        webSocket.on("unexpected-response", (_request, response) => {
            response.resume();
            webSocket.terminate();
            resolve({ outcome: judge(response) });
        });
        webSocket.on("error", (error: NodeJS.ErrnoException) => {
            if (task.abandoned) {
                resolve(undefined);
            }
            resolve({ outcome: lossOf(seen, { kind: kindOf(error, dialled), detail: error.code ?? error.message }) });
        });
    });
}

/** Sends messages now and then over an open WebSocket, and holds each of them against its echo. */
class Conversation {
    /** Resolves when the WebSocket has ended, with what was wrong; with nothing where the load ended it. */
    readonly untilOver: Promise<Fault | undefined>;
    private readonly webSocket: WebSocket;
    /** Messages whose echo has not come yet. */
    private readonly due: string[] = [];
    private dueSinceMs = 0;
    private sent = 0;
    private fault: Fault | undefined;
    private endedByUs = false;

    /** @param version whose echoes they have to be */
    constructor(
        private readonly task: WebSocketTask,
        private readonly attempt: Attempt,
        private readonly version: string | undefined,
    ) {
        this.webSocket = task.webSocket!;
        this.untilOver = new Promise(resolve => {
            const tick = setInterval(() => this.tick(), messageEveryMs);
            this.webSocket.on("message", message => this.hear(message.toString()));
            this.webSocket.on("close", code => {
                clearInterval(tick);
                resolve(this.faultOfClose(code));
            });
        });
    }

    private tick(): void {
        const { plan, pace, ledger } = this.task;
        if (this.endedByUs) {
            // The server has not closed its side yet.
            return;
        }
        if (this.due.length > 0) {
            if (pace.now() - this.dueSinceMs > plan.timeoutMs) {
                this.giveUp({ kind: "WebSocket cut", detail: "silent" });
            }
            return;
        }
        if (pace.ended) {
            this.endedByUs = true;
            ledger.webSockets.alive += 1;
            this.webSocket.close(1000);
            return;
        }
        this.sent += 1;
        this.due.push(`${this.attempt.id} ${this.sent}`);
        this.dueSinceMs = pace.now();
        ledger.webSockets.messagesSent += 1;
        this.webSocket.send(this.due[0]!);
    }

    private hear(message: string): void {
        const said = parsed(message);
        // The sample app begins by saying who it is.
        const fault = said.hello === true ? this.faultOfHello(said) : this.faultOfEcho(said, message);
        if (fault !== undefined) {
            this.giveUp(fault);
        } else if (said.hello !== true) {
            this.due.shift();
            this.task.ledger.webSockets.messagesAnswered += 1;
        }
    }

    private faultOfHello({ service }: Record<string, unknown>): Fault | undefined {
        return faultOfService(service, this.attempt.phase.answeredBy);
    }

    private faultOfEcho({ version, echo }: Record<string, unknown>, message: string): Fault | undefined {
        const isRight = echo !== undefined && echo === this.due[0] && version === this.version;
        return isRight ? undefined : { kind: "wrong echo", detail: message.slice(0, 80) };
    }

    private giveUp(fault: Fault): void {
        this.fault ??= fault;
        this.webSocket.terminate();
    }

    private faultOfClose(code: number): Fault | undefined {
        if (this.endedByUs) {
            return this.fault;
        }
        const wasCut = code === closedWithoutFrame;
        this.fault ??= { kind: wasCut ? "WebSocket cut" : "WebSocket ended", detail: `code ${code}` };
        const { webSockets } = this.task.ledger;
        webSockets.cut += this.fault.kind === "WebSocket cut" ? 1 : 0;
        webSockets.ended += this.fault.kind === "WebSocket ended" ? 1 : 0;
        return this.fault;
    }
}

function parsed(message: string): Record<string, unknown> {
    try {
        return JSON.parse(message) as Record<string, unknown>;
    } catch {
        return {};
    }
}

function kindOf(error: NodeJS.ErrnoException, { stage }: Dialled): FailureKind {
    if (error.message.includes("timed out")) {
        return "timeout";
    }
    if (stage !== "open") {
        return stage;
    }
    if (error.message === "socket hang up") {
        return "closed before response";
    }
    return error.code === "ECONNRESET" ? "reset" : "malformed";
}

function urlHost(host: string): string {
    return host.includes(":") ? `[${host}]` : host;
}
