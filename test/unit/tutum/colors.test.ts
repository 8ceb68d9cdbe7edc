import { describe, expect, it } from "vitest";
import { type Candidate, chooseServices } from "../../../tutum/colors";

function candidate(service: string, others: Partial<Candidate> = {}): Candidate {
    return { service, image: "shop/web:v1", variables: {}, isLinked: true, isOff: false, replicas: 1, ...others };
}

/** @returns `NAME: LIVE (IDLE)` of each service, or the first problem */
function choose(candidates: Candidate[], live?: string): string[] {
    const { chosen, problems } = chooseServices(candidates, live);
    return [
        ...chosen.map(({ name, live: { service }, idle, replicas }) =>
            [`${name}: ${service}`, idle && ` (${idle.service})`, replicas && ` x${replicas}`].filter(Boolean).join(""),
        ),
        ...problems.map(({ service, message, fix }) => `${service} ${message}; ${fix}`),
    ];
}

describe("Services of a stack", () => {
    it.each<[string, Candidate[], string[]]>([
        [
            "the linked one is live",
            [candidate("web-blue", { isLinked: false }), candidate("web-green")],
            ["web: web-green (web-blue)"],
        ],
        [
            "the one that a label keeps away is idle",
            [candidate("web-blue", { isOff: true }), candidate("web-green")],
            ["web: web-green (web-blue)"],
        ],
        [
            "the one with the host is live",
            [candidate("web_blue", { variables: { VIRTUAL_HOST: "a.b" } }), candidate("web_green")],
            ["web: web_blue (web_green)"],
        ],
        [
            "the backup is idle",
            [candidate("web-blue"), candidate("web-green", { variables: { FAILOVER: "1" } })],
            ["web: web-blue (web-green)"],
        ],
        [
            "both with one image served together",
            [candidate("web-blue", { replicas: 2 }), candidate("web-green", { replicas: 3 })],
            ["web: web-blue (web-green) x5"],
        ],
        ["one of no pair", [candidate("Shop_API")], ["shop-api: Shop_API"]],
        ["one color alone", [candidate("web-blue")], ["web: web-blue"]],
        ["what is not linked stays", [candidate("db", { isLinked: false }), candidate("web")], ["web: web"]],
        ["what a label keeps away stays", [candidate("api", { isOff: true }), candidate("web")], ["web: web"]],
        [
            "two pairs",
            [
                candidate("a-blue"),
                candidate("b-blue", { isLinked: false }),
                candidate("a-green", { isLinked: false }),
                candidate("b-green"),
            ],
            ["a: a-blue (a-green)", "b: b-green (b-blue)"],
        ],
    ])("become colors: %s", (_, candidates, expected) => {
        expect(choose(candidates)).toEqual(expected);
    });

    const swapped = [
        candidate("web-blue", { variables: { VIRTUAL_HOST: "www.example.com" } }),
        candidate("web-green", { variables: { VIRTUAL_HOST: "green.example.com" } }),
    ];

    it("need a word where both get requests by hosts of their own", () => {
        expect(choose(swapped)).toEqual([
            expect.stringMatching(/^web-blue and web-green both get requests.*--live web-blue$/),
        ]);
        expect(choose(swapped, "web-green")).toEqual(["web: web-green (web-blue)"]);
    });

    it.each([
        ["two of one name", ["web", "Web"], /would be called web in relink, as web/],
        ["a name that relink does not have", ["1web"], /has a name that is none in relink/],
        ["the name of no color", ["none"], /has a name that is none in relink/],
    ])("are refused: %s", (_, names, says) => {
        expect(choose(names.map(name => candidate(name))).at(-1)).toMatch(says);
    });
});
