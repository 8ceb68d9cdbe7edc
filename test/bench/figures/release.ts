import { expectSuccess } from "../../support/command";
import { createStack } from "../../support/stack";
import { bakeTimeSeconds, benchConfig, minHealthyTimeSeconds, wish } from "../benchStack";
import { difference, type Measurement, rounds } from "../Figure";
import { secondsToHealthy } from "../secondsToHealthy";

/** Time of a release beyond that of its settings and of its app's start. */
export const release: Measurement = {
    name: "release",
    seconds: 150,
    async measure(say) {
        const stack = await createStack({ config: benchConfig() });
        try {
            expectSuccess(await stack.up());
            const noOp: number[] = [];
            const healthy: number[] = [];
            const whole: number[] = [];
            await rounds(5, 1, async (round, isMeasured) => {
                const { seconds: nothing } = expectSuccess(await stack.up());
                const byHand = await secondsToHealthy(`${stack.front}-by-hand`, "relink-hello:v1", 2);
                wish(stack, round + 1);
                // Another environment makes each release a new one, so that its color is deployed again.
                stack.setConfig("services.web.env", { BUILD: String(round) });
                const { seconds } = expectSuccess(await stack.up());
                const parts = { "no-op": nothing, healthy: byHand, release: seconds };
                say(`round ${round}: ${Object.entries(parts).map(([what, took]) => `${what} ${took.toFixed(2)} s`)}`);
                if (isMeasured) {
                    noOp.push(nothing);
                    healthy.push(byHand);
                    whole.push(seconds);
                }
            });
            const owed = noOp.map(
                (nothing, round) => nothing + healthy[round]! + minHealthyTimeSeconds + bakeTimeSeconds,
            );
            return {
                figures: [
                    {
                        title: "release up - (no-op up + time to healthy + minHealthyTime + bakeTime)",
                        unit: "s",
                        bar: { limit: "at most", value: 2 },
                        measured: difference(whole, owed),
                        rounds: { "release up, s": whole, "no-op up, s": noOp, "time to healthy, s": healthy },
                        note:
                            `minHealthyTime ${minHealthyTimeSeconds} s, bakeTime ${bakeTimeSeconds} s; time to healthy is that of ` +
                            "two containers of the app, started through the Engine without relink, until both pass its check",
                    },
                ],
            };
        } finally {
            await stack.cleanup();
        }
    },
};
