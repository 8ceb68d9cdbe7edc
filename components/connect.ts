import * as pulumi from "@pulumi/pulumi";
import { LiveSystem } from "../look/LiveSystem";
import type { Target } from "../model/Target";

const hint =
    "\nA preview without it, from what Pulumi's state holds of the last up: RELINK_ASSUME=1 pulumi preview (docs/state.md).";

/**
 * Connects to the Docker host of the stack.
 * @throws RunError, which Pulumi prints without a stack trace, when the Docker Engine does not answer
 */
export async function connect(target: Target): Promise<LiveSystem> {
    try {
        return await LiveSystem.connect(target);
    } catch (error) {
        throw new pulumi.RunError(`${(error as Error).message}${pulumi.runtime.isDryRun() ? hint : ""}`);
    }
}
