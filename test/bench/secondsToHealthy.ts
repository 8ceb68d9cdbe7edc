import { setTimeout as sleep } from "node:timers/promises";
import type Dockerode from "dockerode";
import { Engine } from "../../docker/Engine";
import { checkIntervalMs } from "./benchStack";

/** Good checks in a row after which a container is healthy: HAProxy's default, and relink's. */
const rise = 2;

/**
 * Measures containers of the sample app from `docker run` until all pass the stack's own check, without relink. No release can
 * be faster. Their names begin with `name`.
 */
export async function secondsToHealthy(name: string, image: string, replicas: number): Promise<number> {
    const { docker } = Engine.connect();
    const made: Dockerode.Container[] = [];
    const startedMs = performance.now();
    try {
        await Promise.all(
            Array.from({ length: replicas }, async (_, index) => {
                const container = await docker.createContainer({ name: `${name}-${index}`, Image: image });
                made.push(container);
                await container.start();
                const { NetworkSettings } = await container.inspect();
                await healthy(`http://${NetworkSettings.Networks.bridge?.IPAddress}:8080/healthz`);
            }),
        );
        return (performance.now() - startedMs) / 1000;
    } finally {
        await Promise.all(made.map(container => container.remove({ force: true })));
    }
}

async function healthy(url: string): Promise<void> {
    const deadline = performance.now() + 60_000;
    for (let good = 0; good < rise; ) {
        const askedMs = performance.now();
        const isGood = await fetch(url).then(
            ({ ok }) => ok,
            () => false, // it does not listen yet
        );
        good = isGood ? good + 1 : 0;
        if (askedMs > deadline) {
            throw new Error(`${url} is not healthy after 60 s`);
        }
        if (good < rise) {
            await sleep(checkIntervalMs - (performance.now() - askedMs));
        }
    }
}
