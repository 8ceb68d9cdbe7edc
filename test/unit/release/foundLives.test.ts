import { describe, it } from "vitest";
import { Coverage, Life } from "./life/Life";
import { type Faults, noFaults } from "./life/SimulatedUp";
import type { Event, Up, Wish } from "./life/wishes";

// Lives (life/) that broke a rule of DESIGN section 6 once, as short as they can be. What can be said by a plan alone is
// an example beside that plan (interrupted.test.ts, repair.test.ts and so on).

function up(
    change: Partial<Wish> = {},
    { faults, ...more }: Partial<Omit<Up, "faults">> & { faults?: Partial<Faults> } = {},
): Event {
    return { is: "up", change, faults: { ...noFaults, ...faults }, ...more };
}

const lives: Record<string, Event[]> = {
    "a repair beside a container under our labels that somebody added dies before that is removed": [
        up({ version: "A" }),
        { is: "edit", what: "slot closed in HAProxy's memory", which: 0 },
        { is: "edit", what: "container added with our labels", which: 0 },
        up({ version: "B", driftPolicy: "repair" }, { diesAfter: 10 }),
    ],
    "a release that was judged bad stays live, and somebody moves the link from it to where nobody is": [
        up({ version: "A" }),
        up({ version: "B" }, { diesAt: "link: bake", goesOn: true }),
        { is: "edit", what: "idle container removed", which: 0 },
        up({}, { faults: { bake: "bad" } }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
    ],
};

describe("a life in which", () => {
    it.each(Object.keys(lives))("%s", name => {
        const life = new Life(new Coverage());
        for (const event of lives[name] ?? []) {
            life.take(event);
        }
        life.end([]);
    });
});
