import { describe, expect, it } from "vitest";
import { failoverAtStart } from "../../../look/failover";
import { LinkValue } from "../../../model/LinkValue";
import type { ObservedColor } from "../../../model/ObservedService";

function color(ready: number): ObservedColor {
    return { replicas: 1, running: ready, ready, strays: [], ended: 0, deviations: [], slots: [] };
}

describe("failover of a HAProxy that does not run", () => {
    const link = LinkValue.to("green").withFailover();

    it.each([
        ["answers", "no container of the live color is ready, but one of the idle color", { green: 0, blue: 1 }],
        ["waits", "a container of the live color is ready", { green: 1, blue: 1 }],
        ["waits", "no container of either color is ready", { green: 0, blue: 0 }],
    ])("%s where %s", (failover, _where, { green, blue }) => {
        expect(failoverAtStart(link, { green: color(green), blue: color(blue) })).toBe(failover);
    });

    it("is not there where the link in HAProxy's file has none", () => {
        const colors = { green: color(0), blue: color(1) };
        expect(failoverAtStart(LinkValue.to("green"), colors)).toBeUndefined();
        expect(failoverAtStart(undefined, colors)).toBeUndefined();
    });
});
