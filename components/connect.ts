import * as pulumi from "@pulumi/pulumi";
import { Engine } from "../docker/Engine";

const hint =
    "\nA preview without it, from what Pulumi's state holds of the last up: RELINK_ASSUME=1 pulumi preview (docs/state.md).";

/**
 * The Docker Engine that everything runs on, once it answers.
 * @throws what is the matter with it, which Pulumi prints without a stack trace.
 */
export async function connect(host?: string): Promise<Engine> {
    try {
        const engine = Engine.connect(host);
        await engine.ping();
        return engine;
    } catch (error) {
        throw new pulumi.RunError(`${(error as Error).message}${pulumi.runtime.isDryRun() ? hint : ""}`);
    }
}
