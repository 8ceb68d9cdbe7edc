import * as pulumi from "@pulumi/pulumi";
import { type AddressBlock, allocate, SubnetFull, slotsFor } from "../model/addresses";

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
     * Gives a color of a service the addresses that `maxReplicas` needs.
     * @returns the block that the color holds when it is large enough, else a new one
     * @throws RunError when the subnet is full: it names the service, and the settings that make room
     */
    blockFor(service: string, held: AddressBlock | undefined, maxReplicas: number): AddressBlock {
        const size = slotsFor(maxReplicas);
        if (held !== undefined && held.size >= size) {
            return held;
        }
        const found = this.#free(service, size);
        this.#taken.push(found);
        return found;
    }

    #free(service: string, size: number): AddressBlock {
        try {
            return allocate(this.subnet, this.#taken, size);
        } catch (error) {
            throw error instanceof SubnetFull
                ? new pulumi.RunError(`relink:services.${service}: ${error.message}. Nothing was changed`)
                : error;
        }
    }
}
