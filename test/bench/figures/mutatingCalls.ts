import { isReadOnlyScript } from "../../../haproxy/cli";
import { expectSuccess } from "../../support/command";
import { EngineProxy } from "../../support/engineProxy";
import { createStack } from "../../support/stack";
import { benchConfig } from "../benchStack";
import { type Measurement, rounds } from "../Figure";

/** Calls of the Docker Engine by which a repeated `up` changes something. */
export const mutatingCalls: Measurement = {
    name: "mutating-calls",
    seconds: 40,
    async measure(say) {
        const proxy = await EngineProxy.beforeEngine();
        try {
            const stack = await createStack({ config: benchConfig(), env: { DOCKER_HOST: proxy.host } });
            try {
                expectSuccess(await stack.up());
                const mutating: number[] = [];
                const all: number[] = [];
                await rounds(3, 0, async round => {
                    proxy.clear();
                    expectSuccess(await stack.up());
                    mutating.push(proxy.mutatingCalls(({ argv, stdin }) => isReadOnlyScript(argv, stdin)).length);
                    all.push(proxy.calls.length);
                    say(`round ${round}: ${all.at(-1)} calls, ${mutating.at(-1)} of them mutating`);
                });
                if (all.some(calls => calls === 0)) {
                    throw new Error("an up made no call through the recording proxy, so its calls were not counted");
                }
                return {
                    figures: [
                        {
                            title: "mutating calls of a no-op up",
                            unit: "",
                            bar: { limit: "at most", value: 0 },
                            measured: Math.max(...mutating),
                            rounds: { "mutating calls": mutating, "all calls of the Engine": all },
                            note: "the most of three",
                        },
                    ],
                };
            } finally {
                await stack.cleanup();
            }
        } finally {
            await proxy.close();
        }
    },
};
