import { describe, expect, it } from "vitest";
import { parseRoute } from "../../../model/Route";
import { plan } from "../../../plan/table";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, running, stopped, wish } from "./support";

const repair = { policy: { driftPolicy: "repair" as const } };

describe("driftPolicy: repair", () => {
    it("brings back the recorded live release if containers are missing, never the one that the config asks for", () => {
        const world = blueWithA({ blue: stopped(recorded("A"), 2, 1) });
        const made = plan(world, wish("B", repair));
        expect(made).toMatchObject({
            row: "repair",

            blue: { release: { image: "shop/web:A" }, replicas: 2, state: "running", act: true },
            green: { act: false },
            link: { live: "blue", act: false },
        });
        expect(made.sentence).toBe(
            "repairs drift (web-1 is stopped): blue is brought back to 2 replicas of " +
                "shop/web:A. What the config asks for waits for the next up.",
        );
    });

    it("takes routes: the service that had them may leave with this up", () => {
        const made = plan(
            blueWithA({ blue: stopped(recorded("A")) }),
            wish("B", { ...repair, routes: [parseRoute("a.com")] }),
        );
        expect(made.link).toMatchObject({ live: "blue", routes: [parseRoute("a.com")], act: true });
        expect(made.sentence).toContain(
            "then takes a.com, then gives up all other requests. What else the config asks for",
        );
    });

    it("brings back a live color whose containers are all stopped", () => {
        expect(plan(blueWithA({ blue: stopped(recorded("A")) }), wish("A", repair))).toMatchObject({
            row: "repair",
            blue: { act: true, replicas: 1 },
            link: { act: false },
        });
    });

    it("moves the link back to the confirmed color, and touches no container", () => {
        const made = plan(blueWithBGreenWarmWithA({ live: "green", confirmed: "blue" }), wish("A", repair));
        expect(made).toMatchObject({
            row: "repair",
            blue: { act: false },
            green: { act: false },
            link: { live: "blue", expect: recorded("B").id, act: true },
        });
        expect(made.sentence).toContain("the link moves back green => blue");
    });

    it("brings the confirmed color back before the link returns to it", () => {
        const world = blueWithBGreenWarmWithA({ live: "green", confirmed: "blue", blue: stopped(recorded("B")) });
        expect(plan(world, wish("A", repair))).toMatchObject({
            row: "repair",
            blue: { act: true },
            link: { act: true },
        });
    });

    it("brings back containers that an earlier repair has given up, before the link returns to them", () => {
        const world = blueWithA({
            live: "green",
            confirmed: "blue",
            blue: running(recorded("A"), 0),
            green: running(recorded("B")),
        });
        const made = plan(world, wish("A", { ...repair, replicas: 2 }));
        expect(made).toMatchObject({
            row: "repair",
            blue: { replicas: 2, act: true },
            link: { live: "blue", act: true },
        });
    });

    it("writes the link again if only HAProxy's map file differs, and touches no container", () => {
        const made = plan(blueWithBGreenWarmWithA({ written: "green" }), wish("A", repair));
        expect(made).toMatchObject({
            row: "repair",
            blue: { act: false },
            green: { act: false },
            link: { live: "blue", act: true },
        });
        expect(made.sentence).toContain(": the link to blue is written again. What the config asks for waits");
    });

    it("takes back a share of requests that somebody gave to the other color", () => {
        expect(plan(blueWithBGreenWarmWithA({ percent: 50 }), wish("B", repair))).toMatchObject({
            row: "repair",
            blue: { act: false },
            link: { live: "blue", act: true },
        });
    });

    it("replaces foreign containers on the live color by the recorded release", () => {
        const deviations = [{ what: "foreign was added" }];
        const world = blueWithA({ blue: running(recorded("A"), 1, { strays: ["foreign"], deviations }) });
        expect(plan(world, wish("A", repair))).toMatchObject({ row: "repair", blue: { act: true, replicas: 1 } });
    });

    it("brings back containers that an earlier repair has given up beside foreign ones, which may be all that answer", () => {
        const deviations = [{ what: "foreign was added" }];
        const blue = running(recorded("A"), 0, { strays: ["foreign"], deviations });
        expect(plan(blueWithA({ blue }), wish("A", { ...repair, replicas: 2 }))).toMatchObject({
            row: "repair",
            blue: { act: true, replicas: 2 },
        });
    });

    it("keeps containers that an interrupted up has started again once a repair had given them up", () => {
        const blue = {
            ...running(recorded("A"), 0),
            running: 1,
            ready: 1,
            deviations: [{ what: "the map was edited" }],
        };
        expect(plan(blueWithA({ blue }), wish("A", repair))).toMatchObject({
            row: "repair",
            blue: { act: true, replicas: 1 },
        });
    });

    it("is refused if the record holds no release to go back to", () => {
        const world = observed({ live: "green", confirmed: "none", green: running(recorded("A")) });
        expect(plan(world, wish("A", repair)).refusal).toBe(
            "drift: HAProxy links it to green, but the last confirmed link is none. The record holds nothing that could be " +
                "restored. Nothing is changed. To go on: put back the record that knows what serves; or take web out of " +
                "the stack config, run pulumi up, put it back and run pulumi up again (users get no answer in between)",
        );
        expect(plan({ ...world, generation: "front-gen-1" }, wish("A", repair)).refusal).toContain(
            "To go on: make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 " +
                "front-gen-1. Users get no answer from then until the next pulumi up",
        );
        const color = blueWithA({ blue: { ...stopped(recorded("A")), release: undefined } });
        expect(plan(color, wish("A", repair)).refusal).toMatch(/To go on: docker start web-1$/);
    });

    it("moves no link to a release that was judged bad, although the record names it", () => {
        const bad = recorded("B", { linked: false, judgedBad: { reason: "5xx" } });
        const world = blueWithA({ confirmed: "green", green: running(bad) });
        const made = plan(world, wish("A", repair));
        expect(made).toMatchObject({ row: "drift", link: { live: "blue" } });
        expect(made.refusal).toMatch(
            /The record says green, but shop\/web:B there was judged bad \(5xx\)\. To go on: put back the record/,
        );
        expect(plan({ ...world, generation: "front-gen-1" }, wish("A", repair)).refusal).toMatch(
            /judged bad \(5xx\)\. To go on: make HAProxy read its files again, .*docker kill --signal USR2 front-gen-1$/,
        );
    });

    it("moves the link even there if no container answers on the other color", () => {
        const bad = recorded("B", { linked: false, judgedBad: { reason: "5xx" } });
        const world = blueWithA({ confirmed: "green", blue: stopped(recorded("A")), green: running(bad) });
        expect(plan(world, wish("A", repair))).toMatchObject({
            row: "repair",
            blue: { act: false },
            green: { act: false },
            link: { live: "green", expect: bad.id, act: true },
        });
    });

    it("proves the color before the link returns there if an interrupted up has left it unproved", () => {
        const unproved = recorded("B", { proved: false });
        const world = blueWithA({ confirmed: "green", green: running(unproved) });
        expect(plan(world, wish("A", repair))).toMatchObject({ row: "repair", green: { act: true } });
    });

    it("judges no release while something has drifted", () => {
        const stable = { color: "blue", release: recorded("A").id } as const;
        const green = stopped(recorded("B", { linked: false }), 2, 1);
        const made = plan(blueWithA({ live: "green", green, stable }), wish("B"));
        expect({ row: made.row, recovery: made.recovery }).toEqual({ row: "drift", recovery: undefined });
    });

    it("changes nothing if nothing has drifted", () => {
        expect(plan(blueWithA(), wish("A", repair))).toMatchObject({ row: "nothing" });
    });
});
