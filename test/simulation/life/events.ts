import * as fc from "fast-check";
import type { StrategySettings } from "../../../model/StrategySettings";
import { type Phase, phases } from "../../../up/phases";
import { type Edit, edits, type Restart, restarts } from "./byHand";
import type { DestroyMishap } from "./checkDestroy";
import type { Event, Up } from "./Event";
import { type Faults, noFaults } from "./Faults";
import { type PortCall, type PortFault, portCalls, portFailures } from "./PortFault";
import { canaries, growing, strategies } from "./strategies";
import { releases, type Wish } from "./Wish";

const version = fc.constantFrom(...(Object.keys(releases) as (keyof typeof releases)[]), "B", "C");
const often = <T>(usual: T, ...others: T[]) => fc.constantFrom(usual, usual, usual, ...others);
/** One in four times it is there. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
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

const port: fc.Arbitrary<PortFault> = fc.record({
    call: fc.constantFrom(...portCalls),
    after: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 5),
    how: fc.constantFrom(...portFailures),
});

/** What befalls a `destroy`. */
export const mishap: fc.Arbitrary<DestroyMishap> = fc.oneof(fc.nat(30), port);

const connections = often(0, 6, 80);
const reload = seldom(fc.nat(30));

/** What goes wrong in an `up`. */
export const faults: fc.Arbitrary<Faults> = fc.oneof(
    {
        weight: 3,
        arbitrary: fc.record({ order: fc.nat(3), connections, reload }).map(some => ({ ...noFaults, ...some })),
    },
    {
        weight: 2,
        arbitrary: fc.record<Faults>({
            proof: fc.option(
                fc.record({ after: fc.nat(2), how: fc.constantFrom("unhealthy" as const, "cannot start" as const) }),
                { freq: 2, nil: undefined },
            ),
            confirm: often<Faults["confirm"]>("good", "wrong", "lost", "another worker"),
            bake: often<Faults["bake"]>("good", "bad", "unknown"),
            hook: often<Faults["hook"]>(undefined, "preDeploy", "prePromotion"),
            drain: often<Faults["drain"]>("good", "cut", "stop"),
            preStop: often(false, true),
            cleanUp: often(false, true),
            connections,
            reload,
            port: seldom(port),
            order: fc.nat(3),
        }),
    },
);

/** What must go wrong for an `up` to come to a phase, or to a call. */
const leadingTo: Partial<Record<Phase | PortCall, Partial<Faults>>> = {
    "front.cut": { drain: "cut" },
    "questions.renew": { confirm: "another worker" },
    "containers.lastLogLines": { proof: { after: 0, how: "unhealthy" } },
    "roll: undo": { preStop: true },
    "link: back": { bake: "bad" },
    "drain: cut": { drain: "cut" },
};

/** What the user must have wished for an `up` to come to a phase. */
function changeFor(
    phase: Phase | PortCall,
    wish: Pick<Wish, "version" | "strategy" | "previousColor"> & { growing: StrategySettings },
): Partial<Wish> | undefined {
    const { version, strategy, previousColor, growing } = wish;
    if (phase.startsWith("scale") || phase === "front.askContainer") {
        return { version, strategy: growing, replicas: 3, live: "auto", autoPromotion: true };
    }
    if (phase.startsWith("roll")) {
        return { version, strategy, live: "auto" };
    }
    return ["link: leave", "link: left", "drain: cut", "front.cut", "front.closeInFile"].includes(phase)
        ? { version, strategy: { kind: "blueGreen" }, previousColor, live: "auto", autoPromotion: true }
        : undefined;
}

const strangersCalls = ["backend.hasSameChecks", "front.askContainer", "front.cut", "backend.tellSlots"] as const;
const which = fc.nat(11);
const restart = fc.constantFrom(...(Object.keys(restarts) as Restart[]));
const maybe = (max: number) => fc.option(fc.nat(max), { nil: undefined });

const newWish = fc.record({
    version,
    strategy,
    growing: growingStrategy,
    previousColor: fc.constantFrom("stop" as const, "remove" as const),
});

const event: fc.Arbitrary<Event> = fc.oneof(
    {
        weight: 3,
        arbitrary: fc
            .record({
                phase: fc.constantFrom(...phases),
                order: fc.nat(3),
                goesOn: fc.boolean(),
                diesAgainAfter: maybe(30),
                wish: newWish,
            })
            .map(({ phase, order, goesOn, diesAgainAfter, wish }): Event => {
                const faults = { ...noFaults, order, ...leadingTo[phase] };
                return { is: "up", faults, diesAt: phase, goesOn, diesAgainAfter, change: changeFor(phase, wish) };
            }),
    },
    {
        weight: 3,
        arbitrary: fc
            .record({ port, order: fc.nat(3), goesOn: fc.boolean(), wish: newWish })
            .map(({ port, order, goesOn, wish }): Event => {
                const faults = { ...noFaults, order, port, ...leadingTo[port.call] };
                return { is: "up", faults, goesOn, change: changeFor(port.call, wish) };
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

/** After a release its containers get sick, and the color before answers in their place while the user goes on. */
export const failoverLife: fc.Arbitrary<Event[]> = fc
    .record({
        versions: fc.tuple(version, version),
        change,
        faults,
        diesAt: seldom(fc.constantFrom(...phases.filter(phase => /^(link|scale|deploy)/.test(phase)))),
        diesAgainAfter: maybe(30),
        isLater: fc.boolean(),
    })
    .map(({ versions: [first, second], change, faults, diesAt, diesAgainAfter, isLater }): Event[] => {
        const all = { strategy: { kind: "blueGreen" as const }, live: "auto" as const, autoPromotion: true };
        const keep = { ...all, previousColor: "keep" as const, driftPolicy: "repair" as const };
        const up = (more: Partial<Wish>): Event => ({ is: "up", faults: noFaults, change: { ...keep, ...more } });
        return [
            up({ version: first }),
            up({ version: second }),
            { is: "illness", what: "live containers get sick" },
            { is: "up", faults, diesAt, diesAgainAfter, change, goesOn: isLater },
            ...(isLater ? [up({})] : []),
            { is: "illness", what: "sick containers get well" },
        ];
    });

/** Somebody adds a container, and a call goes wrong of the repair that finds it. */
const strangerLife: fc.Arbitrary<Event[]> = fc
    .record({ call: fc.constantFrom(...strangersCalls), how: fc.constantFrom(...portFailures), which })
    .map(({ which, ...port }) => [
        { is: "edit", what: "container added with our labels", which },
        {
            is: "up",
            faults: { ...noFaults, port: { ...port, after: 0 } },
            change: { live: "auto", driftPolicy: "repair" },
        },
    ]);

/** All that happens in the life of a service. */
export const events: fc.Arbitrary<Event[]> = fc
    .array(
        fc.oneof(
            { weight: 40, arbitrary: event.map(event => [event]) },
            { weight: 1, arbitrary: takenBack },
            { weight: 1, arbitrary: strangerLife },
            { weight: 3, arbitrary: canaryLife },
        ),
        { minLength: 3, maxLength: 14 },
    )
    .map(lists => lists.flat());
