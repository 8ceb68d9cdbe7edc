import { type AddressBlock, allocate, slotsFor } from "../model/addresses";

/** The front's subnet while a plan gives addresses to slots. */
export class AddressPool {
    readonly #taken: AddressBlock[];

    /** @param taken the blocks that colors have already */
    constructor(
        private readonly subnet: string,
        taken: readonly AddressBlock[],
    ) {
        this.#taken = [...taken];
    }

    /**
     * Gives a color the addresses that `maxReplicas` needs.
     * @returns the block that the color holds when it is large enough, else a new one
     * @throws when the subnet is full; the message names the setting that makes it larger
     */
    blockFor(held: AddressBlock | undefined, maxReplicas: number): AddressBlock {
        const size = slotsFor(maxReplicas);
        if (held !== undefined && held.size >= size) {
            return held;
        }
        const found = allocate(this.subnet, this.#taken, size);
        this.#taken.push(found);
        return found;
    }
}
