import { describe, expect, it } from "vitest";
import { handovers, standIns } from "../../../plan/handovers";

describe("a place that is given up", () => {
    it("is removed by the service that takes a wider place around it, or narrower ones inside", () => {
        const wider = { held: { "a.example.com": "shop" }, wanted: { "*.example.com": "web" } };
        expect(handovers(wider)).toEqual([
            { place: "a.example.com", from: "shop", after: { "*.example.com": "web" }, beside: {} },
        ]);
        const narrower = {
            held: { "*.example.com": "shop" },
            wanted: { "a.example.com": "web", "b.example.com/x": "api" },
        };
        expect(handovers(narrower)).toEqual([
            {
                place: "*.example.com",
                from: "shop",
                after: { "a.example.com": "web", "b.example.com/x": "api" },
                beside: {},
            },
        ]);
        const path = { held: { "a.com/api": "api" }, wanted: { "a.com/api/v2": "next", "a.com": "api" } };
        expect(handovers(path)).toMatchObject([{ place: "a.com/api", after: { "a.com/api/v2": "next" } }]);
        const everything = { held: { "*": "web" }, wanted: { "a.com": "shop" } };
        expect(handovers(everything)).toMatchObject([{ place: "*", after: { "a.com": "shop" } }]);
    });

    it("is removed by the service that takes a route by header inside, or the route without it around", () => {
        const inside = { held: { "a.com": "shop" }, wanted: { "a.com if x=1": "web", "a.com if x=2": "api" } };
        expect(handovers(inside)).toMatchObject([{ place: "a.com", after: inside.wanted }]);
        const around = { held: { "a.com if x=1": "shop" }, wanted: { "*": "web" } };
        expect(handovers(around)).toMatchObject([{ place: "a.com if x=1", after: around.wanted }]);
        const beside = {
            held: { "a.com if x=1&y=2": "shop" },
            wanted: { "a.com if x=2": "web", "b.com if x=1": "web" },
        };
        expect(handovers(beside)).toEqual([]);
        const other = { held: { "a.com if x=1": "shop" }, wanted: { "a.com if y": "web" } };
        expect(handovers(other)).toMatchObject([{ place: "a.com if x=1", after: other.wanted }]);
    });

    it("is a matter of its own port, where it is a TCP service's", () => {
        const one = { held: { ":5432": "orders" }, wanted: { "a.com:5432": "reports" } };
        expect(handovers(one)).toMatchObject([{ place: ":5432", after: one.wanted }]);
        expect(handovers({ held: { ":5432": "orders" }, wanted: { ":5433": "reports", "*": "web" } })).toEqual([]);
    });

    it("also waits for the places that its own service takes, because they may be refused", () => {
        const places = { held: { "*": "web" }, wanted: { "a.com": "shop", "b.com": "web" } };
        expect(handovers(places)).toMatchObject([
            { place: "*", from: "web", after: { "a.com": "shop", "b.com": "web" } },
        ]);
    });

    it("also waits for a place that only HAProxy's memory has, because a reload may end it", () => {
        const places = { held: { "*": "web", "a.com": "shop" }, wanted: { "a.com": "shop" } };
        expect(handovers(places)).toEqual([]);
        expect(standIns(places, "web")).toEqual({ "a.com": "shop" });
        const half = { ...places, halfWritten: ["a.com"] };
        expect(handovers(half)).toMatchObject([{ place: "*", from: "web", after: { "a.com": "shop" } }]);
        expect(standIns(half, "web")).toEqual({});
    });

    it("also needs the places that get its requests already, because another up may take them away", () => {
        const places = {
            held: { "*.example.com": "admin", "*": "admin", "a.com": "web" },
            wanted: { "*": "admin", "a.example.com": "web", "a.com": "web" },
        };
        expect(handovers(places)).toEqual([
            { place: "*.example.com", from: "admin", after: { "a.example.com": "web" }, beside: { "*": "admin" } },
        ]);
    });

    it("is removed by its own service if no other service begins to get its requests", () => {
        const cases: [held: Record<string, string>, wanted: Record<string, string>][] = [
            [{ "a.com": "shop" }, {}],
            // The other service had its place before.
            [{ "a.com/api": "api", "a.com": "shop" }, { "a.com": "shop" }],
            // The service's own other route.
            [{ "a.com/api": "api" }, { "a.com": "api" }],
            // The new places are beside it, neither around it nor inside.
            [{ "a.com/api": "api" }, { "a.com/apix": "web", "b.com": "web", "a.com/x": "web" }],
            [{ "a.example.com": "shop" }, { "*.b.example.com": "web", "*.com": "web" }],
            // Another service takes the same place, so that it is overwritten and not given up.
            [{ "a.com": "shop" }, { "a.com": "web" }],
        ];
        for (const [held, wanted] of cases) {
            expect(handovers({ held, wanted })).toEqual([]);
        }
    });
});
