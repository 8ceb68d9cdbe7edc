import { expectSuccess } from "../../support/command";
import { expectNoLoss, type Phase, startLoad } from "../../support/load";
import { median } from "../../support/median";
import { createStack, type TestStack } from "../../support/stack";
import { benchConfig, warmBoth, wish } from "../benchStack";
import { type Figure, type Measurement, ratio, rounds } from "../Figure";

const ratePerSecond = 500;
/** How long the load goes on after each `up`, so that the second after a switch is whole. */
const afterwardsMs = 3_000;

/** Effect of a switch on users: how long both versions answer, and how much longer requests take. */
export const switching: Measurement = {
    name: "switch",
    seconds: 170,
    async measure(say) {
        const stack = await createStack({ config: benchConfig() });
        try {
            await warmBoth(stack);
            const phases = await switchUnderLoad(stack, say);
            const around = phases.map(({ switches }) => switches[0]!.around.p99Ms);
            const steady = phases.map(phase => phase.steady.p99Ms);
            const overlap = phases.map(({ switches }) => switches[0]!.overlapMs);
            const load = `${phases.length} switches at ${ratePerSecond} requests/s`;
            const figures: Figure[] = [
                {
                    title: "time by request start in which both versions answer, at a switch",
                    unit: "ms",
                    bar: { limit: "at most", value: 50 },
                    measured: median(overlap),
                    rounds: { "both versions answer, ms": overlap },
                    note: `${load}; the longest was ${Math.max(...overlap).toFixed(1)} ms`,
                },
                {
                    title: "p99 in the 2 s around a switch / steady p99",
                    unit: "x",
                    bar: { limit: "at most", value: 1.2 },
                    measured: ratio(around, steady),
                    rounds: { "p99 around the switch, ms": around, "steady p99, ms": steady },
                    note: `${load}; steady is the rest of the time, in which the same \`up\` works too`,
                },
            ];
            return { figures };
        } finally {
            await stack.cleanup();
        }
    },
};

/** Moves the link to and fro under load, and fails if a request is lost. @returns one phase for each switch */
async function switchUnderLoad(stack: TestStack, say: (text: string) => void): Promise<Phase[]> {
    const load = await startLoad({
        url: stack.url,
        mix: { post: 4, newConnection: 1, slow: 1, stream: 1 },
        ratePerSecond,
        maxSeconds: 600,
        answeredBy: { services: ["web"], versions: ["v1", "v2"] },
    });
    try {
        await rounds(15, 1, async (round, isMeasured) => {
            await load.mark(isMeasured ? `switch ${round}` : "unmeasured");
            wish(stack, round);
            const { seconds } = expectSuccess(await stack.up());
            const { atMs } = await load.snapshot();
            const { requests, failed } = await load.until(
                now => now.atMs > atMs + afterwardsMs,
                "the load goes on",
                30,
            );
            say(`round ${round}: ${seconds.toFixed(2)} s, ${requests} requests, ${failed} failed so far`);
        });
        const result = await load.stop();
        expectNoLoss(result, { atLeast: 1_000 });
        return result.phases.filter(({ name }) => name.startsWith("switch"));
    } finally {
        load.kill();
    }
}
