import type { ServiceRecord } from "../../../model/Record";
import type { SimulatedWorld } from "./SimulatedWorld";

/** All of some services that an `up` could change, as it was at one moment. */
export class Snapshot {
    /** A record is never changed in place (records.test.ts), so most often it is the same one. */
    readonly #records: readonly ServiceRecord[];
    readonly #rest: string;

    constructor(...worlds: readonly SimulatedWorld[]) {
        this.#records = worlds.map(({ record }) => record);
        this.#rest = JSON.stringify(worlds.map(restOf));
    }

    /** Whether nothing was changed between the two. */
    equals(that: Snapshot): boolean {
        return (
            this.#rest === that.#rest && this.#records.every((record, index) => isSame(record, that.#records[index]))
        );
    }
}

/** All but the record. */
function restOf({ front, containers, images }: SimulatedWorld) {
    const things = containers.map(({ open: _, isEarned: _earned, isAnswered: _answered, ...rest }) => rest);
    return [front.snapshot(), things, [...images]];
}

function isSame(one: ServiceRecord, other: ServiceRecord | undefined): boolean {
    return one === other || JSON.stringify(one) === JSON.stringify(other);
}
