import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { Duration } from "../model/Duration";
import { defaults } from "../model/defaults";
import type { ServiceRecord } from "../model/Record";
import { allOf } from "./allOf";
import type { Up } from "./Up";

/**
 * Stops containers that nothing is open on, each with the grace of its own release.
 * @param record the record that still knows their releases. @default the record as it is now
 */
export async function stopContainers(
    up: Up,
    containers: readonly ContainerInfo[],
    record?: ServiceRecord,
): Promise<void> {
    const known = record ?? (await up.journal.recorded());
    await allOf(containers.map(container => up.containers.stop(container.id, graceOf(known, container))));
}

/** The same, and then removes them. */
export async function stopAndRemove(
    up: Up,
    containers: readonly ContainerInfo[],
    record?: ServiceRecord,
): Promise<void> {
    const known = record ?? (await up.journal.recorded());
    await allOf(
        containers.map(async container => {
            await up.containers.stop(container.id, graceOf(known, container));
            await up.containers.remove(container.id);
        }),
    );
}

/** Removes containers that never had a request: nothing waits for their end. */
export async function removeUnused(up: Up, containers: readonly ContainerInfo[]): Promise<void> {
    await allOf(containers.map(({ id }) => up.containers.remove(id)));
}

/** @returns the `stopGracePeriod` of the container's release, else of what its color holds, else the default, milliseconds. */
function graceOf(record: ServiceRecord, { labels }: ContainerInfo): number {
    const { "relink.release": own = "", "relink.color": color } = labels;
    const { [own]: release, [record[color as Color]?.release ?? ""]: held } = record.releases;
    return (release ?? held)?.settings.stopGracePeriodMs ?? Duration.millisecondsOf(defaults.stopGracePeriod);
}
