import { picture, rollOfTen, tutumTimelines } from "../../support/timelines";
import type { Measurement } from "../Figure";

/** How long rolling releases take on the schedule of the Tutum script's README, by a virtual clock, and their timelines. */
export const rolling: Measurement = {
    name: "rolling",
    seconds: 1,
    async measure() {
        return {
            figures: tutumTimelines.map(({ name, settings, theirSeconds }) => {
                const roll = rollOfTen(settings);
                console.log(`${name}:\n${picture(roll)}`);
                const ours = roll.endedAtMs / 1000;
                return {
                    title: `rolling release of 10 containers, \`${name}\` / the Tutum script's`,
                    unit: "x" as const,
                    bar: { limit: "at most" as const, value: 1 },
                    measured: ours / theirSeconds,
                    rounds: { "relink, s": [ours], "Tutum script, s": [theirSeconds] },
                    note: `${ours} s and ${theirSeconds} s by a virtual clock; docs/rolling.md has the timelines`,
                };
            }),
        };
    },
};
