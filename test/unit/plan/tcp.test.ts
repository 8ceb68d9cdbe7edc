import { describe, expect, it } from "vitest";
import type { ObservedService } from "../../../model/ObservedService";
import type { CanarySettings } from "../../../model/StrategySettings";
import type { Plan } from "../../../plan/Plan";
import { canaryOf, held, releaseB, walking } from "./canarySupport";
import { blueWithA, plan, stopped, wish } from "./support";

/** @returns the same with TCP services */
function ofTcp<T>(value: T): T {
    const settings = (inner: object) => ({ ...inner, protocol: "tcp" });
    return JSON.parse(JSON.stringify(value), (key, inner) => (key === "settings" ? settings(inner) : inner));
}

function textsOf({ sentence, steps = [], refusal = "" }: Plan): string {
    return [sentence, ...steps, refusal].join("\n");
}

/** @returns what the plan says for a service with requests, and for the same one as a TCP service */
function said(world: ObservedService, version: string, canary: CanarySettings, change: object = {}): [string, string] {
    const wanted = wish(version, { policy: { strategy: { kind: "canary", ...canary }, ...change } });
    return [textsOf(plan(world, wanted)), textsOf(plan(ofTcp(world), ofTcp(wanted)))];
}

describe("the plan of a TCP service", () => {
    const begun = { kind: "switch", from: "blue", to: "blue", percent: 25, release: releaseB.id } as const;
    it.each<[string, [string, string], string]>([
        ["a share that is held", said(blueWithA(), "B", held(25)), "it gets 25 % of the connections and is judged"],
        ["each step of a canary", said(blueWithA(), "B", walking), "green gets 50 % of the connections and is judged"],
        ["the last step", said(blueWithA(), "B", walking), "green gets all connections: the link moves"],
        ["a share that stays", said(canaryOf(25), "B", held(25)), "it goes on with 25 % of the connections"],
        ["a share that is given back", said(canaryOf(25), "B", held(0)), "gives its share of the connections back"],
        [
            "a share that another up began",
            said(canaryOf(0, { intent: begun }), "B", held(25)),
            "25 % of the connections",
        ],
        [
            "a share that must stay",
            said(canaryOf(25, { blue: { ...blueWithA().blue, ready: 0 } }), "A", held(0)),
            "keeps its 25 % of the connections",
        ],
        [
            "a share by hand",
            said(canaryOf(50, { confirmedPercent: 25 }), "B", held(25)),
            "HAProxy sends 50 % of its connections to",
        ],
        [
            "a share that a repair gives back",
            said(canaryOf(25, { green: stopped(releaseB) }), "B", held(25), { driftPolicy: "repair" }),
            "green gives its share of the connections back",
        ],
    ])("names the connections of %s", (_, [http, tcp], words) => {
        expect(tcp).toContain(words);
        expect(http).toContain(words.replace("connections", "requests"));
        expect(tcp).not.toContain("request");
    });

    it("promises no preview address to a release that waits at 0 %", () => {
        const [http, tcp] = said(blueWithA(), "B", held(0));
        expect(http).toContain("it waits at 0 % of the requests, reachable at its preview address;");
        expect(tcp).toContain("it waits at 0 % of the connections;");
    });
});
