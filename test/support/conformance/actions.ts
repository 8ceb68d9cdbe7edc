import type { Color } from "../../../model/Color";
import type { Live } from "../../../model/Live";
import type { PolicySettings } from "../../../model/PolicySettings";
import type { RecordedRelease } from "../../../model/Release";
import { everything } from "../../../model/Route";
import type { RollingSettings } from "../../../model/StrategySettings";
import type { Walk } from "../../../plan/Plan";
import type { BakePolicy } from "../../../up/BakePolicy";
import type { DeploymentAction } from "../../../up/DeploymentAction";
import { deploy } from "../../../up/deploy";
import type { LinkAction } from "../../../up/LinkAction";
import { relink } from "../../../up/relink";
import type { Up } from "../../../up/Up";
import { policyOf } from "../../unit/plan/support";
import type { Stage } from "./Stage";

/** How many containers a color of the story has. */
export const replicas = 2;

/** Quick, and the same on both stages. */
const policy = policyOf({ minHealthyTimeMs: 300, healthyDeadlineMs: 30_000, drainTimeoutMs: 20_000 });

const bake: BakePolicy = {
    bakeTimeMs: 0,
    analysis: { ...policy.analysis, minRequests: 1, intervalMs: 200 },
    hooks: {},
    host: "web",
    url: "http://web",
};

/** Container by container, each old one before its successor starts: nothing else goes on at the same time. */
export const stopFirst: RollingSettings = {
    step: 1,
    gracePeriodMs: 0,
    order: "stopFirst",
    healthcheckTimeoutMs: 30_000,
    waitMs: 0,
    waitAfterHealthyMs: 0,
    preStopIn: "container",
    preStopWaitUntilUnhealthy: false,
};

/** What of a deployment is not as usual. */
type DeploymentChange = Partial<Pick<DeploymentAction, "roll" | "restore" | "replicas">>;

/** Brings a color to a release, as a `Deployment` does it. */
export async function deployOn(
    { blocks }: Stage,
    up: Up,
    color: Color,
    release: RecordedRelease,
    change: DeploymentChange = {},
): Promise<void> {
    const { fingerprint, service } = await up.look();
    await deploy(
        up,
        { color, release, replicas },
        {
            from: fingerprint,
            replicas,
            settings: release.settings,
            block: blocks[color],
            otherBlock: service.live === "none" ? blocks[color === "blue" ? "green" : "blue"] : undefined,
            policy,
            bake,
            rolling: change.roll,
            restore: false,
            hooks: {},
            promotion: release.promotion,
            ...change,
        },
    );
}

/** What of a switch is not as usual. */
interface LinkChange {
    walk?: Walk;
    previousColor?: PolicySettings["previousColor"];
    drainTimeoutMs?: number;
    bakeTimeMs?: number;
}

/** Moves the link to a color that runs a release, as a `Link` does it. Requests for any host come to the service. */
export async function linkTo(up: Up, to: Live, release: RecordedRelease, change: LinkChange = {}): Promise<void> {
    const { service } = await up.look();
    const { walk, bakeTimeMs = 0, previousColor = "keep", drainTimeoutMs = policy.drainTimeoutMs } = change;
    const action: LinkAction = {
        from: service.live,
        percent: service.percent,
        expect: release.id,
        replicas,
        walk,
        restore: false,
        policy: { ...policy, previousColor, drainTimeoutMs },
        bake: { ...bake, bakeTimeMs },
        promotion: release.promotion,
        hooks: {},
        heldPlaces: ["*"],
        standIns: {},
        claimedByOthers: [],
        handovers: [],
    };
    await relink(up, { to, isShared: walk !== undefined, routes: [everything] }, action);
}

/** How long the end of the service waits for open requests. */
export const lastDrain = { ...policy, onDrainTimeout: "close" } as const;
