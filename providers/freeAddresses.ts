import { inspectNetwork } from "../docker/networks";
import { type AddressBlock, allocate, blocksOverlap } from "../model/addresses";
import type { Color } from "../model/Color";
import { frontNames } from "../model/Target";
import type { DeploymentAction } from "../up/DeploymentAction";
import type { Session } from "./Session";

/**
 * Gives a color other addresses where an `up` of another stack has taken those of the plan since the plan was made. Takes the
 * lease, so that no other `up` takes them afterwards.
 */
export async function withFreeAddresses(
    session: Session,
    { service, color }: { service: string; color: Color },
    action: DeploymentAction,
): Promise<DeploymentAction> {
    const { block, otherBlock } = action;
    await session.lease.take(action.policy.lockTimeoutMs);
    if (block === undefined || (await session.recorded(service))[color].block?.first === block.first) {
        return action;
    }
    const records = [...(await session.allRecorded()).values()].filter(record => record.service !== service);
    const taken = records.flatMap(({ blue, green }) => [blue.block, green.block].filter(one => one !== undefined));
    const wanted = [block, otherBlock].filter(one => one !== undefined);
    if (!wanted.some(one => taken.some(other => blocksOverlap(one, other)))) {
        return action;
    }
    const { network } = frontNames(session.target.front);
    const subnet = (await inspectNetwork(session.engine, network))?.subnet ?? "";
    const free = ({ size }: AddressBlock): AddressBlock => {
        const found = allocate(subnet, taken, size);
        taken.push(found);
        return found;
    };
    return { ...action, block: free(block), otherBlock: otherBlock && free(otherBlock) };
}
