import { answeredBy } from "../../support/answeredBy";
import { expectSuccess } from "../../support/command";
import { createStack } from "../../support/stack";
import { benchConfig, wish } from "../benchStack";
import type { Measurement } from "../Figure";

const requests = 10_000;
const weights = [25, 50];

/** How exactly a canary gets its share of the requests. */
export const canary: Measurement = {
    name: "canary",
    seconds: 90,
    async measure(say) {
        const stack = await createStack({ config: benchConfig({ strategy: { canary: { weight: weights[0] } } }) });
        try {
            expectSuccess(await stack.up());
            wish(stack, 1);
            const found: number[] = [];
            for (const weight of weights) {
                stack.setConfig("services.web.strategy", { canary: { weight } });
                expectSuccess(await stack.up());
                found.push(await answeredBy(stack.url, "v2", requests));
                say(`${weight} %: ${found.at(-1)} of ${requests} requests`);
            }
            const off = weights.map((weight, index) => {
                const share = weight / 100;
                return Math.abs(found[index]! - requests * share) / Math.sqrt(requests * share * (1 - share));
            });
            return {
                figures: [
                    {
                        title: "how far a canary's share is off, in standard deviations of a random choice",
                        unit: "",
                        bar: { limit: "at most", value: 4 },
                        measured: Math.max(...off),
                        rounds: { "share asked for, %": weights, [`answers of ${requests}`]: found },
                        note: `the larger one of ${weights.join(" % and ")} % of ${requests} requests`,
                    },
                ],
            };
        } finally {
            await stack.cleanup();
        }
    },
};
