import { expectSuccess } from "../../support/command";
import { median } from "../../support/median";
import { createStack, type TestStack } from "../../support/stack";
import { haproxyImage, lightApp } from "../benchStack";
import { type Figure, type Measurement, rounds } from "../Figure";

const counts = [1, 10, 50];
/** Time limit of the first `up`, which starts many containers. */
const longSeconds = 3600;

interface Sizes {
    noOp: number[];
    /** The whole `up` that returns one service to its warm color. */
    back: number[];
    /** Milliseconds of it from the start of the link's step to its confirmation. */
    switchMs: number[];
}

/** Time that other services on the same front add to a switch, and to an `up` with nothing to do. */
export const services: Measurement = {
    name: "services",
    seconds: 600,
    async measure(say) {
        const stack = await createStack({ config: { front: { image: haproxyImage }, services: { s1: service(1) } } });
        try {
            expectSuccess(await stack.up());
            stack.setConfig("services.s1.command", lightApp("v2").command);
            expectSuccess(await stack.up());
            let live = 2;
            const other = () => {
                live = 3 - live;
                stack.setConfig("services.s1.command", lightApp(`v${live}`).command);
            };
            const sizes = new Map<number, Sizes>();
            for (const count of counts) {
                await grow(stack, count, say);
                sizes.set(count, await measureAt(stack, count, other, say));
            }
            return { figures: figures(sizes) };
        } finally {
            await stack.cleanup();
        }
    },
};

function service(number: number): Record<string, unknown> {
    return { ...lightApp("v1"), hosts: [`s${number}.example.com`] };
}

async function grow(stack: TestStack, count: number, say: (text: string) => void): Promise<void> {
    for (let number = 2; number <= count; number += 1) {
        stack.setConfig(`services.s${number}`, service(number));
    }
    const { seconds } = expectSuccess(await stack.up([], { timeoutSeconds: longSeconds }));
    say(`${count} services are there after ${seconds.toFixed(1)} s`);
}

/**
 * Measures an `up` with nothing to do and a return of the first service in turn.
 *
 * @param other makes the next `up` a return
 */
async function measureAt(
    stack: TestStack,
    count: number,
    other: () => void,
    say: (text: string) => void,
): Promise<Sizes> {
    const sizes: Sizes = { noOp: [], back: [], switchMs: [] };
    await rounds(4, 1, async (round, isMeasured) => {
        const { seconds: nothing } = expectSuccess(await stack.up());
        other();
        const { seconds, stdout } = expectSuccess(await stack.up());
        const switchMs = Number(/link \w+ => \w+, confirmed .* after (\d+) ms/.exec(stdout)?.[1]);
        if (Number.isNaN(switchMs)) {
            throw new Error(`the up switched nothing:\n${stdout}`);
        }
        say(
            `${count} services, round ${round}: no-op ${nothing.toFixed(2)} s, return ${seconds.toFixed(2)} s, ${switchMs} ms`,
        );
        if (isMeasured) {
            sizes.noOp.push(nothing);
            sizes.back.push(seconds);
            sizes.switchMs.push(switchMs);
        }
    });
    return sizes;
}

function figures(sizes: Map<number, Sizes>): Figure[] {
    const roundsOf = (what: (size: Sizes) => number[], unit: string) =>
        Object.fromEntries([...sizes].map(([count, size]) => [`${count} services, ${unit}`, what(size)]));
    const all = counts.map(count => sizes.get(count) as Sizes);
    const switches = all.map(({ switchMs }) => median(switchMs));
    const noOps = all.map(({ noOp }) => median(noOp));
    return [
        {
            title: "one switch with 1, 10 and 50 services: slowest / fastest",
            unit: "x",
            bar: { limit: "at most", value: 1.2 },
            measured: Math.max(...switches) / Math.min(...switches),
            rounds: roundsOf(({ switchMs }) => switchMs, "switch, ms"),
            note:
                "from the beginning of the link's step to its confirmation; medians " +
                `${switches.map(Math.round).join(", ")} ms`,
        },
        {
            title: "no-op up with 50 services / with 1",
            unit: "x",
            bar: { limit: "at most", value: 3 },
            measured: noOps.at(-1)! / noOps[0]!,
            rounds: { ...roundsOf(({ noOp }) => noOp, "no-op up, s"), ...roundsOf(({ back }) => back, "return up, s") },
            note: `medians with 1, 10 and 50: ${noOps.map(seconds => seconds.toFixed(1)).join(", ")} s`,
        },
    ];
}
