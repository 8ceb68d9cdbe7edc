const ends: (() => Promise<unknown>)[] = [];

/** Registers what to do before this process exits, such as giving back a lease. */
export function atEnd(end: () => Promise<unknown>): void {
    ends.push(end);
}

/** Does all that is registered, at once. Resolves when all has ended, also where some failed. */
export async function endAll(): Promise<void> {
    await Promise.allSettled(ends.map(end => end()));
}
