import { Latencies } from "./Latencies";
import type { LaneKind } from "./LoadOptions";
import {
    type Failure,
    type FailureKind,
    type LoadSnapshot,
    namelessVersion,
    type StreamCounts,
    type VersionSeen,
    type WebSocketCounts,
} from "./LoadResult";

const keptFailures = 20;

/** A request that was begun. The ledger holds it as open until it is settled, exactly once. */
export interface Attempt {
    lane: LaneKind;
    startedMs: number;
    phase: LedgerPhase;
}

/** How a request ended. */
export type Outcome = Answer | Loss;

export interface Answer {
    lost: false;
    status: number;
    version: string | undefined;
    connection: number;
    requestOnConnection: number;
}

export interface Loss {
    lost: true;
    kind: FailureKind;
    detail: string;
    version: string | undefined;
    connection: number;
    requestOnConnection: number;
}

export interface LedgerPhase {
    name: string;
    fromMs: number;
    requests: number;
    answered: number;
    failed: number;
    open: number;
    byVersion: Map<string, VersionSeen>;
}

/** What became of the requests that began in one second. */
export interface LedgerSecond {
    answered: Record<string, Partial<Record<LaneKind, number>>>;
    failed: number;
}

/** Accounts for every request as open, answered or failed. Times are milliseconds since the load began. */
export class Ledger {
    readonly latencies = new Latencies();
    readonly phases: LedgerPhase[] = [];
    readonly failures: Failure[] = [];
    readonly failuresByKind = new Map<FailureKind, number>();
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
    private connections = 0;
    private requests = 0;
    private answered = 0;
    private failed = 0;

    /** @param now milliseconds since the load began */
    constructor(private readonly now: () => number) {
        this.mark("start", 0);
    }

    get connectionCount(): number {
        return this.connections;
    }

    /** The number of a connection that is being opened. */
    newConnection = (): number => {
        this.connections += 1;
        return this.connections;
    };

    /** A new phase begins; requests that begin from now on belong to it. */
    mark(name: string, atMs: number): void {
        this.phases.push({ name, fromMs: atMs, requests: 0, answered: 0, failed: 0, open: 0, byVersion: new Map() });
    }

    begin(lane: LaneKind): Attempt {
        const phase = this.phases[this.phases.length - 1]!;
        const attempt: Attempt = { lane, startedMs: this.now(), phase };
        this.openAttempts.add(attempt);
        this.requests += 1;
        phase.requests += 1;
        phase.open += 1;
        this.byLane.set(lane, (this.byLane.get(lane) ?? 0) + 1);
        return attempt;
    }

    settle(attempt: Attempt, outcome: Outcome): void {
        if (!this.openAttempts.delete(attempt)) {
            throw new Error("the load client settled a request twice");
        }
        attempt.phase.open -= 1;
        if (outcome.version !== undefined) {
            this.see(attempt, outcome.version);
        }
        if (!outcome.lost) {
            this.byStatus.set(outcome.status, (this.byStatus.get(outcome.status) ?? 0) + 1);
        }
        if (outcome.lost || outcome.status >= 500) {
            this.fail(attempt, outcome);
            return;
        }
        this.answered += 1;
        attempt.phase.answered += 1;
        const { answered } = this.secondOf(attempt);
        answered[outcome.version ?? namelessVersion] ??= {};
        const lanes = answered[outcome.version ?? namelessVersion]!;
        lanes[attempt.lane] = (lanes[attempt.lane] ?? 0) + 1;
        if (attempt.lane === "get" || attempt.lane === "post" || attempt.lane === "newConnection") {
            this.latencies.add(attempt.startedMs, this.now() - attempt.startedMs);
        }
    }

    snapshot(): LoadSnapshot {
        const open = this.openAttempts.size;
        if (this.requests !== this.answered + this.failed + open) {
            throw new Error(
                `the load client lost count: ${this.requests} requests, but ${this.answered} answered, ` +
                    `${this.failed} failed, ${open} open`,
            );
        }
        return {
            atMs: this.now(),
            requests: this.requests,
            answered: this.answered,
            failed: this.failed,
            open,
            byVersion: mergeVersions(this.phases.map(phase => phase.byVersion)),
            byStatus: Object.fromEntries(this.byStatus),
            webSockets: { ...this.webSockets },
            streams: { ...this.streams },
        };
    }

    private fail(attempt: Attempt, outcome: Outcome): void {
        const kind = outcome.lost ? outcome.kind : "5xx";
        this.failed += 1;
        attempt.phase.failed += 1;
        this.secondOf(attempt).failed += 1;
        this.failuresByKind.set(kind, (this.failuresByKind.get(kind) ?? 0) + 1);
        if (this.failures.length < keptFailures) {
            this.failures.push({
                kind,
                startedMs: attempt.startedMs,
                failedMs: this.now(),
                lane: attempt.lane,
                detail: outcome.lost ? outcome.detail : `status ${outcome.status}`,
                connection: outcome.connection,
                requestOnConnection: outcome.requestOnConnection,
                version: outcome.version,
            });
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
