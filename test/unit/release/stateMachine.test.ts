import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasTraffic } from "../../../release/Observed";
import type { Desired, Plan } from "../../../release/plan";
import type { Release } from "../../../release/Release";
import { parseRoute } from "../../../settings/Route";
import type { Color, StrategySettings } from "../../../settings/Settings";
import { type Faults, ReleaseFailed, SimulatedWorld } from "./SimulatedWorld";
import { actsOf, policyOf, releaseOf } from "./support";

// DESIGN section 6 over random lives of a service: releases, returns, scalings, pins, failures, and an `up` that dies
// behind any of its calls.

const releases = new Map(["A", "B", "C"].map(version => [version, releaseOf(version)] as const));

interface Wish {
    version: string;
    replicas: number;
    hosts: string[];
    live: "auto" | Color;
    previousColor: "keep" | "stop" | "remove";
    retryToken: string | undefined;
    strategy: StrategySettings;
}

type Step =
    | ({ kind: "up"; diesAfter: number | undefined; diesAgainAfter: number | undefined } & Faults)
    | { kind: "change"; change: Partial<Wish> }
    | { kind: "stopIdle"; which: number };

const blueGreen = { kind: "blueGreen" } as const;
const canary = (weights: number[], promotes: boolean): StrategySettings => ({
    kind: "canary",
    steps: weights.map(weight => ({ weight, pauseMs: 1000, analysis: true })),
    promotes,
    sticky: "none",
});

const wish = fc.record<Wish>({
    version: fc.constantFrom(...releases.keys()),
    replicas: fc.integer({ min: 1, max: 3 }),
    hosts: fc.constantFrom(["*"], ["*"], ["shop.example.com"]),
    live: fc.constantFrom("auto", "auto", "auto", "auto", "blue", "green"),
    previousColor: fc.constantFrom("keep", "keep", "stop", "remove"),
    retryToken: fc.constantFrom(undefined, undefined, "again"),
    strategy: fc.constantFrom(
        blueGreen,
        blueGreen,
        canary([], false),
        canary([25], false),
        { ...canary([50], false), replicas: 1 },
        canary([10, 50], true),
        canary([], true),
    ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
    {
        weight: 6,
        arbitrary: fc.record({
            kind: fc.constant("up" as const),
            diesAfter: fc.option(fc.integer({ min: 0, max: 24 }), { nil: undefined }),
            diesAgainAfter: fc.option(fc.integer({ min: 0, max: 16 }), { nil: undefined }),
            proof: fc.constantFrom(false, false, false, true),
            confirm: fc.constantFrom(
                "good" as const,
                "good" as const,
                "good" as const,
                "wrong" as const,
                "lost" as const,
            ),
            bake: fc.constantFrom(
                "good" as const,
                "good" as const,
                "good" as const,
                "bad" as const,
                "unknown" as const,
            ),
        }),
    },
    {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("change" as const), change: fc.tuple(wish, fc.nat(127)).map(pick) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("stopIdle" as const), which: fc.nat(5) }) },
);

/** Some of a wish's keys. */
function pick([wish, mask]: [Wish, number]): Partial<Wish> {
    return Object.fromEntries(Object.entries(wish).filter((_, index) => mask & (1 << index)));
}

function desiredOf({ version, replicas, hosts, live, ...policy }: Wish): Desired {
    return {
        release: releases.get(version) as Release,
        replicas,
        routes: hosts.map(parseRoute),
        places: { held: {}, wanted: {} },
        live,
        policy: policyOf({ bakeTimeMs: 15_000, ...policy }),
    };
}

const good: Faults = { proof: false, confirm: "good", bake: "good" };

/** One life of a service, and what must hold all through it. */
class Life {
    readonly world = new SimulatedWorld();
    wish: Wish = {
        version: "A",
        replicas: 1,
        hosts: ["*"],
        live: "auto",
        previousColor: "keep",
        retryToken: undefined,
        strategy: blueGreen,
    };
    /** Which release each promotion belongs to. */
    readonly promotions = new Map<number, string>();
    /** How often each row of the table came up. */
    constructor(private readonly rows: Map<string, number>) {}

    take(step: Step): void {
        if (step.kind === "change") {
            this.wish = { ...this.wish, ...step.change };
        } else if (step.kind === "stopIdle") {
            const { containers } = this.world;
            const idle = containers.filter(({ color }) => !this.world.takesTraffic(color));
            const container = idle[step.which % idle.length];
            if (container !== undefined && this.world.record.intent === undefined) {
                container.running = false;
            }
        } else {
            this.#up(step);
        }
    }

    #up({ diesAfter, diesAgainAfter, ...faults }: Extract<Step, { kind: "up" }>): void {
        const before = this.world.clone();
        const end = this.#run(this.world, faults, diesAfter);
        if (end === "done") {
            this.#nothingIsLeft();
        } else if (end === "died") {
            // A verdict that is written down stands, whoever carries it out.
            const { intent } = this.world.record;
            const isGoingBack = intent?.kind === "switch" && intent.verdict !== undefined;
            // Whatever it died behind, and be it twice, one more up comes to the same end as one that did not die.
            if (diesAgainAfter !== undefined) {
                this.#run(this.world, good, diesAgainAfter);
            }
            this.#run(before, isGoingBack ? { ...good, bake: "bad" } : good);
            this.#run(this.world, good);
            expect(this.world.summary()).toEqual(before.summary());
        } else if (faults.confirm === "wrong" && this.world.record.blue.release !== undefined) {
            this.#isNotTriedAgain();
        }
    }

    #run(world: SimulatedWorld, faults: Faults, diesAfter = Number.POSITIVE_INFINITY): "done" | "died" | "failed" {
        const desired = desiredOf(this.wish);
        const made = world.plan(desired);
        this.rows.set(made.row, (this.rows.get(made.row) ?? 0) + 1);
        this.#touchesNoLiveColor(world, made);
        this.#keepsItsPromotion(world, made);
        const capacity = Math.min(world.serving(), desired.replicas, this.#replicasBefore(world));
        const calls = world.carryOut(made, desired, faults);
        try {
            for (let call = 0; ; call++) {
                if (call >= diesAfter) {
                    return "died";
                }
                const { done } = calls.next();
                this.#notePromotions(world);
                expect(world.serving(), made.sentence).toBeGreaterThanOrEqual(capacity);
                if (done) {
                    return "done";
                }
            }
        } catch (error) {
            if (!(error instanceof ReleaseFailed)) {
                throw error;
            }
            expect(world.serving(), made.sentence).toBeGreaterThanOrEqual(capacity);
            return "failed";
        }
    }

    /** A rollback goes to the full capacity of what is gone back to, which may be less than the config asks for now. */
    #replicasBefore({ record }: SimulatedWorld): number {
        const { live } = record.link;
        const idle = live === "blue" ? record.green : record.blue;
        return record.intent?.kind === "bake" ||
            (live !== "none" && !record.releases[record[live].release ?? ""]?.linked)
            ? idle.replicas
            : Number.POSITIVE_INFINITY;
    }

    /** A plan touches the live color, or one with a share, to scale it in place, or not at all. */
    #touchesNoLiveColor(world: SimulatedWorld, made: Plan): void {
        const live = world.settledLive();
        const percent = made.recovery === undefined ? world.percent : (made.recovery.percent ?? 0);
        for (const color of ["blue", "green"] as const) {
            if (hasTraffic({ live, percent }, color) && made[color].act) {
                expect(made[color].release?.id).toBe(world.observe()[color].release?.id);
                expect(color === live ? made.link.live : live).toBe(live);
            }
        }
    }

    /** A promotion that was begun and not finished goes on under its number. */
    #keepsItsPromotion(world: SimulatedWorld, made: Plan): void {
        const { blue, green, releases } = world.record;
        const id = [blue.release, green.release].find(held => held === desiredOf(this.wish).release.id);
        // One that no color holds any more is promoted anew.
        const begun = releases[id ?? ""];
        if (made.promotion !== undefined && begun !== undefined) {
            expect(made.promotion).toBe(begun.promotion);
        }
    }

    #notePromotions({ record }: SimulatedWorld): void {
        for (const { id, promotion } of Object.values(record.releases)) {
            expect(this.promotions.get(promotion) ?? id, `promotion ${promotion} is another release's`).toBe(id);
            this.promotions.set(promotion, id);
        }
    }

    /** A repeated up makes no mutating call. */
    #nothingIsLeft(): void {
        const again = this.world.plan(desiredOf(this.wish));
        expect({ acts: actsOf(again), refusal: again.refusal }).toEqual({ acts: [], refusal: undefined });
    }

    /** What was judged bad is refused by itself. */
    #isNotTriedAgain(): void {
        const { release, policy, live } = desiredOf(this.wish);
        const verdict = this.world.record.releases[release.id ?? ""]?.judgedBad;
        if (live === "auto" && verdict !== undefined && verdict.retryToken === policy.retryToken) {
            expect(this.world.plan(desiredOf(this.wish)).row).toBe("judgedBad");
        }
    }
}

describe("any sequence of releases, failures and crashes", () => {
    it("keeps the rules of DESIGN section 6", { timeout: 180_000 }, () => {
        const rows = new Map<string, number>();
        fc.assert(
            fc.property(fc.array(step, { minLength: 3, maxLength: 16 }), steps => {
                const life = new Life(rows);
                for (const step of steps) {
                    life.take(step);
                }
            }),
            { numRuns: 2_500 },
        );
        // The sequences came by every row that needs no missing image and no stranger.
        expect([...rows.keys()].sort()).toEqual([
            "bootstrap",
            "canary",
            "finish",
            "judgedBad",
            "nothing",
            "pinned",
            "recovery",
            "release",
            "return",
            "routes",
            "scale",
            "wake",
        ]);
    });
});
