import type { Color } from "../model/Color";
import type { Farewell } from "../model/Intent";
import type { Live } from "../model/Live";
import type { ActionPolicy } from "../model/PolicySettings";
import type { Handover } from "../plan/handovers";
import type { HookRun } from "../plan/hookRuns";
import type { Recovery, Walk } from "../plan/Plan";
import type { BakePolicy } from "./BakePolicy";
import type { FrontNeeds } from "./FrontNeeds";

/** What the plan asks of a service's link. */
export interface LinkAction extends HookRun {
    /** Why nothing may be done. It is thrown by the link, so that this service's row says it. */
    refusal?: string;
    /** The link that the plan was made from, once an interrupted switch is settled. */
    from: Live;
    /** The share of the color that is not live by then, percent. */
    percent: number;
    /** Id of the release that the color which gains must run, proved. */
    expect?: string;
    /** Containers that must be ready on that color, once its walk is done. */
    replicas: number;
    /** Shares that the color gets before the link moves there, or stays. */
    walk?: Walk;
    recovery?: Recovery;
    /** Somebody changed the link by hand: it is written again, also where HAProxy's memory is right. */
    restore: boolean;
    /** A farewell that an earlier `up` began and still owes. */
    leave?: Leaving;
    /** Whether the settings ask for failover. Unset where neither they nor HAProxy have it. */
    failover?: boolean;
    policy: ActionPolicy;
    bake: BakePolicy;
    /** Places that led to the service when the plan was made (`placeOf` a route), in HAProxy's memory or in its file. */
    heldPlaces: string[];
    /** Places of other services that get the requests of what this service gives up, and these services. */
    standIns: Record<string, string>;
    /** Places that other services of the config claim, or give up themselves. */
    claimedByOthers: string[];
    /** The routes are written again, also where HAProxy's memory is right. @default only where it is not */
    reroutes?: true;
    /** Places that others give up for routes of this service. */
    handovers: Handover[];
    /** What the front must have before a route opens. @default nothing */
    needs?: FrontNeeds;
}

/** A color that has lost its traffic, and what becomes of it. Without a farewell it stays warm. */
export interface Leaving {
    color: Color;
    farewell?: Farewell;
}
