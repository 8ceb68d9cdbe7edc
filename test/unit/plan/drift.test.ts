import { describe, expect, it } from "vitest";
import { findDrift, waysOut } from "../../../plan/drift";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, running, stopped } from "./support";

const whats = (service: Parameters<typeof findDrift>[0]) => findDrift(service).map(({ what }) => what);

describe("drift", () => {
    it("does not exist if everything is as recorded", () => {
        expect(findDrift(blueWithBGreenWarmWithA())).toEqual([]);
        expect(findDrift(observed({}))).toEqual([]);
    });

    it("is a link that differs from the last confirmed one, and then no other difference is reported", () => {
        const service = blueWithA({ live: "green", confirmed: "blue", green: stopped(recorded("B")) });
        expect(whats(service)).toEqual(["HAProxy links it to green, but the last confirmed link is blue"]);
    });

    it("is a share of requests for the other color", () => {
        expect(whats(blueWithBGreenWarmWithA({ percent: 10 }))).toEqual([
            "HAProxy sends 10 % of its requests to the color that is not live",
        ]);
    });

    it("is a map file with another link, reported with what HAProxy would do with it", () => {
        expect(whats(blueWithBGreenWarmWithA({ written: "green" }))).toEqual([
            "HAProxy's map file links it to green, but the last confirmed link is blue: users would go there when HAProxy " +
                "starts again or reloads",
        ]);
        expect(findDrift(blueWithBGreenWarmWithA({ written: "blue" }))).toEqual([]);
        expect(findDrift(observed({ written: "none" }))).toEqual([]);
    });

    it("is each deviation of the live color", () => {
        const deviations = [{ what: "web-1 was removed" }, { what: "web-2 is paused", fix: "docker unpause web-2" }];
        expect(whats(blueWithA({ blue: running(recorded("A"), 2, { running: 0, deviations }) }))).toEqual([
            "web-1 was removed",
            "web-2 is paused",
        ]);
    });

    it("is not a container that runs without being ready, because HAProxy checks that", () => {
        expect(findDrift(blueWithA({ blue: running(recorded("A"), 2, { ready: 0 }) }))).toEqual([]);
    });

    it("is not a surplus container, because an interrupted scaling left it", () => {
        expect(findDrift(blueWithA({ blue: running(recorded("A"), 1, { running: 3 }) }))).toEqual([]);
    });

    it("is not a deviation of the idle color", () => {
        const green = stopped(recorded("A"), 2);
        expect(findDrift(blueWithBGreenWarmWithA({ green: { ...green, strays: ["x"] } }))).toEqual([]);
    });
});

describe("the ways out of drift", () => {
    const restore =
        "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up";
    const ways = (service: Parameters<typeof findDrift>[0]) => waysOut("web", findDrift(service));

    it("are commands if each difference can be undone by hand", () => {
        expect(ways(blueWithA({ blue: stopped(recorded("A"), 2) }))).toBe(
            `docker start web-1; docker start web-2; or ${restore}`,
        );
    });

    it("are a reload of HAProxy for a link that only its memory has", () => {
        const moved = { live: "green", confirmed: "blue", generation: "shop-gen-3" } as const;
        const reload =
            "make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 shop-gen-3";
        expect(ways(blueWithBGreenWarmWithA(moved))).toBe(`${reload}; or ${restore}`);
        expect(ways(blueWithBGreenWarmWithA({ ...moved, written: "blue" }))).toBe(`${reload}; or ${restore}`);
        expect(ways(blueWithBGreenWarmWithA({ ...moved, written: "green" }))).toBe(restore);
        expect(ways(blueWithBGreenWarmWithA({ ...moved, generation: undefined }))).toBe(restore);
    });

    it("are only relink's repair if one difference cannot be undone by hand", () => {
        const deviations = [{ what: "web-1 was removed" }, { what: "web-2 is paused", fix: "docker unpause web-2" }];
        expect(ways(blueWithA({ blue: running(recorded("A"), 2, { deviations }) }))).toBe(restore);
    });
});
