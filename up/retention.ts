import { dropImages, keepImage } from "../docker/keptImages";
import { defaults } from "../model/defaults";
import type { Session } from "../providers/Session";
import type { Progress } from "./Progress";

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
    const before = await session.recorded(service);
    const { stable, releases } = before;
    const release = stable && releases[stable.release];
    if (release?.imageId === undefined) {
        return;
    }
    await session.enter("link: retain");
    const isWritten = (before.keepReleases ?? defaults.keepReleases) === keepReleases;
    const kept = isWritten ? before : await session.record(service, record => ({ ...record, keepReleases }));
    try {
        const { front } = session.target;
        await keepImage(session.engine, release.imageId, front, { service, release: release.id, pulled: false });
        await dropImages(session.engine, front, (name, id) => name !== service || id in kept.releases);
    } catch (error) {
        progress.warn(`the images of earlier releases are not all as they should be: ${(error as Error).message}`);
    }
}
