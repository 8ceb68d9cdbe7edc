import { randomBytes } from "node:crypto";
import { Latencies } from "./Latencies";
import type { AnsweredBy, LaneKind } from "./LoadOptions";
import {
    type Failure,
    type FailureKind,
    type LoadSnapshot,
    namelessVersion,
    type StreamCounts,
    type VersionSeen,
    type WebSocketCounts,
} from "./LoadResult";

/** Of each kind and version, so that many of one kind do not hide another. */
const keptFailures = 20;
/** Lanes whose answers come as fast as they can. */
const timedLanes: readonly LaneKind[] = ["get", "post", "newConnection", "http2"];
/** All ids of a load are of one length. */
const idDigits = 10;

/** A request that was begun. The ledger holds it as open until it is settled, exactly once. */
export interface Attempt {
    /** Unique among all loads; the answer has to name it. */
    id: string;
    lane: LaneKind;
    startedMs: number;
    phase: LedgerPhase;
}

/** How a request ended. */
export type Outcome = Answer | Loss;

/** What is known of an outcome however it came about. */
export interface Seen {
    /** Status of a response that came whole. */
    status: number | undefined;
    version: string | undefined;
    connection: number;
    requestOnConnection: number;
}

export interface Answer extends Seen {
    lost: false;
}

export interface Loss extends Seen {
    lost: true;
    kind: FailureKind;
    detail: string;
}

export interface LedgerPhase {
    name: string;
    fromMs: number;
    answeredBy: AnsweredBy;
    requests: number;
    answered: number;
    failed: number;
    refused: number;
    open: number;
    byVersion: Map<string, VersionSeen>;
}

/** What became of the requests that began in one second. */
export interface LedgerSecond {
    answered: Record<string, Partial<Record<LaneKind, number>>>;
    failed: number;
}

/** Accounts for every request as open, answered, failed or refused. Times are milliseconds since the load began. */
export class Ledger {
    readonly latencies = new Latencies();
    readonly phases: LedgerPhase[] = [];
    readonly failures: Failure[] = [];
    readonly failuresByVersion = new Map<string, Map<FailureKind, number>>();
    readonly byLane = new Map<LaneKind, number>();
    readonly byStatus = new Map<number, number>();
    readonly webSockets: WebSocketCounts = {
        opened: 0,
        alive: 0,
        ended: 0,
        cut: 0,
        messagesSent: 0,
        messagesAnswered: 0,
    };
    readonly streams: StreamCounts = { opened: 0, completed: 0, cut: 0 };
    /** By the second in which the requests began. */
    readonly seconds = new Map<number, LedgerSecond>();
    private readonly openAttempts = new Set<Attempt>();
    private readonly idPrefix = randomBytes(4).toString("hex");
    private connections = 0;
    private requests = 0;
    private answered = 0;
    private failed = 0;
    private refused = 0;

    /**
     * @param now milliseconds since the load began
     * @param answeredBy who may answer in the first phase
     */
    constructor(
        private readonly now: () => number,
        answeredBy: AnsweredBy = {},
    ) {
        this.mark("start", 0, answeredBy);
    }

    get connectionCount(): number {
        return this.connections;
    }

    /** The number of a connection that is being opened. */
    newConnection = (): number => {
        this.connections += 1;
        return this.connections;
    };

    /**
     * A new phase begins; requests that begin from now on belong to it.
     *
     * @param answeredBy who may answer them. @default those of the phase before
     */
    mark(name: string, atMs: number, answeredBy: AnsweredBy = this.phases.at(-1)?.answeredBy ?? {}): void {
        const none = { requests: 0, answered: 0, failed: 0, refused: 0, open: 0, byVersion: new Map() };
        this.phases.push({ name, fromMs: atMs, answeredBy, ...none });
    }

    begin(lane: LaneKind): Attempt {
        const phase = this.phases[this.phases.length - 1]!;
        this.requests += 1;
        const id = `${this.idPrefix}-${String(this.requests).padStart(idDigits, "0")}`;
        const attempt: Attempt = { id, lane, startedMs: this.now(), phase };
        this.openAttempts.add(attempt);
        phase.requests += 1;
        phase.open += 1;
        this.byLane.set(lane, (this.byLane.get(lane) ?? 0) + 1);
        return attempt;
    }

    settle(attempt: Attempt, outcome: Outcome): void {
        this.close(attempt);
        if (outcome.version !== undefined) {
            this.see(attempt, outcome.version);
        }
        if (outcome.status !== undefined) {
            this.byStatus.set(outcome.status, (this.byStatus.get(outcome.status) ?? 0) + 1);
        }
        if (outcome.lost) {
            this.fail(attempt, outcome);
            return;
        }
        this.count(attempt, outcome, 1);
        if (timedLanes.includes(attempt.lane)) {
            this.latencies.add(attempt.startedMs, this.now() - attempt.startedMs);
        }
    }

    /** The server says that it has not processed the request. */
    refuse(attempt: Attempt): void {
        this.close(attempt);
        this.refused += 1;
        attempt.phase.refused += 1;
    }

    /** Takes back that a request was answered: something was wrong with it that showed only afterwards. */
    revoke(attempt: Attempt, answer: Answer, failure: Pick<Loss, "kind" | "detail">): void {
        this.count(attempt, answer, -1);
        this.fail(attempt, { ...answer, lost: true, ...failure });
    }

    snapshot(): LoadSnapshot {
        const open = this.openAttempts.size;
        if (this.requests !== this.answered + this.failed + this.refused + open) {
            throw new Error(
                `the load client lost count: ${this.requests} requests, but ${this.answered} answered, ` +
                    `${this.failed} failed, ${this.refused} refused, ${open} open`,
            );
        }
        return {
            atMs: this.now(),
            requests: this.requests,
            answered: this.answered,
            failed: this.failed,
            refused: this.refused,
            open,
            byVersion: mergeVersions(this.phases.map(phase => phase.byVersion)),
            byStatus: Object.fromEntries(this.byStatus),
            byLane: Object.fromEntries(this.byLane),
            webSockets: { ...this.webSockets },
            streams: { ...this.streams },
        };
    }

    private close(attempt: Attempt): void {
        if (!this.openAttempts.delete(attempt)) {
            throw new Error("the load client settled a request twice");
        }
        attempt.phase.open -= 1;
    }

    private count(attempt: Attempt, { version = namelessVersion }: Answer, by: 1 | -1): void {
        this.answered += by;
        attempt.phase.answered += by;
        const { answered } = this.secondOf(attempt);
        answered[version] ??= {};
        answered[version][attempt.lane] = (answered[version][attempt.lane] ?? 0) + by;
    }

    private fail(attempt: Attempt, loss: Loss): void {
        const { kind, detail, connection, requestOnConnection, version } = loss;
        this.failed += 1;
        attempt.phase.failed += 1;
        this.secondOf(attempt).failed += 1;
        const byKind = this.failuresByVersion.get(version ?? namelessVersion) ?? new Map<FailureKind, number>();
        this.failuresByVersion.set(version ?? namelessVersion, byKind);
        const count = (byKind.get(kind) ?? 0) + 1;
        byKind.set(kind, count);
        if (count <= keptFailures) {
            const { startedMs, lane } = attempt;
            const failedMs = this.now();
            this.failures.push({ kind, startedMs, failedMs, lane, detail, connection, requestOnConnection, version });
        }
    }

    private secondOf({ startedMs }: Attempt): LedgerSecond {
        const number = Math.floor(startedMs / 1000);
        const second = this.seconds.get(number) ?? { answered: {}, failed: 0 };
        this.seconds.set(number, second);
        return second;
    }

    private see(attempt: Attempt, version: string): void {
        const { byVersion } = attempt.phase;
        const seen = byVersion.get(version);
        if (seen === undefined) {
            byVersion.set(version, {
                requests: 1,
                firstSeenMs: attempt.startedMs,
                lastSeenMs: attempt.startedMs,
            });
            return;
        }
        seen.requests += 1;
        seen.firstSeenMs = Math.min(seen.firstSeenMs, attempt.startedMs);
        seen.lastSeenMs = Math.max(seen.lastSeenMs, attempt.startedMs);
    }
}

function mergeVersions(maps: Map<string, VersionSeen>[]): Record<string, VersionSeen> {
    const merged: Record<string, VersionSeen> = {};
    for (const map of maps) {
        for (const [version, seen] of map) {
            const known = merged[version];
            merged[version] =
                known === undefined
                    ? { ...seen }
                    : {
                          requests: known.requests + seen.requests,
                          firstSeenMs: Math.min(known.firstSeenMs, seen.firstSeenMs),
                          lastSeenMs: Math.max(known.lastSeenMs, seen.lastSeenMs),
                      };
        }
    }
    return merged;
}
