import { describe, it } from "vitest";
import type { HouseEvent } from "./house/HouseEvent";
import type { HouseWish } from "./house/HouseWish";
import { live } from "./life/anyLife";
import { Coverage } from "./life/Coverage";
import { noFaults } from "./life/Faults";
import { strategyOf } from "./life/strategies";

// The same life again and again, with something that comes in between at each of its steps in turn. So a change of a
// procedure cannot move its steps away from what finds a mistake in them (test/mutants/order.ts).

/** More steps than one `up` of these lives has. */
const steps = Array.from({ length: 80 }, (_, step) => step);

describe("at every step of an up", () => {
    it("another up can take over, while the first one rolls a release", { timeout: 5 * 60_000 }, async () => {
        const wanted = { "*.example.com": "web", "shop.example.com/api/v2": "api" } as const;
        const versions = { web: "A", api: "C", admin: "A" } as const;
        const faults = { of: "web", faults: noFaults } as const;
        for (const pausesAfter of steps) {
            const first = { wanted, versions, strategy: strategyOf({ rolling: {} }) };
            const change = { versions: { web: "B", api: "A", admin: "A" } } as const;
            const race = {
                faults,
                pausesAfter,
                early: true,
                expired: true,
                other: { wanted: { "*": "web" } },
            } as const;
            const house = [
                { is: "up", change: first, faults, goesOn: false } as const,
                { is: "race", change, ...race } as const,
            ];
            await live({ house }, new Coverage());
        }
    });

    it("a removal can die in the middle of a rolling release", { timeout: 5 * 60_000 }, async () => {
        const both = { "*": "web", "shop.example.com": "api" } as const;
        const faults = { of: "web", faults: noFaults } as const;
        const up = (change: Partial<HouseWish>, diesAfter?: number): HouseEvent => {
            return { is: "up", change, faults, diesAfter, goesOn: diesAfter !== undefined };
        };
        for (const diesAfter of steps.slice(0, 12)) {
            const house = [
                up({ wanted: both, strategy: strategyOf({ rolling: {} }) }),
                up({ versions: { web: "C", api: "A", admin: "A" } }, 12),
                up({ wanted: { "shop.example.com": "api" } }, diesAfter),
                up({ wanted: both }),
            ];
            await live({ house }, new Coverage());
        }
    });

    it("HAProxy can be reloaded for another service, while a link moves back", { timeout: 5 * 60_000 }, async () => {
        for (const reload of steps) {
            const back = { ...noFaults, confirm: "wrong", reload } as const;
            const life = [
                { is: "up", change: {}, faults: noFaults, diesAt: "link: intent" } as const,
                { is: "up", change: {}, faults: back } as const,
            ];
            await live([life, []], new Coverage());
        }
    });

    it("HAProxy can restart, while a release rolls", { timeout: 5 * 60_000 }, async () => {
        for (const after of steps) {
            const life = [
                { is: "up", change: { strategy: strategyOf({ rolling: {} }) }, faults: noFaults } as const,
                {
                    is: "up",
                    change: { version: "B" },
                    faults: noFaults,
                    meanwhile: { after, what: "HAProxy restarted" },
                } as const,
            ];
            await live([life, []], new Coverage());
        }
    });
});
