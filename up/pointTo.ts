import { writeMapEntry } from "../front/maps";
import { canFollow } from "../front/softStopped";
import { backendName } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/runtime";
import { observedService } from "../look/observe";
import { LinkValue } from "../model/LinkValue";
import { idleColor, type Live, type ObservedService } from "../model/Observed";
import { currentWorkers, type World } from "../model/World";
import type { Session } from "../providers/Session";

/** The link to one color alone. */
export function linkTo(live: Live): LinkValue {
    return live === "none" ? LinkValue.none(idleColor(live)) : LinkValue.to(live);
}

/** The link that HAProxy follows now, where it leads to a container that is up; undefined where nobody answers users. */
export function answeredLink({ front }: World, service: string): LinkValue | undefined {
    const workers = currentWorkers(front);
    const link = workers[0]?.links.get(service);
    if (link === undefined || link.live === "none") {
        return undefined;
    }
    const backend = backendName(service, link.live);
    const isAnswered = workers.every(({ links, backends }) => {
        const servers = [...(backends.get(backend)?.servers.values() ?? [])];
        return link.equals(links.get(service)) && servers.some(({ up, admin }) => up && admin === "ready");
    });
    return isAnswered ? link : undefined;
}

/**
 * Writes the link to the file and to every worker that can follow it, and reads it back. The file comes first: should
 * anything die in between, a restarted HAProxy lands on the color that was proved.
 */
export async function pointTo(session: Session, service: string, link: LinkValue): Promise<void> {
    await toFile(session, service, link);
    await toMemory(session, service, link);
}

/**
 * The same where a link goes back. The memory comes first: users leave a color that answers wrongly at once, and the open
 * intent covers the rest.
 * @param mayGo Whether it may go back, by what is seen right before users would: who was there before may be gone by now.
 * @returns whether it did. Where it did not, nothing was changed.
 */
export async function pointBack(
    session: Session,
    service: string,
    link: LinkValue,
    mayGo: (seen: ObservedService) => boolean,
): Promise<boolean> {
    const hasGone = await toMemory(session, service, link, mayGo);
    if (hasGone) {
        await toFile(session, service, link);
        // Once more: a reload meanwhile read the file as it was.
        await toMemory(session, service, link);
    }
    return hasGone;
}

async function toFile(session: Session, service: string, link: LinkValue): Promise<void> {
    await session.enter("link: file");
    await session.configure(files => {
        writeMapEntry(files, "link", service, link.toString());
        return files;
    });
}

async function toMemory(
    session: Session,
    service: string,
    link: LinkValue,
    mayGo: (seen: ObservedService) => boolean = () => true,
): Promise<boolean> {
    await session.enter("link: memory");
    const world = await session.observe([service]);
    if (!mayGo(observedService(world, service))) {
        return false;
    }
    const able = (world.front?.workers ?? []).filter(worker => canFollow(worker, world, service, link));
    assertEveryWorker(`the link of ${service}`, await session.runtime.setMap(able, "link", service, link.toString()));
    return true;
}
