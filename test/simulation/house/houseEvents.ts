import * as fc from "fast-check";
import { faults as anyFaults, seldom } from "../life/events";
import { strategies } from "../life/strategies";
import { names } from "./House";
import type { HouseEvent } from "./HouseEvent";
import { type HouseWish, places } from "./HouseWish";

const name = fc.constantFrom(...names);
const version = fc.constantFrom("A" as const, "A" as const, "B" as const, "C" as const, "A on another port" as const);

/** Some service for each place, or none. */
const wanted = fc
    .tuple(...places.map(() => fc.option(name, { freq: 3, nil: undefined })))
    .map(chosen => Object.fromEntries(places.map((place, index) => [place, chosen[index]])))
    .map(chosen => Object.fromEntries(Object.entries(chosen).filter(([, name]) => name !== undefined)))
    .map((chosen): HouseWish["wanted"] => (Object.keys(chosen).length === 0 ? { "*": "web" } : chosen));

const change: fc.Arbitrary<Partial<HouseWish>> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ wanted }) },
    {
        weight: 2,
        arbitrary: fc.record({ wanted, versions: fc.record({ web: version, api: version, admin: version }) }),
    },
    { weight: 1, arbitrary: fc.record({ versions: fc.record({ web: version, api: version, admin: version }) }) },
    {
        weight: 1,
        arbitrary: fc.record({
            strategy: fc.constantFrom(...strategies),
            previousColor: fc.constantFrom<HouseWish["previousColor"]>("keep", "stop", "remove"),
            replicas: fc.integer({ min: 1, max: 2 }),
        }),
    },
);

const faults = fc.record({ of: name, faults: anyFaults });

const event: fc.Arbitrary<HouseEvent> = fc.oneof(
    {
        weight: 6,
        arbitrary: fc.record({
            is: fc.constant("up" as const),
            change,
            faults,
            diesAfter: fc.option(fc.nat(80), { freq: 2, nil: undefined }),
            restartsAt: seldom(fc.nat(60)),
            goesOn: fc.boolean(),
        }),
    },
    {
        weight: 1,
        arbitrary: fc.record({
            is: fc.constant("race" as const),
            change,
            faults,
            pausesAfter: fc.nat(60),
            early: fc.boolean(),
            expired: fc.boolean(),
            other: change,
        }),
    },
);

/** All that happens in the life of several services. */
export const houseEvents = fc.array(event, { minLength: 2, maxLength: 6 });
