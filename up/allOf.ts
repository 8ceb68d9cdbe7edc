/**
 * Waits until all of them have ended, so that no call goes on when its procedure has ended.
 * @returns what they returned
 * @throws the first error
 */
export async function allOf<Results extends readonly unknown[]>(
    calls: readonly [...{ [Index in keyof Results]: Promise<Results[Index]> | Results[Index] }],
): Promise<Results> {
    const ends = await Promise.allSettled(calls);
    for (const end of ends) {
        if (end.status === "rejected") {
            throw end.reason;
        }
    }
    return ends.map(end => (end as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}
