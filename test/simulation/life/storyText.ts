import type { StrategySettings } from "../../../model/StrategySettings";
import type { Faults } from "./Faults";
import type { Wish } from "./Wish";

/** What the user changes in the stack config, in words. Empty where that is nothing. */
export function wishText(change: Partial<Wish>): string {
    return Object.keys(change)
        .map(key => wishTexts[key as keyof Wish]?.(change as Wish))
        .join(", ");
}

const wishTexts: Record<keyof Wish, (wish: Wish) => string> = {
    version: ({ version }) => `the release ${version}`,
    replicas: ({ replicas }) => `replicas: ${replicas}`,
    hosts: ({ hosts }) => `hosts: ${hosts.join(", ")}`,
    taken: ({ taken }) => (taken ? `the host ${taken} for another service` : "no host for another service"),
    live: ({ live }) => `live: ${live}`,
    promote: ({ promote }) => (promote ? `promote: ${promote}` : "no promote"),
    previousColor: ({ previousColor }) => `previousColor: ${previousColor}`,
    retryToken: ({ retryToken }) => (retryToken ? `retryToken: ${retryToken}` : "no retryToken"),
    driftPolicy: ({ driftPolicy }) => `driftPolicy: ${driftPolicy}`,
    autoPromotion: ({ autoPromotion }) => `autoPromotion: ${autoPromotion}`,
    strategy: ({ strategy }) => `strategy: ${strategyText(strategy)}`,
    failover: ({ failover }) => `failover: ${failover}`,
    isBackground: ({ isBackground }) => (isBackground ? "no port" : "a port"),
    bakeTimeMs: ({ bakeTimeMs }) => `bakeTime: ${bakeTimeMs / 1000} s`,
    hooks: ({ hooks }) => {
        const names = Object.entries(hooks).filter(([, isDeclared]) => isDeclared);
        return names.length === 0 ? "no hooks" : `hooks: ${names.map(([name]) => name).join(", ")}`;
    },
    registry: ({ registry }) => `a registry that ${registry ? "answers" : "does not answer"}`,
};

function strategyText(strategy: StrategySettings): string {
    switch (strategy.kind) {
        case "blueGreen":
            return "blueGreen";
        case "rolling":
            return `rolling, step ${strategy.step}, ${strategy.order}`;
        case "canary": {
            const steps = strategy.steps.map(({ weight, replicas }) => {
                return replicas === undefined ? `${weight} %` : `${weight} % with ${replicas} replicas`;
            });
            return `canary ${steps.join(", ")}${strategy.promotes ? "" : ", held there"}`;
        }
    }
}

/** What goes wrong in an `up`, in words. Empty where nothing does. */
export function faultsText({
    proof,
    confirm,
    bake,
    hook,
    drain,
    preStop,
    cleanUp,
    connections,
    reload,
    port,
    order,
}: Faults): string {
    const texts = [
        proof &&
            `a new container ${proof.how === "unhealthy" ? "is not healthy" : "cannot start"}, after ${proof.after}`,
        confirm === "wrong" && "the new release answers the confirming request wrongly",
        confirm === "another worker" && "a worker that does not know the confirming request answers it first",
        confirm === "lost" && "nobody answers the confirming request",
        bake === "bad" && "users get bad answers from the new release",
        bake === "unknown" && "the new release gets too few requests to be judged",
        hook !== undefined && `the hook ${hook} fails`,
        drain === "cut" && "requests stay open until drainTimeout and are cut",
        drain === "stop" && "requests stay open until drainTimeout, which stops the release",
        preStop && "the command before the end of a container fails",
        cleanUp && "containers without traffic cannot be stopped",
        connections > 0 && `a worker that a reload replaces has connections for ${connections} steps`,
        reload !== undefined && `HAProxy is reloaded for another service after ${reload} steps`,
        port && `${port.call} ${port.how}, after ${port.after}`,
        order > 0 && `of tasks at the same time, number ${order} goes on first`,
    ];
    return texts.filter(Boolean).join(", ");
}
