import * as pulumi from "@pulumi/pulumi";
import type { LiveSystem } from "../look/LiveSystem";

/** Time between two looks at a lease that somebody else holds, milliseconds. */
const lookMs = 1_000;

/**
 * Lets another `up` that is at work on the front come to its end before this one looks and plans, for `lockTimeout` at
 * most: a plan from its middle would be stale by the time that the lease is free. A preview only says who is at work.
 */
export async function waitForOthers(live: LiveSystem, lockTimeoutMs: number): Promise<void> {
    const deadline = Date.now() + lockTimeoutMs;
    let told = "";
    for (;;) {
        const lease = await live.heldLease();
        if (lease === undefined) {
            return;
        }
        const { words } = lease.holder;
        if (pulumi.runtime.isDryRun()) {
            pulumi.log.warn(`another up is at work on this front: ${words}. What it changes is not in this preview.`);
            return;
        }
        if (Date.now() >= deadline) {
            // What has something to do is refused by the lease itself.
            return;
        }
        if (words !== told) {
            told = words;
            pulumi.log.info(`waiting for another up to end: ${words}`);
        }
        await new Promise(resolve => setTimeout(resolve, Math.min(lookMs, Math.max(0, deadline - Date.now()))));
    }
}
