import { dropImages, keepImage } from "../docker/keptImages";
import type { Progress } from "./progress";
import { DEFAULT_KEEP_RELEASES } from "./Record";
import { recordOf } from "./RecordStore";
import type { Session } from "./Session";

/**
 * Keeps the images of the last `keepReleases` releases that were stable, and lets go of those of older ones. A release
 * does not fail for that: what could not be done now is done after the next one.
 */
export async function retain(
    session: Session,
    service: string,
    keepReleases: number,
    progress: Progress,
): Promise<void> {
    const { records } = await session.observe();
    const { stable, releases, keepReleases: before = DEFAULT_KEEP_RELEASES } = recordOf(records, service);
    const release = stable && releases[stable.release];
    if (release?.imageId === undefined) {
        return;
    }
    await session.enter("link: retain");
    if (before !== keepReleases) {
        await session.record(service, record => ({ ...record, keepReleases }));
    }
    try {
        const { front } = session.target;
        await keepImage(session.engine, release.imageId, front, { service, release: release.id, pulled: false });
        const { records: now } = await session.observe();
        await dropImages(session.engine, front, (name, id) => name !== service || id in recordOf(now, name).releases);
    } catch (error) {
        progress.warn(`the images of earlier releases are not all as they should be: ${(error as Error).message}`);
    }
}
