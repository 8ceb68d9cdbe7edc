import { Http1Connection } from "./Http1Connection";
import type { Ledger, Outcome } from "./Ledger";
import type { LaneKind, LoadPlan } from "./LoadOptions";
import type { Pace } from "./Pace";
import { runWebSocketLane, type WebSocketTask } from "./webSocketLane";

/** Pause after a connection that did not come about, so that a dead front is not hammered. */
const pauseAfterConnectFailureMs = 20;
/** A machine has some 28,000 ports for connections of its own, and each stays taken for a minute. */
const newConnectionEveryMs = 10;
const postBody = JSON.stringify({ order: "0123456789".repeat(40) });

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
    const connection = new Http1Connection(plan.host, plan.port, pace.now, ledger.newConnection);
    let abandon = (): void => {};
    const abandoned = new Promise<void>(resolve => {
        abandon = () => {
            connection.close();
            resolve();
        };
    });
    return {
        done: Promise.race([runRequestLane(kind, connection, plan, pace, ledger), abandoned]),
        checkDeadline: () => connection.checkDeadline(),
        abandon,
    };
}

async function runRequestLane(
    kind: Exclude<LaneKind, "webSocket">,
    connection: Http1Connection,
    plan: LoadPlan,
    pace: Pace,
    ledger: Ledger,
): Promise<void> {
    const request = requestBytes(kind, plan);
    const timeoutMs = plan.timeoutMs + (kind === "slow" || kind === "stream" ? plan.timeoutMs : 0);
    while (await (kind === "slow" || kind === "stream" ? pace.take() : pace.turn())) {
        const startedMs = pace.now();
        const attempt = ledger.begin(kind);
        let began = false;
        const outcome = await connection.send(request, timeoutMs, () => {
            began = true;
            if (kind === "stream") {
                ledger.streams.opened += 1;
            }
        });
        ledger.settle(attempt, outcome);
        if (kind === "stream" && began) {
            ledger.streams[outcome.lost ? "cut" : "completed"] += 1;
        }
        if (failedToConnect(outcome)) {
            await pace.sleep(pauseAfterConnectFailureMs);
        } else if (kind === "newConnection") {
            await pace.sleep(newConnectionEveryMs - (pace.now() - startedMs));
        }
    }
    connection.close();
}

function failedToConnect(outcome: Outcome): boolean {
    return outcome.lost && outcome.kind === "connect";
}

function requestBytes(kind: Exclude<LaneKind, "webSocket">, plan: LoadPlan): Buffer {
    const path = kind === "slow" ? plan.slowPath : kind === "stream" ? plan.streamPath : plan.path;
    const body = kind === "post" ? postBody : "";
    const head = [
        `${kind === "post" ? "POST" : "GET"} ${path} HTTP/1.1`,
        `Host: ${plan.hostHeader}`,
        "User-Agent: relink-load",
        "Accept: */*",
    ];
    if (kind === "newConnection") {
        head.push("Connection: close");
    }
    if (body !== "") {
        head.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
    }
    return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
