import * as pulumi from "@pulumi/pulumi";
import { Engine } from "../docker/Engine";

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
        throw new pulumi.RunError((error as Error).message);
    }
}
