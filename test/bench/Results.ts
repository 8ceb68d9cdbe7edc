import type { Measured } from "./Figure";
import type { Machine, Quietness } from "./machine";

/** What one measurement found. */
export interface Found extends Measured {
    /** Its name. */
    measurement: string;
    /** When it began, ISO 8601. */
    at: string;
    before: Quietness;
}

/** Everything that the bench found, as `bench/results.json` holds it. */
export interface Results {
    machine: Machine;
    found: Found[];
}

/** Reads what results were written as: in JSON, what a tool could not be measured for is null. */
export function parseResults(text: string): Results {
    const results = JSON.parse(text) as Results;
    for (const row of results.found.flatMap(({ sideBySide }) => sideBySide?.rows ?? [])) {
        row.values = row.values.map(value => value ?? undefined);
    }
    return results;
}

/** Results in the order of `names`, those of an earlier run in the places of what was not measured in this one. */
export function merged(names: readonly string[], earlier: readonly Found[], now: readonly Found[]): Found[] {
    return names.flatMap(
        name =>
            now.find(({ measurement }) => measurement === name) ??
            earlier.find(({ measurement }) => measurement === name) ??
            [],
    );
}
