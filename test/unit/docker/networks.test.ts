import { describe, expect, it } from "vitest";
import { parseRoutes } from "../../../docker/networks";
import { Subnet } from "../../../model/Subnet";

describe("Subnet", () => {
    it("reads and writes CIDR, and drops the bits behind the prefix", () => {
        expect(String(Subnet.parse("172.20.17.9/20"))).toBe("172.20.16.0/20");
        expect(String(Subnet.parse("255.255.255.255/32"))).toBe("255.255.255.255/32");
        expect(Subnet.parse("fd00::/64")).toBeUndefined();
        expect(Subnet.parse("10.0.0.0/33")).toBeUndefined();
        expect(Subnet.parse("10.0.0.256/8")).toBeUndefined();
    });

    it("knows which addresses it holds and which subnets it overlaps", () => {
        const subnet = Subnet.parse("10.1.0.0/16")!;
        expect(subnet.contains("10.1.255.255")).toBe(true);
        expect(subnet.contains("10.2.0.0")).toBe(false);
        expect(subnet.overlaps(Subnet.parse("10.1.2.0/24")!)).toBe(true);
        expect(subnet.overlaps(Subnet.parse("10.0.0.0/8")!)).toBe(true);
        expect(subnet.overlaps(Subnet.parse("10.2.0.0/16")!)).toBe(false);
    });

    it("lists each of its parts once, from a start that only the seed decides", () => {
        const pool = Subnet.parse("172.16.0.0/12")!;
        const parts = [...pool.partsFrom("shop-prod", 20)].map(String);
        expect(parts).toHaveLength(256);
        expect(new Set(parts).size).toBe(256);
        expect([...pool.partsFrom("shop-prod", 20)].map(String)).toEqual(parts);
        expect(String(pool.partsFrom("shop-dev", 20).next().value)).not.toBe(parts[0]);
    });
});

describe("the kernel's routes", () => {
    it("are read without the default route", () => {
        const text = [
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "tun0\t000010AC\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0",
            "",
        ].join("\n");
        expect(parseRoutes(text).map(String)).toEqual(["172.16.0.0/12"]);
        expect(parseRoutes("")).toEqual([]);
    });
});
