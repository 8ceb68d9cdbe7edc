import * as fc from "fast-check";
import type { StrategySettings } from "../../../model/StrategySettings";
import { type Phase, phases } from "../../../up/phases";
import { type Edit, edits, type Restart, restarts } from "./byHand";
import type { Event, Up } from "./Event";
import { type Faults, noFaults } from "./Faults";
import { canaries, growing, strategies } from "./strategies";
import { releases, type Wish } from "./Wish";

const version = fc.constantFrom(...(Object.keys(releases) as (keyof typeof releases)[]), "B", "C");
const often = <T>(usual: T, ...others: T[]) => fc.constantFrom(usual, usual, usual, ...others);
const strategy = fc.constantFrom(...strategies);
const growingStrategy = fc.constantFrom(...growing);
const canaryStrategy = fc.oneof(fc.constantFrom(...canaries), growingStrategy);

const change: fc.Arbitrary<Partial<Wish>> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ version }) },
    { weight: 2, arbitrary: fc.record({ replicas: fc.integer({ min: 1, max: 3 }) }) },
    {
        weight: 1,
        arbitrary: fc.record({
            hosts: fc.constantFrom<string[]>(["*"], ["shop.example.com"]),
            taken: fc.constantFrom(undefined, "*"),
        }),
    },
    { weight: 2, arbitrary: fc.record({ live: often<Wish["live"]>("auto", "blue", "green") }) },
    {
        weight: 2,
        arbitrary: fc.record({ autoPromotion: fc.boolean(), promote: fc.option(version, { nil: undefined }) }),
    },
    {
        weight: 1,
        arbitrary: fc.record({
            version,
            previousColor: fc.constantFrom<Wish["previousColor"]>("keep", "stop", "remove"),
        }),
    },
    { weight: 1, arbitrary: fc.record({ retryToken: fc.constantFrom(undefined, "again", "once more") }) },
    { weight: 2, arbitrary: fc.record({ driftPolicy: fc.constantFrom<Wish["driftPolicy"]>("fail", "repair") }) },
    { weight: 3, arbitrary: fc.record({ strategy, version }) },
    { weight: 2, arbitrary: fc.record({ strategy: canaryStrategy }) },
    { weight: 1, arbitrary: fc.record({ bakeTimeMs: fc.constantFrom(0, 15_000) }) },
    { weight: 1, arbitrary: fc.record({ registry: often(true, false) }) },
    { weight: 1, arbitrary: fc.record({ hooks: fc.record({ preDeploy: fc.boolean(), prePromotion: fc.boolean() }) }) },
);

const faults: fc.Arbitrary<Faults> = fc.oneof(
    { weight: 3, arbitrary: fc.nat(3).map(order => ({ ...noFaults, order })) },
    {
        weight: 2,
        arbitrary: fc.record<Faults>({
            proof: fc.option(
                fc.record({ after: fc.nat(2), how: fc.constantFrom("unhealthy" as const, "cannot start" as const) }),
                { freq: 2, nil: undefined },
            ),
            confirm: often<Faults["confirm"]>("good", "wrong", "lost"),
            bake: often<Faults["bake"]>("good", "bad", "unknown"),
            hook: often<Faults["hook"]>(undefined, "preDeploy", "prePromotion"),
            drain: often<Faults["drain"]>("good", "cut", "stop"),
            preStop: often(false, true),
            cleanUp: often(false, true),
            order: fc.nat(3),
        }),
    },
);

/** What must go wrong for an `up` to come to a phase. */
const leadingTo: Partial<Record<Phase, Partial<Faults>>> = {
    "roll: undo": { preStop: true },
    "link: back": { bake: "bad" },
    "drain: cut": { drain: "cut" },
};

/** What the user must have wished for an `up` to come to a phase. */
function changeFor(
    phase: Phase,
    wish: Pick<Wish, "version" | "strategy" | "previousColor"> & { growing: StrategySettings },
): Partial<Wish> | undefined {
    const { version, strategy, previousColor, growing } = wish;
    if (phase.startsWith("scale")) {
        return { version, strategy: growing, replicas: 3, live: "auto", autoPromotion: true };
    }
    if (phase.startsWith("roll")) {
        return { version, strategy, live: "auto" };
    }
    return phase === "link: leave" || phase === "link: left" || phase === "drain: cut"
        ? { version, strategy: { kind: "blueGreen" }, previousColor, live: "auto", autoPromotion: true }
        : undefined;
}

const which = fc.nat(11);
const restart = fc.constantFrom(...(Object.keys(restarts) as Restart[]));
const maybe = (max: number) => fc.option(fc.nat(max), { nil: undefined });

const event: fc.Arbitrary<Event> = fc.oneof(
    {
        weight: 3,
        arbitrary: fc
            .record({
                phase: fc.constantFrom(...phases),
                order: fc.nat(3),
                goesOn: fc.boolean(),
                diesAgainAfter: maybe(30),
                wish: fc.record({
                    version,
                    strategy,
                    growing: growingStrategy,
                    previousColor: fc.constantFrom("stop" as const, "remove" as const),
                }),
            })
            .map(({ phase, order, goesOn, diesAgainAfter, wish }): Event => {
                const faults = { ...noFaults, order, ...leadingTo[phase] };
                return { is: "up", faults, diesAt: phase, goesOn, diesAgainAfter, change: changeFor(phase, wish) };
            }),
    },
    {
        weight: 7,
        arbitrary: fc.record({
            is: fc.constant("up" as const),
            faults,
            diesAfter: maybe(40),
            diesAgainAfter: maybe(30),
            goesOn: fc.boolean(),
            meanwhile: fc.option(fc.record({ after: fc.nat(30), what: restart }), { freq: 12, nil: undefined }),
        }),
    },
    { weight: 8, arbitrary: fc.record({ is: fc.constant("change" as const), change }) },
    {
        weight: 3,
        arbitrary: fc.record({
            is: fc.constant("edit" as const),
            what: fc.constantFrom(...(Object.keys(edits) as Edit[])),
            which,
        }),
    },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("restart" as const), what: restart }) },
    {
        weight: 1,
        arbitrary: fc.record({
            is: fc.constant("race" as const),
            faults,
            phases: fc.nat(14),
            early: fc.boolean(),
            expired: fc.boolean(),
            change,
            dies: maybe(20),
        }),
    },
);

/** A switch dies half-way, and then its target is not ready any more: what comes next has to take it back. */
const takenBack: fc.Arbitrary<Event[]> = version.map(version => [
    {
        is: "up",
        faults: noFaults,
        diesAt: "link: memory",
        goesOn: true,
        change: { version, strategy: { kind: "blueGreen" }, live: "auto", autoPromotion: true, driftPolicy: "repair" },
    },
    { is: "edit", what: "idle container stopped", which: 0 },
    { is: "up", faults: noFaults, diesAt: "link: undo" },
]);

/** A canary has its share, or is on the way to it; then the user wants more of it, or less, or something else. */
const canaryLife: fc.Arbitrary<Event[]> = fc
    .record({
        version,
        strategy: canaryStrategy,
        next: fc.oneof(
            fc.record({ strategy: canaryStrategy }),
            fc.record({ version }),
            fc.record({ strategy: canaryStrategy, version }),
        ),
        faults: fc.array(faults, { minLength: 2, maxLength: 2 }),
        diesAt: fc.array(fc.option(fc.constantFrom(...phases.filter(phase => /^(link|scale)/.test(phase)))), {
            minLength: 2,
            maxLength: 2,
        }),
        goesOn: fc.boolean(),
        diesAgainAfter: maybe(30),
    })
    .map(({ version, strategy, next, faults, diesAt, goesOn, diesAgainAfter }) => {
        const up = (index: number, change: Partial<Wish>): Up => ({
            is: "up",
            faults: faults[index] ?? noFaults,
            diesAt: diesAt[index] ?? undefined,
            goesOn,
            diesAgainAfter,
            change,
        });
        return [up(0, { version, strategy, live: "auto", autoPromotion: true }), up(1, next)];
    });

/** All that happens in the life of a service. */
export const events: fc.Arbitrary<Event[]> = fc
    .array(
        fc.oneof(
            { weight: 40, arbitrary: event.map(event => [event]) },
            { weight: 1, arbitrary: takenBack },
            { weight: 3, arbitrary: canaryLife },
        ),
        { minLength: 3, maxLength: 14 },
    )
    .map(lists => lists.flat());
