import { LinkValue } from "../model/LinkValue";
import { idleColor, type Live } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { Up } from "./Up";

/** @returns the link to one color alone, or to none. */
export function linkTo(live: Live): LinkValue {
    return live === "none" ? LinkValue.none(idleColor(live)) : LinkValue.to(live);
}

/**
 * Points the link to a proved color. The file comes first: if anything dies in between, a HAProxy that restarts leads to
 * the color that was proved.
 */
export async function pointTo(up: Up, link: LinkValue): Promise<void> {
    await toFile(up, link);
    await toMemory(up, link);
}

/**
 * Points the link back to the color that it came from. The memory comes first: users leave a color that answers wrongly
 * at once, and the open intent covers the rest.
 * @param mayGo whether the link may go back, by what is seen right before it does: the color may have lost its containers
 * @returns whether the link went back; nothing was changed where it did not
 */
export async function pointBack(up: Up, link: LinkValue, mayGo: (seen: ObservedService) => boolean): Promise<boolean> {
    if (!(await toMemory(up, link, mayGo))) {
        return false;
    }
    await toFile(up, link);
    return stillBack(up, link, mayGo);
}

/** A start or a reload in between has read the file as it was. Where the color is gone by now too, the file follows that. */
async function stillBack(up: Up, link: LinkValue, mayGo: (seen: ObservedService) => boolean): Promise<boolean> {
    let held = link;
    const hasGone = await toMemory(up, link, seen => {
        held = linkOf(seen);
        return held.equals(link) || mayGo(seen);
    });
    if (!hasGone) {
        await toFile(up, held);
    }
    return hasGone;
}

/** @returns the link in HAProxy's memory */
function linkOf({ live, percent, sticky, failover }: ObservedService): LinkValue {
    const link = linkTo(live).withPercent(percent, sticky);
    return failover === undefined ? link : link.withFailover();
}

async function toFile(up: Up, link: LinkValue): Promise<void> {
    await up.journal.enter("link: file");
    await up.front.writeLink(link);
}

async function toMemory(up: Up, link: LinkValue, mayGo?: (seen: ObservedService) => boolean): Promise<boolean> {
    await up.journal.enter("link: memory");
    return up.front.tellLink(link, mayGo);
}
