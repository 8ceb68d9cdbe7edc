import type { Color } from "../../../model/Color";
import type { DeclaredHooks } from "../../../model/CommandHook";
import type { RecordedRelease } from "../../../model/Release";
import type { RollingSettings } from "../../../model/StrategySettings";
import type { DeploymentAction } from "../../../up/DeploymentAction";
import * as real from "../../../up/deploy";
import { Broken } from "./Broken";
import { actionPolicyOf, bakePolicyOf } from "./policies";
import { portsOf } from "./portsOf";
import type { SimulatedUp } from "./SimulatedUp";

/** A color's resource, as providers/Deployment.ts has it. */
export async function deploy(up: SimulatedUp, color: Color): Promise<void> {
    const { release, replicas } = up.made[color];
    if (release === undefined) {
        throw new Broken(`${color} is to get no release: ${up.made.sentence}`);
    }
    const unproved = { proved: false, linked: false, promotion: up.made.promotion ?? 0, judgedBad: undefined };
    const wanted = { ...release, ...unproved } as RecordedRelease;
    await real.deploy(portsOf(up), { color, release: wanted, replicas }, deploymentActionOf(up, color));
}

/** What the plan asks of a color, as components/stackPlan.ts puts it. */
function deploymentActionOf(up: SimulatedUp, color: Color): DeploymentAction {
    const { made, desired } = up;
    const { release, replicas, deployed = replicas, roll } = made[color];
    const { strategy } = desired.policy;
    return {
        from: up.from,
        replicas: deployed,
        settings: release!.settings,
        block: release?.settings.port === undefined ? undefined : up.world.blocks[color],
        otherBlock:
            made.row === "bootstrap" && release?.settings.port !== undefined && color === "blue"
                ? up.world.blocks.green
                : undefined,
        rolling: strategy.kind === "rolling" ? rollingOf(up, strategy) : undefined,
        roll: roll && rollingOf(up, roll),
        restore: made.row === "repair",
        imageId: release?.imageId,
        ...failoverOf(up),
        policy: actionPolicyOf(up),
        bake: bakePolicyOf(up),
        recovery: made.recovery,
        promotion: made.promotion,
        hooks: declaredHooks(up),
        hookRan: `promotion ${made.promotion}`,
    };
}

/** Whether failover is wished, where the settings or HAProxy have it: components/Decision.ts. */
export function failoverOf({ desired: { failover = false }, hadFailover }: SimulatedUp): { failover?: boolean } {
    return failover || hadFailover ? { failover } : {};
}

/** The hooks that this `up` runs, and whether the config has them. */
export function declaredHooks({ made, surroundings }: SimulatedUp): DeclaredHooks {
    return Object.fromEntries(made.hooks.map(hook => [hook, surroundings.hooks[hook] === true]));
}

/** Lives have a clock of their own, and each look is a step: what waits for nothing waits shortly. */
function rollingOf({ faults }: SimulatedUp, settings: RollingSettings): RollingSettings {
    const command = faults.preStop ? { preStopCommand: "say goodbye" } : {};
    return { ...settings, ...command, waitMs: 100, healthcheckTimeoutMs: 1_500 };
}
