import type { Color } from "../model/Color";
import type { RecordedRelease } from "../model/Release";
import type { LinkAction } from "./LinkAction";
import { PlanOutdated } from "./PlanOutdated";
import type { Seen } from "./Seen";

/**
 * The release that the link may go to: exactly the one that the plan expects, proved, and with its full capacity (rule 3).
 * @param replicas how many containers must be ready: a step of a canary may need fewer. @default as the plan says
 * @throws PlanOutdated where the color runs anything else
 */
export function readyRelease(
    { service }: Seen,
    action: LinkAction,
    to: Color,
    replicas = action.replicas,
): RecordedRelease {
    const { release, ready } = service[to];
    const refuse = (why: string) =>
        new PlanOutdated(`${service.name}: the link stays, since ${to} ${why}. Run pulumi up again without --target`);
    if (release === undefined || release.id !== action.expect) {
        throw refuse(`runs release ${release?.id ?? "none"}, not the expected ${action.expect}`);
    }
    if (!release.proved) {
        throw refuse(`runs ${release.image}, which is not proved`);
    }
    const { judgedBad } = release;
    if (!action.restore && judgedBad !== undefined && judgedBad.retryToken === action.policy.retryToken) {
        throw refuse(`runs ${release.image}, which was judged bad meanwhile (${judgedBad.reason})`);
    }
    if (ready < replicas) {
        throw refuse(`has ${ready} of ${replicas} containers ready`);
    }
    return release;
}
