import { join } from "node:path";
import { expectSuccess } from "../../support/command";
import { createStack } from "../../support/stack";
import { benchConfig } from "../benchStack";
import { type Figure, type Measurement, ratio, rounds } from "../Figure";

const bar = { limit: "at most", value: 1 } as const;

/** Time of a preview and an `up` with nothing to do, compared with the smallest program that Pulumi could run. */
export const commands: Measurement = {
    name: "commands",
    seconds: 130,
    async measure(say) {
        // Without it, Pulumi checks the types of the program each time.
        const env = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
        const minimal = await createStack({ program: join(__dirname, "..", "minimal"), env });
        try {
            const relink = await createStack({ config: benchConfig() });
            try {
                expectSuccess(await minimal.up());
                expectSuccess(await relink.up());
                const seconds = { preview: [], minimalPreview: [], up: [], minimalUp: [] } as Record<string, number[]>;
                await rounds(9, 1, async (round, isMeasured) => {
                    const made = {
                        minimalPreview: expectSuccess(await minimal.preview()).seconds,
                        preview: expectSuccess(await relink.preview()).seconds,
                        minimalUp: expectSuccess(await minimal.up()).seconds,
                        up: expectSuccess(await relink.up()).seconds,
                    };
                    say(`round ${round}: ${words(made)}`);
                    for (const [what, took] of Object.entries(isMeasured ? made : {})) {
                        seconds[what]!.push(took);
                    }
                });
                return {
                    figures: [
                        figure("preview / that of a minimal Pulumi program", seconds.preview!, seconds.minimalPreview!),
                        figure("no-op up / that of a minimal Pulumi program", seconds.up!, seconds.minimalUp!),
                    ],
                };
            } finally {
                await relink.cleanup();
            }
        } finally {
            await minimal.cleanup();
        }
    },
};

function figure(title: string, ours: number[], minimal: number[]): Figure {
    return {
        title,
        unit: "x",
        bar,
        measured: ratio(ours, minimal),
        rounds: { "relink, s": ours, "minimal program, s": minimal },
        note: "the minimal program has one trivial dynamic resource and one Docker network; Pulumi transpiles it, and checks no types",
    };
}

function words(made: Record<string, number>): string {
    return Object.entries(made)
        .map(([what, seconds]) => `${what} ${seconds.toFixed(2)} s`)
        .join(", ");
}
