import { type Bound, type Failure, type FailureKind, type LoadResult, namelessVersion } from "./LoadResult";

/**
 * What a test causes on purpose: failures of a kind, those of a kind in answers of one version, or a bound that ends
 * the load.
 */
export type Allowed = FailureKind | Bound | { kind: FailureKind; of: string };

export interface NoLossOptions {
    /** The least number of requests. With fewer the result proves nothing. */
    atLeast: number;
    /** Failures that do not count as a loss. @default none */
    allowed?: readonly Allowed[];
}

/** A shorter pause of the load client explains no lost request, milliseconds. */
const notablePauseMs = 1000;

/** @throws Error that says what was lost, unless every request was answered as it should be */
export function expectNoLoss(result: LoadResult, options: NoLossOptions): void {
    const problems = problemsOf(result, options);
    if (problems.length > 0) {
        throw new Error(problems.join("\n"));
    }
}

/** @returns what was lost, and why the load proves nothing; empty where all is well */
export function problemsOf(result: LoadResult, { atLeast, allowed = [] }: NoLossOptions): string[] {
    const { requests, answered, failed, refused, open, boundReached, longestPauseMs } = result;
    const problems: string[] = [];
    const lost = lostOf(result, allowed);
    const kinds = new Map<string, number>();
    for (const { kind, count } of lost) {
        kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    }
    const sum = lost.reduce((sum, { count }) => sum + count, 0);
    const allKinds = Object.values(result.failuresByKind).reduce((sum, count) => sum + count, 0);
    if (requests !== answered + failed + refused + open || failed !== allKinds) {
        problems.push(
            `the books do not balance: ${requests} != ${answered} + ${failed} + ${refused} + ${open}, or ${failed} != ${allKinds}`,
        );
    }
    if (requests < atLeast) {
        problems.push(`only ${requests} requests were made, at least ${atLeast} are needed`);
    }
    if (sum > 0) {
        const named = [...kinds].map(([kind, count]) => `${count} ${kind}`);
        problems.push(`${sum} of ${requests} requests failed (${named.join(", ")})`);
    }
    if (open > 0) {
        problems.push(`${open} requests were never answered`);
    }
    if (boundReached !== undefined && !allowed.includes(boundReached)) {
        problems.push(`the load ended by itself, by its ${boundReached}`);
    }
    const pause =
        longestPauseMs > notablePauseMs
            ? [`the load client itself stood still for up to ${longestPauseMs} ms: the machine was too busy`]
            : [];
    const described = result.failures.filter(
        ({ kind, version = namelessVersion }) => !isAllowed(allowed, kind, version),
    );
    return problems.length === 0 ? [] : [...problems, ...described.map(describeFailure), ...pause];
}

/** The failures that are not allowed, by version and kind. */
function lostOf(
    { failuresByVersion }: LoadResult,
    allowed: readonly Allowed[],
): { kind: FailureKind; count: number }[] {
    return Object.entries(failuresByVersion).flatMap(([version, byKind]) =>
        Object.entries(byKind)
            .map(([kind, count]) => ({ kind: kind as FailureKind, count }))
            .filter(({ kind }) => !isAllowed(allowed, kind, version)),
    );
}

function isAllowed(allowed: readonly Allowed[], kind: FailureKind, version: string): boolean {
    return allowed.some(entry =>
        typeof entry === "object" ? entry.kind === kind && entry.of === version : entry === kind,
    );
}

/** One line per lost request: when, how, and on which connection. */
export function describeFailure(failure: Failure): string {
    const version = failure.version === undefined ? "" : ` from ${failure.version}`;
    return (
        `  at ${failure.failedMs.toFixed(0)} ms (begun ${(failure.failedMs - failure.startedMs).toFixed(0)} ms before): ` +
        `${failure.lane} ${failure.kind}${version} (${failure.detail}), ` +
        `request ${failure.requestOnConnection} on connection ${failure.connection}`
    );
}
