import { startContainer } from "../docker/containers";
import { connectContainer, inspectNetwork } from "../docker/networks";
import { layout } from "../release/addresses";
import { observe } from "./observe";
import type { Progress } from "./progress";
import type { Session } from "./Session";
import { frontNames } from "./Target";

/**
 * An anchor that somebody stopped is started: nothing can be written, nor served, without it. One that somebody took off
 * its network is put back, at its address; Docker publishes its ports again by that.
 */
export async function restoreAnchor(session: Session, progress: Progress): Promise<void> {
    const { engine, target } = session;
    const { anchor } = await observe(engine, target);
    if (anchor !== undefined && anchor.address === undefined) {
        const { network } = frontNames(target.front);
        const subnet = (await inspectNetwork(engine, network))?.subnet;
        if (subnet !== undefined) {
            progress.status(`connecting the anchor ${anchor.name} to its network`);
            await connectContainer(engine, network, anchor.id, layout(subnet).anchor);
        }
    }
    if (anchor !== undefined && anchor.state !== "running") {
        progress.status(`starting the anchor ${anchor.name}, which was ${anchor.state}`);
        await startContainer(engine, anchor.id);
    }
}
