import { Dialled } from "./dial";
import { Http1Connection, type Response } from "./Http1Connection";
import { Http2Connection } from "./Http2Connection";
import { faultOf, lossOf } from "./judgeAnswer";
import type { Attempt, Ledger, Loss, Outcome } from "./Ledger";
import type { LaneKind, LoadPlan } from "./LoadOptions";
import type { Pace } from "./Pace";
import { Requests } from "./Requests";
import { runWebSocketLane, type WebSocketTask } from "./webSocketLane";

/** Pause after a connection that failed, so that a dead front is not flooded. */
const pauseAfterConnectFailureMs = 20;
/** A machine has some 28,000 ports for outgoing connections, and each stays taken for a minute. */
const newConnectionEveryMs = 10;

/** A lane while it runs. */
export interface Lane {
    /** Resolves when the lane has ended, after the end of its pace and the answer to its last request. */
    done: Promise<void>;
    checkDeadline(): void;
    /** Gives up what is still open. */
    abandon(): void;
}

export function startLane(kind: LaneKind, plan: LoadPlan, pace: Pace, ledger: Ledger): Lane {
    if (kind === "webSocket") {
        const task: WebSocketTask = { plan, pace, ledger, webSocket: undefined, abandoned: false };
        return {
            done: runWebSocketLane(task),
            checkDeadline: () => {},
            abandon: () => {
                task.abandoned = true;
                task.webSocket?.terminate();
            },
        };
    }
    const lane = new RequestLane(kind, plan, pace, ledger);
    let abandon = (): void => {};
    const abandoned = new Promise<void>(resolve => {
        abandon = () => {
            lane.connection.close();
            resolve();
        };
    });
    return {
        done: Promise.race([lane.run(), abandoned]),
        checkDeadline: () => lane.connection.checkDeadline(),
        abandon,
    };
}

/** Asks, waits for the answer, judges it, and asks again. */
class RequestLane {
    readonly connection: Http1Connection | Http2Connection;
    private readonly send: (attempt: Attempt) => Promise<Response | Loss | "refused">;
    private readonly requests: Requests;
    private readonly timeoutMs: number;
    private began = false;
    private last: { attempt: Attempt; outcome: Outcome } | undefined;

    constructor(
        private readonly kind: Exclude<LaneKind, "webSocket">,
        plan: LoadPlan,
        private readonly pace: Pace,
        private readonly ledger: Ledger,
    ) {
        this.requests = new Requests(kind, plan);
        this.timeoutMs = plan.timeoutMs + (this.isPaced ? 0 : plan.timeoutMs);
        if (kind === "http2") {
            const connection = new Http2Connection(() => Dialled.to(plan, "h2"), pace.now, ledger.newConnection);
            this.connection = connection;
            this.send = attempt => connection.send(this.requests.headersOf(attempt), this.timeoutMs);
        } else {
            const connection = new Http1Connection(() => Dialled.to(plan), pace.now, ledger.newConnection, {
                onHeaders: () => this.begins(),
                onUnasked: detail => this.answeredTwice(detail),
            });
            this.connection = connection;
            this.send = attempt => connection.send(this.requests.bytesOf(attempt), this.timeoutMs);
        }
    }

    /** Slow and streaming requests come as they are answered. */
    private get isPaced(): boolean {
        return this.kind !== "slow" && this.kind !== "stream";
    }

    async run(): Promise<void> {
        const { pace, ledger } = this;
        while (await (this.isPaced ? pace.turn() : pace.take())) {
            const startedMs = pace.now();
            const attempt = ledger.begin(this.kind);
            const outcome = await this.ask(attempt);
            if (outcome === "refused") {
                ledger.refuse(attempt);
                continue;
            }
            this.last = { attempt, outcome };
            ledger.settle(attempt, outcome);
            if (this.kind === "stream" && this.began) {
                ledger.streams[outcome.lost ? "cut" : "completed"] += 1;
            }
            if (failedToConnect(outcome)) {
                await pace.sleep(pauseAfterConnectFailureMs);
            } else if (this.kind === "newConnection") {
                await pace.sleep(Math.max(0, newConnectionEveryMs - (pace.now() - startedMs)));
            }
        }
        this.connection.close();
    }

    private async ask(attempt: Attempt): Promise<Outcome | "refused"> {
        this.began = false;
        const outcome = await this.send(attempt);
        if (outcome === "refused") {
            return outcome;
        }
        const fault = outcome.lost ? undefined : faultOf(attempt, this.requests.asked, outcome);
        if (fault?.kind === "wrong id") {
            // What comes next on this connection may belong to any request.
            this.connection.close();
        }
        return fault === undefined ? outcome : lossOf(outcome, fault);
    }

    private begins(): void {
        this.began = true;
        if (this.kind === "stream") {
            this.ledger.streams.opened += 1;
        }
    }

    private answeredTwice(detail: string): void {
        const { last } = this;
        this.last = undefined;
        if (last?.outcome.lost === false) {
            this.ledger.revoke(last.attempt, last.outcome, { kind: "answered twice", detail });
        }
    }
}

function failedToConnect(outcome: Outcome): boolean {
    return outcome.lost && (outcome.kind === "connect" || outcome.kind === "handshake");
}
