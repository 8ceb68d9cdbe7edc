import { expect } from "vitest";
import { expectNoLoss, type LoadMix, type LoadResult, type LoadRun, startLoad } from "./load";
import type { TestStack } from "./stack";

/** After so many answered requests in a row the service is back. */
const backAgain = 300;
/** So many requests are answered before harm is done. All earlier requests have ended by then. */
const settled = 100;
/** Short requests only, so that few are on their way when the harm comes. */
const mix: LoadMix = { post: 2, newConnection: 1 };
const healSeconds = 120;

/**
 * The longest time in which users lose requests, seconds. These are the figures of docs/failures.md, measured on an
 * idle machine with 2 cores.
 */
export const documentedSeconds = {
    "nothing is lost": 0,
    "HAProxy killed": 0.5,
    "HAProxy kept down": 5,
    "anchor killed": 2.8,
    "anchor killed again and again": 4.9,
    "live color down, with failover": 4,
    "daemon restarted": 15,
} as const;

/** A busy machine may take so many times longer than an idle one. */
const patience = 10;
/** The bound where docs/failures.md says less than a second, seconds. */
const leastBoundSeconds = 10;

/** Failures that a part may cause when it dies. Wrong answers are not among them. */
const lostByHarm = ["connect", "reset", "closed before response", "closed mid-body", "5xx", "timeout"] as const;

/** @throws Error where requests were lost for much longer than documented. @param gapMs milliseconds */
export function expectBounded(gapMs: number, harm: keyof typeof documentedSeconds): void {
    const bound = Math.max(leastBoundSeconds, patience * documentedSeconds[harm]);
    if (gapMs > bound * 1000) {
        throw new Error(
            `requests were lost for ${(gapMs / 1000).toFixed(1)} s; docs/failures.md says ${documentedSeconds[harm]} s ` +
                `(${harm}), and more than ${bound} s is a failure on a busy machine too`,
        );
    }
}

export interface GapOptions {
    /** What docs/failures.md says. */
    documented: keyof typeof documentedSeconds;
    /** Runs under load once everything has healed. It must not cost a request. */
    afterwards?: (load: LoadRun) => Promise<void>;
}

/**
 * Does harm that costs requests, and waits until requests are answered again without help. Prints the gap, from the
 * harm to the last lost request: that is what the documents may promise. Fails where a request was lost before the harm
 * or after it had healed, and where the gap was much longer than documented.
 *
 * @param harm may return what else is worth printing
 */
export async function gapUnderLoad(
    scenario: string,
    stack: TestStack,
    harm: (load: LoadRun) => Promise<string | undefined>,
    { documented, afterwards }: GapOptions,
): Promise<LoadResult> {
    const load = await startLoad({
        url: stack.url,
        connections: 8,
        mix,
        ratePerSecond: 200,
        maxSeconds: 300,
        maxRequests: 100_000,
        timeoutMs: 3_000,
        answeredBy: { services: ["web"] },
    });
    try {
        await load.until(({ answered }) => answered >= settled, "the load is on");
        await load.mark("harm");
        const { answered } = await load.snapshot();
        await load.until(now => now.answered >= answered + settled, "the load goes on");
        const before = await load.snapshot();
        const more = await harm(load);
        let last = before;
        await load.until(
            now => {
                if (now.failed > last.failed) {
                    last = now;
                }
                // The service is back after so many answered requests since the last lost one.
                return now.answered >= last.answered + backAgain;
            },
            "the service is back",
            healSeconds,
        );
        await load.mark("healed");
        await afterwards?.(load);
        const healed = await load.snapshot();
        await load.until(now => now.answered >= healed.answered + settled, "the load goes on");
        const result = await load.stop();
        const { requests, answered: all, failed, open, phases } = result;
        expect(requests).toBe(all + failed + open);
        const gapMs = last.atMs - before.atMs;
        const gap = last === before ? "no gap" : `gap ${Math.round(gapMs)} ms`;
        const kinds = Object.entries(result.failuresByKind).map(([kind, count]) => `${count} ${kind}`);
        const words = [`${requests} requests`, `${failed + open} failed`, ...kinds, gap, ...(more ? [more] : [])];
        console.log(`scenario ${scenario}: ${words.join(", ")}`);
        for (const { name, failed, open } of phases.filter(({ name }) => name !== "harm")) {
            expect({ phase: name, failed, open }, JSON.stringify(result.failures)).toEqual({
                phase: name,
                failed: 0,
                open: 0,
            });
        }
        expectNoLoss(result, { atLeast: backAgain, allowed: lostByHarm });
        expectBounded(gapMs, documented);
        return result;
    } finally {
        load.kill();
    }
}

/**
 * Requires that users saw one version, then perhaps another one, and never the first one again.
 * @param overlaps whether both may answer for longer than the requests last that are on their way at the switch
 */
export function expectNoWayBack(load: LoadResult, from: string, to: string, overlaps = false): void {
    const seen = load.phases.flatMap(({ byVersion }) =>
        Object.entries(byVersion)
            .sort(([, one], [, other]) => one.firstSeenMs - other.firstSeenMs)
            .map(([version]) => version),
    );
    const changes = seen.filter((version, index) => version !== seen[index - 1]);
    // The load may have begun only after the switch.
    expect([[to], [from, to]]).toContainEqual(changes);
    for (const { overlapMs, around } of overlaps ? [] : load.switches) {
        // Requests that were on their way at that moment.
        expect(overlapMs).toBeLessThanOrEqual(around.maxMs);
    }
}
