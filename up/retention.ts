import { defaults } from "../model/defaults";
import { isStop } from "./stop";
import type { Up } from "./Up";

/**
 * Keeps the images of the last `keepReleases` releases that were stable, and lets go of those of older ones. A release
 * does not fail for that: what could not be done now is done after the next one.
 */
export async function retain(up: Up, keepReleases: number): Promise<void> {
    const before = await up.journal.recorded();
    const { stable, releases } = before;
    const release = stable && releases[stable.release];
    if (release?.imageId === undefined) {
        return;
    }
    await up.journal.enter("link: retain");
    const isWritten = (before.keepReleases ?? defaults.keepReleases) === keepReleases;
    const kept = isWritten ? before : await up.journal.record(record => ({ ...record, keepReleases }));
    try {
        await up.images.keep(release.id, release.imageId, false);
        await up.images.drop(id => id in kept.releases);
    } catch (error) {
        if (isStop(error)) {
            throw error;
        }
        up.progress.warn(`the images of earlier releases are not all as they should be: ${(error as Error).message}`);
    }
}
