import type { Measured } from "./Figure";
import type { Machine, Quietness } from "./machine";

/** Result of one measurement. */
export interface Found extends Measured {
    /** Its name. */
    measurement: string;
    /** When it began, ISO 8601. */
    at: string;
    before: Quietness;
}

/** All results of the bench, as in `bench/results.json`. */
export interface Results {
    machine: Machine;
    found: Found[];
}

/** Reads results from JSON, in which a value that could not be measured is null. */
export function parseResults(text: string): Results {
    const results = JSON.parse(text) as Results;
    for (const row of results.found.flatMap(({ sideBySide }) => sideBySide?.rows ?? [])) {
        row.values = row.values.map(value => value ?? undefined);
    }
    return results;
}

/** @returns results in the order of `names`, with those of an earlier run for measurements that this one did not make */
export function merged(names: readonly string[], earlier: readonly Found[], now: readonly Found[]): Found[] {
    return names.flatMap(
        name =>
            now.find(({ measurement }) => measurement === name) ??
            earlier.find(({ measurement }) => measurement === name) ??
            [],
    );
}
