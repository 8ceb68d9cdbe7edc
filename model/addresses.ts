/**
 * Fixed addresses of slots. A slot keeps its address over restarts of anything, so they lie outside the range that Docker
 * hands out (`ipRange`): Docker gives the address of a stopped container to somebody else.
 */

/** A run of addresses in the front's subnet: slot 1 has `first`, slot n has `first + n - 1`. */
export interface AddressBlock {
    first: string;
    size: number;
}

/** How the front's subnet is divided. */
export interface SubnetLayout {
    subnet: string;
    gateway: string;
    /** Address of the anchor unless the user set one. */
    anchor: string;
    /** What Docker may hand out by itself: the last quarter. */
    ipRange: string;
}

/** The first addresses are the gateway's, the anchor's, and a reserve for what the front may need later. */
const reservedAddresses = 32;

/** Slots of a color: as many again as `maxReplicas`, so that a rolling release can double without a reload. */
export function slotsFor(maxReplicas: number): number {
    return maxReplicas * 2;
}

/** Divides a subnet, for example `10.88.0.0/20`. */
export function layout(subnet: string): SubnetLayout {
    const { base, size, prefix } = parseSubnet(subnet);
    return {
        subnet: `${format(base)}/${prefix}`,
        gateway: format(base + 1),
        anchor: format(base + 2),
        ipRange: `${format(base + (size / 4) * 3)}/${prefix + 2}`,
    };
}

/** Address of a slot, counted from 1. */
export function slotAddress(block: AddressBlock, slot: number): string {
    if (slot < 1 || slot > block.size) {
        throw new Error(`slot ${slot} is outside its block of ${block.size} addresses`);
    }
    return format(parse(block.first) + slot - 1);
}

/**
 * The first free run of `size` addresses beside the blocks that are taken.
 * @throws when the subnet is full, with the setting that makes it larger.
 */
export function allocate(subnet: string, taken: AddressBlock[], size: number): AddressBlock {
    const { base, size: total } = parseSubnet(subnet);
    const end = base + (total / 4) * 3;
    const used = taken.map(block => ({ from: parse(block.first), to: parse(block.first) + block.size }));
    used.sort((a, b) => a.from - b.from);
    let candidate = base + reservedAddresses;
    for (const block of used) {
        if (candidate + size <= block.from) {
            break;
        }
        candidate = Math.max(candidate, block.to);
    }
    if (candidate + size > end) {
        throw new Error(
            `the front's subnet ${subnet} has no room for ${size} more slots: ` +
                "lower maxReplicas of a service, or create the front with a larger relink:front.network.subnet",
        );
    }
    return { first: format(candidate), size };
}

function parseSubnet(subnet: string): { base: number; size: number; prefix: number } {
    const [address = "", length = ""] = subnet.split("/");
    const prefix = Number(length);
    const size = 2 ** (32 - prefix);
    return { base: Math.floor(parse(address) / size) * size, size, prefix };
}

function parse(address: string): number {
    return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function format(address: number): string {
    return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join(".");
}
