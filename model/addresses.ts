import { formatIPv4, parseIPv4 } from "./ipv4";
import { Subnet } from "./Subnet";

// Slots have fixed addresses. They are outside of the range from which Docker assigns addresses itself (`ipRange`),
// because Docker assigns the address of a stopped container to another one, and a slot keeps its address over every
// restart.

/** Consecutive addresses in the front's subnet: slot 1 has `first`, slot n has `first + n - 1`. */
export interface AddressBlock {
    first: string;
    size: number;
}

/** The parts of the front's subnet. */
export interface SubnetLayout {
    subnet: string;
    gateway: string;
    /** Address of the anchor. */
    anchor: string;
    /** The range from which Docker assigns addresses itself: the last quarter. */
    ipRange: string;
}

/** A subnet has no room for another block. The message names the settings that make room. */
export class SubnetFull extends Error {}

/** The first addresses are for the gateway, the anchor, and what the front may need later. */
const reservedAddresses = 32;

/** @returns the number of a color's slots: twice `maxReplicas`, so that a rolling release needs no reload */
export function slotsFor(maxReplicas: number): number {
    return maxReplicas * 2;
}

/** Divides a subnet such as `10.88.0.0/20`. */
export function layout(subnet: string): SubnetLayout {
    const whole = subnetOf(subnet);
    return {
        subnet: whole.toString(),
        gateway: whole.firstHost,
        anchor: formatIPv4(whole.first + 2),
        ipRange: `${formatIPv4(lastQuarter(whole))}/${whole.prefix + 2}`,
    };
}

/**
 * @param slot counted from 1
 * @throws Error when the block has no such slot
 */
export function slotAddress(block: AddressBlock, slot: number): string {
    if (slot < 1 || slot > block.size) {
        throw new Error(`slot ${slot} is outside its block of ${block.size} addresses`);
    }
    return formatIPv4(numberOf(block.first) + slot - 1);
}

/**
 * Finds the first `size` consecutive addresses that no block has yet.
 *
 * @throws SubnetFull
 */
export function allocate(subnet: string, taken: AddressBlock[], size: number): AddressBlock {
    const whole = subnetOf(subnet);
    const used = taken.map(block => ({ from: numberOf(block.first), to: numberOf(block.first) + block.size }));
    used.sort((a, b) => a.from - b.from);
    let candidate = whole.first + reservedAddresses;
    for (const block of used) {
        if (candidate + size <= block.from) {
            break;
        }
        candidate = Math.max(candidate, block.to);
    }
    if (candidate + size > lastQuarter(whole)) {
        throw new SubnetFull(
            `the front's subnet ${subnet} has no room for ${size} more slots: ` +
                "lower maxReplicas of a service, or create the front with a larger relink:front.network.subnet",
        );
    }
    return { first: formatIPv4(candidate), size };
}

/** @returns whether two blocks have an address in common */
export function blocksOverlap(one: AddressBlock, other: AddressBlock): boolean {
    const [first, second] = [numberOf(one.first), numberOf(other.first)];
    return first < second + other.size && second < first + one.size;
}

function subnetOf(text: string): Subnet {
    const subnet = Subnet.parse(text);
    if (subnet === undefined) {
        throw new Error(`${text} is not an IPv4 subnet`);
    }
    return subnet;
}

/** @returns the first address of the range from which Docker assigns addresses itself */
function lastQuarter({ first, size }: Subnet): number {
    return first + (size / 4) * 3;
}

/**
 * Addresses that were parsed before. A block's first one is asked for with each of its slots: 350 times in a simulated life,
 * which takes 1 % longer without this.
 */
const known = new Map<string, number>();

function numberOf(address: string): number {
    const number = known.get(address) ?? parseIPv4(address);
    if (number === undefined) {
        throw new Error(`${address} is not an IPv4 address`);
    }
    known.set(address, number);
    return number;
}
