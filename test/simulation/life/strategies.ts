import type { StrategySettings } from "../../../model/StrategySettings";
import { configWith, settingsOf } from "../../unit/settings/support";

export const strategies: StrategySettings[] = [
    { kind: "blueGreen" },
    rolling({}),
    rolling({ step: "half" }),
    rolling({ step: "service" }),
    rolling({ order: "stopFirst" }),
];

export const canaries: StrategySettings[] = [
    ...[0, 25, 50, 100].map(weight => canary({ weight })),
    canary({ weight: 0, replicas: 1 }),
    canary({ weight: 25, replicas: 1 }),
    canary({ weight: 25, sticky: "cookie" }),
    canary({ weight: 0, match: [{ header: "x-beta", value: "yes" }] }),
    canary({ steps: [{ weight: 10 }, { weight: 50 }] }),
    canary({
        steps: [
            { weight: 25, pause: "0s" },
            { weight: 60, analysis: false },
        ],
    }),
];

/** Steps with containers of their own; those without have all. */
export const growing: StrategySettings[] = [
    [1],
    [2],
    [1, 1],
    [1, 2],
    [1, 3],
    [1, undefined],
    [2, 2],
    [2, undefined],
    [1, 1, 2],
    [1, 2, 3],
    [1, 2, undefined],
].map(numbers => canary({ steps: numbers.map((replicas, index) => ({ weight: 10 + 25 * index, replicas })) }));

function rolling(settings: object): StrategySettings {
    return strategyOf({ rolling: settings });
}

function canary(settings: object): StrategySettings {
    return strategyOf({ canary: settings });
}

/** @returns a strategy as the settings read it. */
export function strategyOf(strategy: object): StrategySettings {
    return settingsOf(configWith({ replicas: 3, strategy })).services[0]!.policy.strategy;
}
