import { describe, expect, it } from "vitest";
import { routeText } from "../../../settings/Route";
import { configWith, linesOf, problemsIn, settingsOf } from "./support";

function strategyOf(strategy: unknown, others: object = {}) {
    return settingsOf(configWith({ ...(strategy === undefined ? {} : { strategy }), ...others })).services[0]!.policy
        .strategy;
}

const worker = { port: undefined, strategy: "rolling" };

describe("a strategy", () => {
    it("is blueGreen unless another one is named", () => {
        expect(strategyOf(undefined)).toEqual({ kind: "blueGreen" });
        expect(strategyOf("blueGreen")).toEqual({ kind: "blueGreen" });
    });

    it("may be one word, which means all its defaults", () => {
        const rolling = {
            kind: "rolling",
            step: 1,
            gracePeriodMs: 0,
            order: "startFirst",
            healthcheckTimeoutMs: 60_000,
            waitMs: 10_000,
            waitAfterHealthyMs: 0,
            preStopCommand: undefined,
            preStopIn: "host",
            preStopWaitUntilUnhealthy: false,
        };
        expect(strategyOf("rolling")).toEqual(rolling);
        expect(strategyOf({ rolling: {} })).toEqual(rolling);
    });

    it.each<[object, object]>([
        [{ step: 3 }, { step: 3 }],
        [{ step: "half" }, { step: "half" }],
        [{ step: "service" }, { step: "service" }],
        [
            { gracePeriod: "5s", wait: "0s" },
            { gracePeriodMs: 5_000, waitMs: 0 },
        ],
        [
            { healthcheckTimeout: "2m", waitAfterHealthy: "1s" },
            { healthcheckTimeoutMs: 120_000, waitAfterHealthyMs: 1000 },
        ],
        [{ preStopCommand: "drain {id}" }, { preStopCommand: "drain {id}", preStopIn: "host" }],
        [
            { preStopCommand: "touch /off", preStopIn: "container", preStopWaitUntilUnhealthy: true },
            { preStopIn: "container", preStopWaitUntilUnhealthy: true },
        ],
    ])("rolling takes %j", (rolling, wanted) => {
        expect(strategyOf({ rolling })).toMatchObject(wanted);
    });

    it("rolling stops first where enough is left", () => {
        expect(strategyOf({ rolling: { order: "stopFirst" } }, { replicas: 2 })).toMatchObject({ order: "stopFirst" });
    });

    it("rolling lets a service do without a port, and so without hosts", () => {
        const { services } = settingsOf({
            services: { worker: { image: "a", ...worker }, web: { image: "b", port: 1 } },
        });
        expect(services.map(({ name, routes, release }) => [name, routes.map(routeText), release.port])).toEqual([
            ["web", ["*"], 1],
            ["worker", [], undefined],
        ]);
    });
});

describe("a wrong strategy", () => {
    const web = "relink:services.web";
    const rolling = `${web}.strategy.rolling`;
    it.each<[string, object, string]>([
        [
            "another word",
            { strategy: "recreate" },
            `${web}.strategy: is "recreate", but must be one of blueGreen, rolling`,
        ],
        ["a list", { strategy: [] }, `${web}.strategy: is a list, but must be one of blueGreen, rolling`],
        [
            "another key",
            { strategy: { roling: {} } },
            `${web}.strategy.roling: is not a known key; did you mean rolling?`,
        ],
        [
            "a misspelled key",
            { strategy: { rolling: { steps: 1 } } },
            `${rolling}.steps: is not a known key; did you mean step?`,
        ],
        ["no step at all", { strategy: { rolling: { step: 0 } } }, `${rolling}.step: is 0, but must be a whole number`],
        ["a step in words", { strategy: { rolling: { step: "third" } } }, `${rolling}.step: is "third", but must be`],
        ["a bare number", { strategy: { rolling: { gracePeriod: 5 } } }, `${rolling}.gracePeriod: is 5, but must be`],
        [
            "all stopped at once",
            { replicas: 3, strategy: { rolling: { order: "stopFirst", step: "service" } } },
            `${rolling}.step: is service together with order: stopFirst`,
        ],
        [
            "the only one stopped",
            { strategy: { rolling: { order: "stopFirst" } } },
            `${rolling}.order: is stopFirst, but replicas is 1`,
        ],
        [
            "less time than a proof takes",
            { strategy: { rolling: { healthcheckTimeout: "5s" } } },
            `${rolling}.healthcheckTimeout: is 5s, but must be longer than minHealthyTime (5s)`,
        ],
        [
            "a place for no command",
            { strategy: { rolling: { preStopIn: "container" } } },
            `${rolling}.preStopIn: is set, but means nothing without preStopCommand`,
        ],
        [
            "a wait for what no command brings about",
            { strategy: { rolling: { preStopWaitUntilUnhealthy: true } } },
            `${rolling}.preStopWaitUntilUnhealthy: is set, but means nothing without preStopCommand`,
        ],
        [
            "a check before a moment that does not come",
            { strategy: "rolling", hooks: { prePromotion: { command: "check" } } },
            `${web}.hooks.prePromotion: is set together with strategy: rolling`,
        ],
        ["a worker that does not roll", { port: undefined }, `${web}.port: is missing`],
        ["hosts of a worker", { ...worker, hosts: ["a.com"] }, `${web}.hosts: is set, but means nothing without port`],
        ["a path of a worker", { ...worker, health: { path: "/" } }, `${web}.health.path: is set, but means nothing`],
    ])("is told: %s", (_, service, line) => {
        const lines = linesOf(configWith(service));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toContain(line);
    });

    it("comes with the command that fixes it", () => {
        const service = { strategy: { rolling: { order: "stopFirst" } } };
        expect(problemsIn(configWith(service)).map(({ fix }) => fix)).toEqual([
            "pulumi config set --path 'relink:services.web.strategy.rolling.order' startFirst",
        ]);
    });
});
