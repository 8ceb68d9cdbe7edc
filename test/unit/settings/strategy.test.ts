import { describe, expect, it } from "vitest";
import { routeText } from "../../../model/Route";
import { chosenUsersPercent } from "../../../model/Share";
import { configWith, settingsOf } from "./support";

function strategyOf(strategy: unknown, others: object = {}) {
    return settingsOf(configWith({ ...(strategy === undefined ? {} : { strategy }), ...others })).services[0]!.policy
        .strategy;
}

const background = { port: undefined, strategy: "rolling" };

describe("a strategy", () => {
    it("is blueGreen by default", () => {
        expect(strategyOf(undefined)).toEqual({ kind: "blueGreen" });
        expect(strategyOf("blueGreen")).toEqual({ kind: "blueGreen" });
    });

    it("may be one word, with all defaults", () => {
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

    it("rolling may stop first if another container stays", () => {
        expect(strategyOf({ rolling: { order: "stopFirst" } }, { replicas: 2 })).toMatchObject({ order: "stopFirst" });
    });

    it.each<[object, object]>([
        [{ weight: 0 }, { steps: [{ weight: 0 }], promotes: false, sticky: "none" }],
        [
            { weight: 0, replicas: 2 },
            { steps: [{ weight: 0, replicas: 2 }], promotes: false },
        ],
        [{ weight: 25 }, { steps: [{ weight: 25, pauseMs: 15_000, analysis: true }], promotes: false }],
        [
            { weight: 25, replicas: 1 },
            { steps: [{ weight: 25, replicas: 1 }], promotes: false },
        ],
        [
            { weight: 100, replicas: 1 },
            { steps: [], promotes: true },
        ],
        [
            { steps: [{ weight: 10, replicas: 1 }, { weight: 20, replicas: 2 }, { weight: 50 }] },
            {
                steps: [{ weight: 10, replicas: 1 }, { weight: 20, replicas: 2 }, { weight: 50 }],
                promotes: true,
            },
        ],
        [
            { weight: 100, sticky: "hash" },
            { steps: [], promotes: true, sticky: "hash" },
        ],
        [
            {
                steps: [
                    { weight: 10, pause: "5m" },
                    { weight: 50, analysis: false },
                ],
                sticky: "cookie",
            },
            {
                steps: [
                    { weight: 10, pauseMs: 300_000, analysis: true },
                    { weight: 50, pauseMs: 15_000, analysis: false },
                ],
                promotes: true,
                sticky: "cookie",
            },
        ],
        [
            { weight: 0, match: [{ header: "X-Beta", value: "yes" }] },
            {
                steps: [{ weight: chosenUsersPercent, pauseMs: 15_000 }],
                promotes: false,
                match: [{ header: "x-beta", value: "yes" }],
            },
        ],
        [
            { weight: 10, match: [{ cookie: "beta" }, { cookie: "staff", value: "on" }] },
            { steps: [{ weight: 10 }], match: [{ cookie: "beta" }, { cookie: "staff", value: "on" }] },
        ],
    ])("canary takes %j", (canary, wanted) => {
        expect(strategyOf({ canary }, { replicas: 3 })).toMatchObject({ kind: "canary", ...wanted });
    });

    it("canary keeps each user on one color where the service keeps them on one container", () => {
        expect(strategyOf({ canary: { weight: 5 } }, { sticky: "cookie" })).toMatchObject({ sticky: "cookie" });
        expect(strategyOf({ canary: { weight: 5, sticky: "hash" } }, { sticky: "cookie" })).toMatchObject({
            sticky: "hash",
        });
        expect(strategyOf({ canary: { weight: 5, sticky: "none" } })).toMatchObject({ sticky: "none" });
    });

    it("canary steps last as long as bakeTime by default", () => {
        expect(strategyOf({ canary: { weight: 5 } }, { bakeTime: "2m" })).toMatchObject({
            steps: [{ pauseMs: 120_000 }],
        });
    });

    it("rolling allows a background service, without port and routes", () => {
        const { services } = settingsOf({
            services: { worker: { image: "a", ...background }, web: { image: "b", port: 1 } },
        });
        expect(services.map(({ name, routes, release }) => [name, routes.map(routeText), release.port])).toEqual([
            ["web", ["*"], 1],
            ["worker", [], undefined],
        ]);
    });
});
