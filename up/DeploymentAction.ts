import type { AddressBlock } from "../model/addresses";
import type { ImageIdentity } from "../model/ImageIdentity";
import type { ActionPolicy } from "../model/PolicySettings";
import type { ReleaseSettings } from "../model/ReleaseSettings";
import type { RollingSettings } from "../model/StrategySettings";
import type { HookRun } from "../plan/hookRuns";
import type { Recovery } from "../plan/Plan";
import type { BakePolicy } from "./BakePolicy";

/** What the plan asks of one color. */
export interface DeploymentAction extends Omit<ImageIdentity, "digest">, HookRun {
    /** What the plan was made from ({@link Seen.fingerprint}). */
    from: string;
    /** How many containers the color gets. The link's walk may add others, up to the number that the resource says. */
    replicas: number;
    /** The release's settings, complete. */
    settings: ReleaseSettings;
    /** Where the color's slots have their addresses; none where no request comes. */
    block?: AddressBlock;
    /** With the first release: the other color's addresses, so that both backends come with one reload. */
    otherBlock?: AddressBlock;
    /** Set where the settings or HAProxy have failover: an idle color is taken out of it before its containers are touched. */
    failover?: boolean;
    policy: ActionPolicy;
    bake: BakePolicy;
    /** How a service with `strategy: rolling` goes about it. */
    rolling?: RollingSettings;
    /** Container by container, inside the live color. */
    roll?: RollingSettings;
    /** Somebody changed the live color by hand: it gets what it had. */
    restore: boolean;
    recovery?: Recovery;
}
