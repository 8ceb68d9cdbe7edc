import type { Stretch } from "./Latencies";
import type { Ledger, LedgerPhase } from "./Ledger";
import type { Bucket, LoadResult, Phase, Switch, VersionSeen } from "./LoadResult";
import type { Pace } from "./Pace";

/** @returns the final result */
export function summarize(
    ledger: Ledger,
    pace: Pace,
    windowMs: number,
): Omit<LoadResult, "startedAt" | "cpuSeconds" | "longestPauseMs"> {
    const snapshot = ledger.snapshot();
    const endedMs = pace.endedMs ?? snapshot.atMs;
    const { latencies } = ledger;
    const around = (ms: number): Stretch => ({ fromMs: ms - windowMs, toMs: ms + windowMs });

    const switchesOf = (phase: LedgerPhase): Switch[] =>
        findSwitches(Object.fromEntries(phase.byVersion)).map(found => ({
            ...found,
            around: latencies.within(around(found.atMs)),
        }));
    const switches = ledger.phases.flatMap(switchesOf);
    const windows = switches.map(({ atMs }) => around(atMs));

    const phases: Phase[] = ledger.phases.map((phase, index) => {
        const stretch = {
            fromMs: phase.fromMs,
            toMs: ledger.phases[index + 1]?.fromMs ?? Math.max(endedMs, phase.fromMs),
        };
        return {
            name: phase.name,
            ...stretch,
            requests: phase.requests,
            answered: phase.answered,
            failed: phase.failed,
            refused: phase.refused,
            open: phase.open,
            byVersion: Object.fromEntries(phase.byVersion),
            latency: latencies.within(stretch),
            steady: latencies.within(stretch, windows),
            aroundMark: latencies.within(around(phase.fromMs)),
            switches: switchesOf(phase),
        };
    });

    const always = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
    return {
        ...snapshot,
        seconds: endedMs / 1000,
        requestsPerSecond: snapshot.requests / Math.max(endedMs / 1000, 0.001),
        connections: ledger.connectionCount,
        failuresByKind: kindsOf(ledger),
        failuresByVersion: Object.fromEntries(
            [...ledger.failuresByVersion].map(([version, byKind]) => [version, Object.fromEntries(byKind)]),
        ),
        failures: ledger.failures,
        latency: latencies.within(always),
        steady: latencies.within(always, windows),
        buckets: bucketsOf(ledger),
        phases,
        switches,
        ...(pace.boundReached === undefined ? {} : { boundReached: pace.boundReached }),
    };
}

function kindsOf({ failuresByVersion }: Ledger): LoadResult["failuresByKind"] {
    const byKind: LoadResult["failuresByKind"] = {};
    for (const [kind, count] of [...failuresByVersion.values()].flatMap(found => [...found])) {
        byKind[kind] = (byKind[kind] ?? 0) + count;
    }
    return byKind;
}

function bucketsOf({ seconds, latencies }: Ledger): Bucket[] {
    const bySecond = latencies.bySecond();
    const none = { count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 };
    return [...seconds]
        .sort(([a], [b]) => a - b)
        .map(([second, found]) => ({ second, ...found, latency: bySecond.get(second) ?? none }));
}

/** In the order in which the versions first answered: each one but the first came by a switch. */
export function findSwitches(byVersion: Record<string, VersionSeen>): Omit<Switch, "around">[] {
    const seen = Object.entries(byVersion).sort(([, a], [, b]) => a.firstSeenMs - b.firstSeenMs);
    const switches: Omit<Switch, "around">[] = [];
    for (let index = 1; index < seen.length; index += 1) {
        const [from, old] = seen[index - 1]!;
        const [to, fresh] = seen[index]!;
        switches.push({
            from,
            to,
            atMs: fresh.firstSeenMs,
            overlapMs: Math.max(0, old.lastSeenMs - fresh.firstSeenMs),
        });
    }
    return switches;
}
