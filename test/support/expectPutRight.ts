import { expect } from "vitest";
import { hostsOf, isLocked } from "./HaltedRun";
import { endState, leftovers } from "./leftovers";
import type { LoadResult } from "./load";
import type { Subject } from "./Subject";

/** Requires everything that must hold after the next `up`. */
export async function expectPutRight(subject: Subject): Promise<void> {
    const { stack } = subject;
    expect(await endState(stack)).toEqual(subject.expected());
    expect((await leftovers(stack)).join("; ")).toBe("");
    expect(hostsOf(stack)).toEqual([]);
    expect(isLocked(stack)).toBe(false);
}

/** Requires that users saw at most one switch, and none back. The first phase of the load ends with the kill. */
export function expectOneSwitch(load: LoadResult, from: string, to: string): void {
    const [before, after] = load.phases;
    const hadSwitched = from !== to && before?.byVersion[to] !== undefined;
    expect(Object.keys(after?.byVersion ?? {})).toEqual(hadSwitched || from === to ? [to] : [from, to]);
    for (const { overlapMs, around } of load.switches) {
        // Requests that were on their way at that moment; going back would show for as long as an `up` takes.
        expect(overlapMs).toBeLessThanOrEqual(around.maxMs);
    }
}
