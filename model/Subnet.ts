import { createHash } from "node:crypto";
import { formatIPv4, parseIPv4 } from "./ipv4";

/** An IPv4 subnet in CIDR notation. Immutable. */
export class Subnet {
    private constructor(
        /** The first address as a number. */
        readonly first: number,
        readonly prefix: number,
    ) {}

    /** @returns undefined unless the text is IPv4 CIDR such as `10.1.2.3/16`; bits after the prefix are ignored */
    static parse(text: string): Subnet | undefined {
        const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
        const address = match && parseIPv4(match[1] ?? "");
        const prefix = Number(match?.[2]);
        return match && address !== undefined && prefix <= 32 ? Subnet.of(address as number, prefix) : undefined;
    }

    /** @returns the subnet with this prefix that contains an address */
    static of(address: number, prefix: number): Subnet {
        const size = 2 ** (32 - prefix);
        return new Subnet(Math.floor(address / size) * size, prefix);
    }

    /** The number of addresses. */
    get size(): number {
        return 2 ** (32 - this.prefix);
    }

    /** The first address for a host. Docker gives it to the gateway by default. */
    get firstHost(): string {
        return formatIPv4(this.first + 1);
    }

    contains(address: string): boolean {
        const number = parseIPv4(address);
        return number !== undefined && number >= this.first && number < this.first + this.size;
    }

    overlaps(other: Subnet): boolean {
        return this.first < other.first + other.size && other.first < this.first + this.size;
    }

    /** @returns all subnets with a longer prefix inside this one; the seed decides which one is first */
    *partsFrom(seed: string, prefix: number): Generator<Subnet> {
        const count = 2 ** (prefix - this.prefix);
        const start = createHash("sha256").update(seed).digest().readUInt32BE(0) % count;
        for (let step = 0; step < count; step++) {
            yield new Subnet(this.first + ((start + step) % count) * 2 ** (32 - prefix), prefix);
        }
    }

    toString(): string {
        return `${formatIPv4(this.first)}/${this.prefix}`;
    }
}
