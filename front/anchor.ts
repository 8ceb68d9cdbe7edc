import { startContainer } from "../docker/containers";
import { connectContainer, inspectNetwork } from "../docker/networks";
import { isDetached } from "../look/frontFindings";
import { observe, observedService } from "../look/observe";
import { layout } from "../model/addresses";
import type { ContainerInfo } from "../model/Container";
import { frontNames } from "../model/Target";
import type { Session } from "../providers/Session";
import type { Progress } from "../up/Progress";
import { DeadlineExceeded, until } from "../up/until";
import type { NearAddresses } from "./origin";

/** How long HAProxy's checks may take to find a live container again, milliseconds. */
const checksMs = 30_000;

/** For the user: somebody has removed the anchor, and Pulumi does not know it yet. */
export function anchorIsGone(name: string): Error {
    return new Error(
        `the anchor container ${name} of the front is gone, though Pulumi's state has it. Nobody is served until there is ` +
            "one again; nothing was done. Run pulumi up --refresh: it makes the anchor anew and links what was live",
    );
}

/**
 * An anchor that somebody stopped is started: nothing can be written, nor served, without it. One that somebody took off
 * its network is put back, at its address; Docker publishes its ports again by that.
 * @returns whether HAProxy was without its network
 * @throws where there is no anchor
 */
export async function restoreAnchor(session: Session, progress: Progress): Promise<boolean> {
    const { engine, target } = session;
    const { anchor } = await observe(engine, target);
    if (anchor === undefined) {
        throw anchorIsGone(frontNames(target.front).anchor);
    }
    if (anchor.address === undefined) {
        const { network } = frontNames(target.front);
        const subnet = (await inspectNetwork(engine, network))?.subnet;
        if (subnet !== undefined) {
            progress.status(`connecting the anchor ${anchor.name} to its network`);
            await connectContainer(engine, network, anchor.id, layout(subnet).anchor);
        }
    }
    if (anchor.state !== "running") {
        progress.status(`starting the anchor ${anchor.name}, which was ${anchor.state}`);
        await startContainer(engine, anchor.id);
    }
    return isDetached(anchor);
}

/**
 * Where requests of the Docker host and of ours come from in the front's network.
 * @throws when the anchor has no address there
 */
export async function nearAddresses(session: Session, anchor: ContainerInfo | undefined): Promise<NearAddresses> {
    const { network } = frontNames(session.target.front);
    const { subnet, gateway } = (await inspectNetwork(session.engine, network)) ?? {};
    if (anchor?.address === undefined || subnet === undefined) {
        throw new Error(`the front is not on its network ${network}: run pulumi up --refresh`);
    }
    return { gateway: gateway ?? layout(subnet).gateway, anchor: anchor.address };
}

/**
 * HAProxy's checks have failed while it was without its network: users get a 503 until they have found somebody of each live
 * color again.
 */
export async function servesAgain(session: Session, progress: Progress): Promise<void> {
    progress.status("waiting until HAProxy's checks find the live containers again");
    await until(
        session.clock,
        async seen => {
            const world = await session.observe();
            const services = [...world.records.services.keys()].map(name => observedService(world, name));
            const unserved = services.filter(
                ({ live, ...colors }) => live !== "none" && colors[live].running > 0 && colors[live].ready === 0,
            );
            seen(unserved.map(({ name }) => name).join(", "));
            return unserved.length === 0 ? true : undefined;
        },
        { deadline: Date.now() + checksMs, what: "HAProxy finds none of their live containers healthy" },
    ).catch(error => {
        if (!(error instanceof DeadlineExceeded)) {
            throw error;
        }
        // That is those services' matter, and no reason to hold up all others.
        progress.warn(error.message);
    });
}
