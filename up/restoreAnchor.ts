import { isDetached } from "../model/Container";
import { frontNames } from "../model/Target";
import type { FrontUp } from "./FrontUp";
import { DeadlineExceeded, until } from "./until";

/** How long HAProxy's checks may take to find a live container again, milliseconds. */
const checksMs = 30_000;

/** @returns the error for an anchor that somebody removed, while Pulumi's state still has it */
export function anchorIsGone(front: string): Error {
    return new Error(
        `the anchor container ${frontNames(front).anchor} of the front is gone, though Pulumi's state has it. Nobody is ` +
            "served until there is one again; nothing was done. Run pulumi up --refresh: it makes the anchor anew and " +
            "links what was live",
    );
}

/**
 * Starts an anchor that somebody stopped: without it, nothing can be written or served. Connects an anchor that somebody
 * took off its network, at its old address. Docker publishes its ports again by that.
 * @returns whether the anchor ran without its network
 * @throws Error when there is no anchor
 */
export async function restoreAnchor(up: FrontUp): Promise<boolean> {
    const { anchor } = await up.generations.look();
    if (anchor === undefined) {
        throw anchorIsGone(up.name);
    }
    if (anchor.address === undefined) {
        up.progress.status(`connecting the anchor ${anchor.name} to its network`);
        await up.generations.connectAnchor(anchor.id);
    }
    if (anchor.state !== "running") {
        up.progress.status(`starting the anchor ${anchor.name}, which was ${anchor.state}`);
        await up.generations.startAnchor(anchor.id);
    }
    return isDetached(anchor);
}

/**
 * Waits until HAProxy has found a healthy container of each live color. Its checks failed while the anchor was without its
 * network, and users get a 503 until they pass again. A service without a healthy container does not hold up the others.
 */
export async function servesAgain(up: FrontUp): Promise<void> {
    up.progress.status("waiting until HAProxy's checks find the live containers again");
    const waiting = {
        deadline: up.clock.nowMs() + checksMs,
        what: "HAProxy finds none of their live containers healthy",
    };
    try {
        await until(
            up.clock,
            async seen => {
                const { services } = await up.generations.lookAtAll();
                const unserved = services.filter(
                    ({ live, ...colors }) => live !== "none" && colors[live].running > 0 && colors[live].ready === 0,
                );
                seen(unserved.map(({ name }) => name).join(", "));
                return unserved.length === 0 ? true : undefined;
            },
            waiting,
        );
    } catch (error) {
        if (!(error instanceof DeadlineExceeded)) {
            throw error;
        }
        up.progress.warn(error.message);
    }
}
