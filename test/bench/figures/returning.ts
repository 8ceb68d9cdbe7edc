import { expectSuccess } from "../../support/command";
import { createStack } from "../../support/stack";
import { benchConfig, warmBoth, wish } from "../benchStack";
import { difference, type Measurement, rounds } from "../Figure";

/** Time that a return to the warm color adds to an `up` with nothing to do. */
export const returning: Measurement = {
    name: "return",
    seconds: 110,
    async measure(say) {
        const stack = await createStack({ config: benchConfig() });
        try {
            await warmBoth(stack);
            const noOp: number[] = [];
            const back: number[] = [];
            await rounds(6, 1, async (round, isMeasured) => {
                const { seconds: nothing } = expectSuccess(await stack.up());
                wish(stack, round);
                const { seconds } = expectSuccess(await stack.up());
                say(`round ${round}: no-op ${nothing.toFixed(2)} s, return ${seconds.toFixed(2)} s`);
                if (isMeasured) {
                    noOp.push(nothing);
                    back.push(seconds);
                }
            });
            return {
                figures: [
                    {
                        title: "return up - no-op up",
                        unit: "s",
                        bar: { limit: "at most", value: 1 },
                        measured: difference(back, noOp),
                        rounds: { "return up, s": back, "no-op up, s": noOp },
                    },
                ],
            };
        } finally {
            await stack.cleanup();
        }
    },
};
