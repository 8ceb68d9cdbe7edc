import { describe, expect, it } from "vitest";
import { configWith, linesOf, problemsIn } from "./support";

const background = { port: undefined, strategy: "rolling" };

describe("a wrong strategy", () => {
    const web = "relink:services.web";
    const rolling = `${web}.strategy.rolling`;
    const canary = `${web}.strategy.canary`;
    it.each<[string, object, string]>([
        [
            "users chosen by relink's own header",
            { strategy: { canary: { weight: 0, match: [{ header: "x-relink-color", value: "green" }] } } },
            `${canary}.match[0].header: is "x-relink-color", but must be the name of a request's header`,
        ],
        [
            "users chosen by a header without a value",
            { strategy: { canary: { weight: 0, match: [{ header: "x-beta" }] } } },
            `${canary}.match[0].value: is missing: it must be a text of 1 to 200 printable letters`,
        ],
        [
            "users chosen by a value with a quote",
            { strategy: { canary: { weight: 0, match: [{ header: "x-beta", value: 'a"b' }] } } },
            `${canary}.match[0].value: is "a\\"b", but must be a text`,
        ],
        [
            "users chosen by a value of two lines",
            { strategy: { canary: { weight: 0, match: [{ cookie: "beta", value: "a\nb" }] } } },
            `${canary}.match[0].value: is "a\\nb", but must be a text`,
        ],
        [
            "users chosen by relink's own cookie",
            { strategy: { canary: { weight: 0, match: [{ cookie: "relink-visitor", value: "1" }] } } },
            `${canary}.match[0].cookie: is "relink-visitor", but must be the name of a cookie`,
        ],
        [
            "users chosen by two things in one entry",
            { strategy: { canary: { weight: 0, match: [{ cookie: "beta", header: "x-beta" }] } } },
            `${canary}.match[0].header: is not a known key`,
        ],
        [
            "users who stay on a container and not on a color",
            { sticky: "cookie", strategy: { canary: { weight: 10, sticky: "none" } } },
            `${canary}.sticky: is none, but a user whom sticky keeps on one container`,
        ],
        [
            "users who stay on a container in another way",
            { sticky: "hash" },
            `${web}.sticky: is "hash", but must be cookie`,
        ],
        [
            "failover inside one color",
            { failover: true, strategy: "rolling" },
            `${web}.failover: is true together with strategy: rolling`,
        ],
        [
            "failover to a color that is stopped",
            { failover: true, previousColor: "stop" },
            `${web}.previousColor: is stop together with failover: true`,
        ],
        ["failover to a color by name", { failover: "blue" }, `${web}.failover: is "blue", but must be`],
        [
            "failover of a background service",
            { ...background, failover: true },
            `${web}.failover: is set, but means nothing`,
        ],
        [
            "users chosen by a text",
            { strategy: { canary: { weight: 0, match: ["x-beta"] } } },
            `${canary}.match[0]: is "x-beta", but must be an object`,
        ],
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
        [
            "a number without unit",
            { strategy: { rolling: { gracePeriod: 5 } } },
            `${rolling}.gracePeriod: is 5, but must be`,
        ],
        [
            "stopping all at once",
            { replicas: 3, strategy: { rolling: { order: "stopFirst", step: "service" } } },
            `${rolling}.step: is service together with order: stopFirst`,
        ],
        [
            "stopping the only one",
            { strategy: { rolling: { order: "stopFirst" } } },
            `${rolling}.order: is stopFirst, but replicas is 1`,
        ],
        [
            "less time than a proof takes",
            { strategy: { rolling: { healthcheckTimeout: "5s" } } },
            `${rolling}.healthcheckTimeout: is 5s, but must be longer than minHealthyTime (5s)`,
        ],
        [
            "a place without a command",
            { strategy: { rolling: { preStopIn: "container" } } },
            `${rolling}.preStopIn: is set, but means nothing without preStopCommand`,
        ],
        [
            "a wait without a command",
            { strategy: { rolling: { preStopWaitUntilUnhealthy: true } } },
            `${rolling}.preStopWaitUntilUnhealthy: is set, but means nothing without preStopCommand`,
        ],
        [
            "a hook before a promotion that does not exist",
            { strategy: "rolling", hooks: { prePromotion: { command: "check" } } },
            `${web}.hooks.prePromotion: is set together with strategy: rolling`,
        ],
        [
            "a canary in one word",
            { strategy: "canary" },
            `${web}.strategy: is "canary", but must be one of blueGreen, rolling, or`,
        ],
        ["a canary without a share", { strategy: { canary: {} } }, `${canary}: must have a weight from 0 to 100`],
        ["no steps", { strategy: { canary: { steps: [] } } }, `${canary}: must have a weight from 0 to 100`],
        [
            "a share above 100",
            { strategy: { canary: { weight: 101 } } },
            `${canary}.weight: is 101, but must be a whole number from 0 to 100`,
        ],
        [
            "a share with a fraction",
            { strategy: { canary: { weight: 0.5 } } },
            `${canary}.weight: is 0.5, but must be a whole number`,
        ],
        [
            "all requests in a step",
            { strategy: { canary: { steps: [{ weight: 100 }] } } },
            `${canary}.steps[0].weight: is 100, but must be a whole number from 1 to 99`,
        ],
        [
            "steps that do not rise",
            { strategy: { canary: { steps: [{ weight: 10 }, { weight: 50 }, { weight: 50 }] } } },
            `${canary}.steps[2].weight: is 50, but must be more than in the steps before it (50)`,
        ],
        [
            "more containers in a step than there are",
            { replicas: 4, strategy: { canary: { steps: [{ weight: 10, replicas: 5 }, { weight: 50 }] } } },
            `${canary}.steps[0].replicas: is 5, more than the service has at all (replicas: 4)`,
        ],
        [
            "fewer containers than in the step before",
            {
                replicas: 4,
                strategy: {
                    canary: {
                        steps: [
                            { weight: 10, replicas: 2 },
                            { weight: 50, replicas: 1 },
                        ],
                    },
                },
            },
            `${canary}.steps[1].replicas: is 1, but must not be fewer than in the steps before it (2)`,
        ],
        [
            "fewer containers than a step before, which has all",
            { replicas: 4, strategy: { canary: { steps: [{ weight: 10 }, { weight: 50, replicas: 3 }] } } },
            `${canary}.steps[1].replicas: is 3, but must not be fewer than in the steps before it (4)`,
        ],
        [
            "no container in a step",
            { strategy: { canary: { steps: [{ weight: 10, replicas: 0 }] } } },
            `${canary}.steps[0].replicas: is 0, but must be a whole number from 1 to 100`,
        ],
        [
            "replicas of a held weight beside steps",
            { strategy: { canary: { replicas: 1, steps: [{ weight: 10 }] } } },
            `${canary}.replicas: is set together with steps: it goes with a held weight, and each of steps has its own`,
        ],
        [
            "more containers at a held weight than there are",
            { strategy: { canary: { weight: 10, replicas: 2 } } },
            `${canary}.replicas: is 2, more than the service has at all (replicas: 1)`,
        ],
        [
            "more containers than maxReplicas allows",
            { replicas: 9, strategy: { canary: { steps: [{ weight: 10, replicas: 9 }] } } },
            `${web}.replicas: is 9, but must be at most maxReplicas (8)`,
        ],
        [
            "a step without a share",
            { strategy: { canary: { steps: [{ pause: "1m" }] } } },
            `${canary}.steps[0].weight: is missing`,
        ],
        [
            "a held weight and steps",
            { strategy: { canary: { weight: 10, steps: [{ weight: 10 }] } } },
            `${canary}.weight: is set together with steps`,
        ],
        [
            "two strategies",
            { strategy: { rolling: {}, canary: { weight: 1 } } },
            `${canary}: is set together with rolling`,
        ],
        [
            "a canary of a background service",
            { port: undefined, strategy: { canary: { weight: 1 } } },
            `${web}.port: is missing`,
        ],
        [
            "an unknown sticky",
            { strategy: { canary: { weight: 10, sticky: "header" } } },
            `${canary}.sticky: is "header", but must be one of none, cookie, hash`,
        ],
        ["a background service that does not roll", { port: undefined }, `${web}.port: is missing`],
        [
            "hosts of a background service",
            { ...background, hosts: ["a.com"] },
            `${web}.hosts: is set, but means nothing without port`,
        ],
        [
            "a path of a background service",
            { ...background, health: { path: "/" } },
            `${web}.health.path: is set, but means nothing`,
        ],
    ])("is reported: %s", (_, service, line) => {
        const lines = linesOf(configWith(service));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toContain(line);
    });

    it("is reported with the command that mends it", () => {
        const service = { strategy: { rolling: { order: "stopFirst" } } };
        expect(problemsIn(configWith(service)).map(({ fix }) => fix)).toEqual([
            "pulumi config set --path 'relink:services.web.strategy.rolling.order' startFirst",
        ]);
    });
});
