import type { Color } from "../../../model/Color";
import type { Release } from "../../../model/Release";
import { parseRoute, placeOf } from "../../../model/Route";
import type { StrategySettings } from "../../../model/StrategySettings";
import type { Desired } from "../../../plan/Desired";
import { policyOf, releaseOf } from "../../unit/plan/support";
import type { Surroundings } from "./SimulatedUp";
import { strategies } from "./strategies";

/** Images and settings to release: new ones, the same image with other settings, and another port. */
export const releases = {
    A: releaseOf("A"),
    B: releaseOf("B"),
    C: releaseOf("C"),
    "B with other settings": releaseOf("B", { env: { LEVEL: "debug" } }),
    "A on another port": releaseOf("A", { port: 9090 }),
} satisfies Record<string, Release>;

const rolling = { strategy: { rolling: {} }, port: undefined };

/** The same of a service without a port. */
const backgroundReleases: typeof releases = {
    A: releaseOf("A", rolling),
    B: releaseOf("B", rolling),
    C: releaseOf("C", rolling),
    "B with other settings": releaseOf("B", { ...rolling, env: { LEVEL: "debug" } }),
    "A on another port": releaseOf("A", { ...rolling, env: { LEVEL: "trace" } }),
};

/** No settings ask for more containers at a step than there are in the end. */
function fitting(strategy: StrategySettings, most: number): StrategySettings {
    return strategy.kind !== "canary"
        ? strategy
        : {
              ...strategy,
              steps: strategy.steps.map(({ replicas = most, ...step }) => ({
                  ...step,
                  replicas: Math.min(replicas, most),
              })),
          };
}

const [, rollingAtOnce] = strategies as [StrategySettings, StrategySettings];
const policy = policyOf({ bakeTimeMs: 15_000 });

/** What the user's config says. */
export interface Wish extends Surroundings {
    version: keyof typeof releases;
    replicas: number;
    hosts: string[];
    /** Another service of the config takes the route of this host. */
    taken: string | undefined;
    live: "auto" | Color;
    promote: keyof typeof releases | undefined;
    previousColor: "keep" | "stop" | "remove";
    retryToken: string | undefined;
    driftPolicy: "fail" | "repair";
    autoPromotion: boolean;
    strategy: StrategySettings;
    bakeTimeMs: number;
    /** The color before answers while nobody does on the live one. */
    failover: boolean;
    /** The service has no port: no request comes to it, and it rolls. */
    isBackground: boolean;
}

export const firstWish: Wish = {
    version: "A",
    replicas: 1,
    hosts: ["*"],
    taken: undefined,
    live: "auto",
    promote: undefined,
    previousColor: "keep",
    retryToken: undefined,
    driftPolicy: "fail",
    autoPromotion: true,
    strategy: { kind: "blueGreen" },
    bakeTimeMs: 15_000,
    failover: false,
    isBackground: false,
    hooks: {},
    registry: true,
};

/** @returns the wish without what the settings refuse of a service without a port. */
export function allowed(wish: Wish): Wish {
    const { isBackground, strategy, previousColor } = wish;
    const failover = wish.failover && !isBackground && strategy.kind !== "rolling" && previousColor === "keep";
    const rolls: StrategySettings = strategy.kind === "rolling" ? strategy : rollingAtOnce;
    const nothing = { hosts: [], taken: undefined, live: "auto" as const, promote: undefined, autoPromotion: true };
    return isBackground ? { ...wish, ...nothing, failover, strategy: rolls } : { ...wish, failover };
}

export function desiredOf(wish: Wish): Desired {
    const { version, replicas, hosts, taken, live, promote, failover, isBackground, ...rest } = allowed(wish);
    const { hooks: _hooks, registry: _registry, ...others } = rest;
    const known = isBackground ? backgroundReleases : releases;
    const routes = hosts.map(parseRoute);
    const wanted = Object.fromEntries(routes.map(route => [placeOf(route), "web"]));
    return {
        release: known[version],
        replicas,
        routes,
        places: { held: {}, wanted: taken === undefined ? wanted : { [taken]: "api", ...wanted } },
        live,
        promote: promote && known[promote].id,
        failover,
        policy: { ...policy, ...others, strategy: fitting(others.strategy, replicas) },
    };
}
