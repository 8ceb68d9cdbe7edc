import * as pulumi from "@pulumi/pulumi";
import type { LiveSystem } from "../look/LiveSystem";

/** Time between two looks at a lease that another `up` holds, milliseconds. */
const lookMs = 1_000;

/**
 * Waits until another `up` that changes the front has ended, for `lockTimeout` at most. A plan made in its middle would be
 * outdated once the lease is free. A preview does not wait; it says who changes the front.
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
            // The lease itself refuses every change.
            return;
        }
        if (words !== told) {
            told = words;
            pulumi.log.info(`waiting for another up to end: ${words}`);
        }
        await new Promise(resolve => setTimeout(resolve, Math.min(lookMs, Math.max(0, deadline - Date.now()))));
    }
}
