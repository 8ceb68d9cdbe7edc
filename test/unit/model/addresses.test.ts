import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AddressBlock, allocate, layout, slotAddress, slotsFor } from "../../../model/addresses";

describe("the layout of a subnet", () => {
    it("gives the first addresses to the gateway and the anchor, and the last quarter to Docker", () => {
        expect(layout("10.88.0.0/20")).toEqual({
            subnet: "10.88.0.0/20",
            gateway: "10.88.0.1",
            anchor: "10.88.0.2",
            ipRange: "10.88.12.0/22",
        });
    });

    it("accepts an address inside the subnet", () => {
        expect(layout("192.168.200.77/24")).toEqual({
            subnet: "192.168.200.0/24",
            gateway: "192.168.200.1",
            anchor: "192.168.200.2",
            ipRange: "192.168.200.192/26",
        });
    });

    it("works at the end of the address space", () => {
        expect(layout("255.255.255.0/24").ipRange).toBe("255.255.255.192/26");
    });
});

describe("the address of a slot", () => {
    const block = { first: "10.88.0.250", size: 16 };

    it("counts on from the block's first address, also over the end of a byte", () => {
        expect([1, 6, 7, 16].map(slot => slotAddress(block, slot))).toEqual([
            "10.88.0.250",
            "10.88.0.255",
            "10.88.1.0",
            "10.88.1.9",
        ]);
    });

    it.each([0, 17, -1])("is refused for slot %i of 16", slot => {
        expect(() => slotAddress(block, slot)).toThrow(`slot ${slot} is outside its block of 16 addresses`);
    });
});

describe("allocating a block", () => {
    it("leaves the first 32 addresses to the front", () => {
        expect(allocate("10.88.0.0/20", [], slotsFor(8))).toEqual({ first: "10.88.0.32", size: 16 });
    });

    it("fills the first gap that is large enough", () => {
        const taken = [
            { first: "10.88.0.80", size: 16 },
            { first: "10.88.0.32", size: 16 },
            { first: "10.88.0.56", size: 8 },
        ];
        expect(allocate("10.88.0.0/20", taken, 8).first).toBe("10.88.0.48");
        expect(allocate("10.88.0.0/20", taken, 16).first).toBe("10.88.0.64");
        expect(allocate("10.88.0.0/20", taken, 17).first).toBe("10.88.0.96");
    });

    it("fails with the setting that makes room when the subnet is full", () => {
        expect(() => allocate("10.88.0.0/24", [], 161)).toThrow(
            "the front's subnet 10.88.0.0/24 has no room for 161 more slots: " +
                "lower maxReplicas of a service, or create the front with a larger relink:front.network.subnet",
        );
        expect(allocate("10.88.0.0/24", [], 160)).toEqual({ first: "10.88.0.32", size: 160 });
    });

    it("never overlaps another block, and stays out of Docker's range, after any allocations and returns", () => {
        const step = fc.oneof(
            { weight: 3, arbitrary: fc.record({ size: fc.integer({ min: 1, max: 64 }) }) },
            { weight: 1, arbitrary: fc.record({ giveBack: fc.nat() }) },
        );
        fc.assert(
            fc.property(fc.integer({ min: 20, max: 24 }), fc.array(step, { maxLength: 60 }), (prefix, steps) => {
                const subnet = `10.88.0.0/${prefix}`;
                let taken: AddressBlock[] = [];
                for (const step of steps) {
                    if ("giveBack" in step) {
                        taken = taken.filter((_, index) => index !== step.giveBack % taken.length);
                        continue;
                    }
                    try {
                        taken = [allocate(subnet, taken, step.size), ...taken];
                    } catch {
                        // The subnet is full, because even the space after the last block is too small.
                        const last = Math.max(32, ...taken.map(({ first, size }) => offset(first) + size));
                        expect(last + step.size).toBeGreaterThan(2 ** (32 - prefix) * 0.75);
                    }
                }
                const addresses = taken.flatMap(block =>
                    Array.from({ length: block.size }, (_, index) => slotAddress(block, index + 1)),
                );
                expect(new Set(addresses).size).toBe(addresses.length);
                for (const address of addresses) {
                    expect(offset(address)).toBeGreaterThanOrEqual(32);
                    expect(offset(address)).toBeLessThan(2 ** (32 - prefix) * 0.75);
                }
            }),
        );
    });
});

/** @returns the distance of an address from 10.88.0.0 */
function offset(address: string): number {
    const [, , third, fourth] = address.split(".").map(Number);
    return (third ?? 0) * 256 + (fourth ?? 0);
}
