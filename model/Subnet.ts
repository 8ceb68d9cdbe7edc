import { createHash } from "node:crypto";

/** An IPv4 subnet in CIDR notation. Immutable. */
export class Subnet {
    private constructor(
        /** Its first address as a number. */
        readonly first: number,
        readonly prefix: number,
    ) {}

    /** Undefined for anything but IPv4 CIDR, `10.1.2.3/16` for instance; bits after the prefix are ignored. */
    static parse(text: string): Subnet | undefined {
        const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
        const address = match && parseAddress(match[1] ?? "");
        const prefix = Number(match?.[2]);
        return match && address !== undefined && prefix <= 32 ? Subnet.of(address as number, prefix) : undefined;
    }

    /** The subnet of this size that holds an address. */
    static of(address: number, prefix: number): Subnet {
        const size = 2 ** (32 - prefix);
        return new Subnet(Math.floor(address / size) * size, prefix);
    }

    get size(): number {
        return 2 ** (32 - this.prefix);
    }

    /** The first address of a host, which Docker gives to the gateway by default. */
    get firstHost(): string {
        return formatAddress(this.first + 1);
    }

    contains(address: string): boolean {
        const number = parseAddress(address);
        return number !== undefined && number >= this.first && number < this.first + this.size;
    }

    overlaps(other: Subnet): boolean {
        return this.first < other.first + other.size && other.first < this.first + this.size;
    }

    /** All subnets of a smaller size inside this one, beginning at a place that the seed decides. */
    *partsFrom(seed: string, prefix: number): Generator<Subnet> {
        const count = 2 ** (prefix - this.prefix);
        const start = createHash("sha256").update(seed).digest().readUInt32BE(0) % count;
        for (let step = 0; step < count; step++) {
            yield new Subnet(this.first + ((start + step) % count) * 2 ** (32 - prefix), prefix);
        }
    }

    toString(): string {
        return `${formatAddress(this.first)}/${this.prefix}`;
    }
}

function parseAddress(text: string): number | undefined {
    const parts = text.split(".").map(Number);
    if (parts.length !== 4 || parts.some(part => !Number.isInteger(part) || part < 0 || part > 255)) {
        return undefined;
    }
    return parts.reduce((number, part) => number * 256 + part, 0);
}

function formatAddress(number: number): string {
    return [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join(".");
}
