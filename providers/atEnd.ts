const ends: (() => Promise<unknown>)[] = [];

/** Has something done before this process exits, such as giving back a lease. */
export function atEnd(end: () => Promise<unknown>): void {
    ends.push(end);
}

/** Does all of it at once. @returns when all is done, also where some of it has failed */
export async function endAll(): Promise<void> {
    await Promise.allSettled(ends.map(end => end()));
}
