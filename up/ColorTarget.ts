import { type AddressBlock, slotsFor } from "../model/addresses";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import type { ActionPolicy, PolicySettings } from "../model/PolicySettings";
import type { RecordedRelease } from "../model/Release";
import type { RollingSettings } from "../model/StrategySettings";
import type { SeenContainer } from "./Seen";

/** One color, and the release that its containers become. */
export interface ColorTarget {
    color: Color;
    release: RecordedRelease;
    /** Where the color's slots have their addresses; none where no request comes. */
    block?: AddressBlock;
    /** With the first release: the other color's addresses, so that both backends come with one reload. */
    otherBlock?: AddressBlock;
    policy: ActionPolicy;
    /** How a service with `strategy: rolling` goes about it. */
    rolling?: RollingSettings;
    /** When it has to be done, milliseconds by {@link Clock.nowMs}: `progressDeadline`, pull and drain included. @default never */
    deadline?: number;
}

/** Whether requests come to the color. Containers of a background service have no port, and nothing in HAProxy. */
export function isFronted({ release }: ColorTarget): boolean {
    return release.settings.port !== undefined;
}

/** @returns how many slots the color has. */
export function slotCount({ block, release }: ColorTarget): number {
    return block?.size ?? slotsFor(release.settings.maxReplicas);
}

/**
 * Whether users' requests go to a container of a color that has users. A background service's container works while it runs.
 * Where Docker was not told to keep it running, an `up` may have died before its proof: then Docker's health check counts.
 */
export function isServing(target: ColorTarget, container: SeenContainer): boolean {
    const { state, restartPolicy, health = "healthy", admitted } = container;
    return isFronted(target) ? admitted : state === "running" && (restartPolicy !== "no" || health === "healthy");
}

/**
 * @returns for how long containers must be healthy, and until when. A rolling service has its own times. Where nothing checks
 * a container's health, all it can do is to run.
 */
export function proofPolicyOf(
    target: ColorTarget,
    containers: readonly ContainerInfo[],
): Pick<PolicySettings, "minHealthyTimeMs" | "healthyDeadlineMs"> {
    const { policy, rolling } = target;
    if (rolling === undefined) {
        return policy;
    }
    const unchecked = !isFronted(target) && containers.every(({ health }) => health === undefined);
    const minHealthyTimeMs = (unchecked ? rolling.waitMs : policy.minHealthyTimeMs) + rolling.waitAfterHealthyMs;
    // The container cannot shorten what is waited for beyond that.
    const more = minHealthyTimeMs - policy.minHealthyTimeMs;
    return { minHealthyTimeMs, healthyDeadlineMs: rolling.healthcheckTimeoutMs + Math.max(0, more) };
}
