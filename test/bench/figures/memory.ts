import type { Engine } from "../../../docker/Engine";
import { expectSuccess } from "../../support/command";
import { LiveFront } from "../../support/LiveFront";
import { median } from "../../support/median";
import { createStack, type TestStack } from "../../support/stack";
import { haproxyImage, lightApp } from "../benchStack";
import { type Figure, type Measurement, rounds } from "../Figure";

const counts = [1, 10, 100];
const longSeconds = 3600;

/** Memory of the front's containers, HAProxy and the anchor, when nothing asks it. */
export const memory: Measurement = {
    name: "memory",
    seconds: 900,
    async measure(say) {
        // The /20 that a front gets by itself has room for 95 services.
        const front = { image: haproxyImage, network: { subnet: "10.123.0.0/18" } };
        const stack = await createStack({ config: { front, services: {} } });
        try {
            const figures: Figure[] = [];
            for (const count of counts) {
                await grow(stack, count);
                const found = await megabytes(stack);
                say(`${count} services: ${found.map(value => value.toFixed(1)).join(", ")} MB`);
                figures.push(figureOf(count, found));
            }
            return { figures };
        } finally {
            await stack.cleanup();
        }
    },
};

async function grow(stack: TestStack, count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
        stack.setConfig(`services.s${number}`, { ...lightApp("v1"), replicas: 1, hosts: [`s${number}.example.com`] });
    }
    expectSuccess(await stack.up([], { timeoutSeconds: longSeconds }));
}

/** @returns what the front's containers take together, several looks, in 1,000,000 bytes */
async function megabytes(stack: TestStack): Promise<number[]> {
    const front = new LiveFront(stack);
    const { generations } = await front.observe();
    const ids = [stack.front, ...generations.map(({ id }) => id)];
    const looks: number[] = [];
    await rounds(5, 1, async (_, isMeasured) => {
        const each = await Promise.all(ids.map(id => memoryOf(front.engine, id)));
        if (isMeasured) {
            looks.push(each.reduce((sum, bytes) => sum + bytes, 0) / 1e6);
        }
    });
    return looks;
}

/** @returns the bytes that `docker stats` shows: those in use, without files that the kernel may drop */
async function memoryOf(engine: Engine, id: string): Promise<number> {
    const { memory_stats: memory } = await engine.docker.getContainer(id).stats({ stream: false });
    // cgroup v1 has total_inactive_file, cgroup v2 inactive_file.
    const stats = memory.stats as unknown as Record<string, number>;
    return memory.usage - (stats.total_inactive_file ?? stats.inactive_file ?? 0);
}

function figureOf(count: number, looks: number[]): Figure {
    return {
        title: `memory of the front with ${count} service${count === 1 ? "" : "s"}`,
        unit: "MB",
        measured: median(looks),
        rounds: { "HAProxy and the anchor, MB": looks },
        note: "HAProxy and the anchor together, without requests, as `docker stats` counts",
    };
}
