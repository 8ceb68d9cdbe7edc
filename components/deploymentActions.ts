import type { Color } from "../model/Color";
import type { DeploymentAction } from "../up/DeploymentAction";
import type { AddressPool } from "./AddressPool";
import { commonAction, type Decision } from "./Decision";

/**
 * Says how the planned colors are deployed.
 * @param from fingerprint of what the plan was made from
 * @param addresses those that no color has yet
 */
export function deploymentActions(
    decision: Decision,
    from: string,
    addresses: AddressPool,
): Partial<Record<Color, DeploymentAction>> {
    const colors = ["blue", "green"] as const;
    return Object.fromEntries(
        colors.flatMap(color => {
            const action = deploymentAction(decision, color, from, addresses);
            return action === undefined ? [] : [[color, action]];
        }),
    );
}

function deploymentAction(
    decision: Decision,
    color: Color,
    from: string,
    addresses: AddressPool,
): DeploymentAction | undefined {
    const { settings, observed, plan } = decision;
    const { act, release, replicas, deployed = replicas, roll } = plan[color];
    if (!act || release === undefined) {
        return undefined;
    }
    const { port, maxReplicas } = release.settings;
    const { strategy } = settings.policy;
    // A background service needs no fixed address, because HAProxy sends it no requests.
    const blockOf = (color: Color) =>
        port === undefined ? undefined : addresses.blockFor(settings.name, observed[color].block, maxReplicas);
    const isFirst = plan.row === "bootstrap" && color === "blue";
    return {
        ...commonAction(decision),
        from,
        replicas: deployed,
        settings: release.settings,
        block: blockOf(color),
        otherBlock: isFirst ? blockOf("green") : undefined,
        rolling: strategy.kind === "rolling" ? strategy : undefined,
        roll,
        imageId: release.imageId,
        source: release.source,
        hostHad: release.hostHad,
    };
}
