import type { Failure, LoadResult } from "./LoadResult";

export interface NoLossOptions {
    /** The load must have been at least this many requests, or the result proves nothing. */
    atLeast: number;
    /** WebSockets may have been cut (a front was killed, a drain deadline passed). Default false. */
    mayCutWebSockets?: boolean;
    /** Statuses that are fine. Default 100 to 399. */
    status?: (status: number) => boolean;
}

/** Throws, saying what was lost, unless every request of the load was answered. */
export function expectNoLoss(result: LoadResult, options: NoLossOptions): void {
    const problems: string[] = [];
    const { requests, answered, failed, open, webSockets, streams } = result;
    if (requests !== answered + failed + open) {
        problems.push(`the books do not balance: ${requests} != ${answered} + ${failed} + ${open}`);
    }
    if (requests < options.atLeast) {
        problems.push(`only ${requests} requests were made, at least ${options.atLeast} are needed`);
    }
    if (failed > 0) {
        const kinds = Object.entries(result.failuresByKind).map(([kind, count]) => `${count} ${kind}`);
        problems.push(`${failed} of ${requests} requests failed (${kinds.join(", ")})`);
    }
    if (open > 0) {
        problems.push(`${open} requests were never answered`);
    }
    const isFine = options.status ?? (status => status >= 100 && status < 400);
    for (const [status, count] of Object.entries(result.byStatus)) {
        if (!isFine(Number(status)) && Number(status) < 500) {
            problems.push(`${count} requests were answered with status ${status}`);
        }
    }
    if (streams.cut > 0) {
        problems.push(`${streams.cut} of ${streams.opened} streams were cut`);
    }
    if (webSockets.cut > 0 && options.mayCutWebSockets !== true) {
        problems.push(`${webSockets.cut} of ${webSockets.opened} WebSockets were cut`);
    }
    if (problems.length > 0) {
        throw new Error([...problems, ...result.failures.map(describeFailure)].join("\n"));
    }
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
