import { LinkValue } from "../haproxy/LinkValue";
import { writeMapEntry } from "../haproxy/maps";
import { backendName } from "../haproxy/names";
import { assertEveryWorker, type Worker } from "../haproxy/runtime";
import { idleColor, type Live } from "../release/Observed";
import type { Color } from "../settings/Settings";
import { containersOf, observedService, slotOf, type World } from "./observe";
import type { Session } from "./Session";

/** The link to one color alone. */
export function linkTo(live: Live): LinkValue {
    return live === "none" ? LinkValue.none(idleColor(live)) : LinkValue.to(live);
}

/**
 * Writes the link to the file and to every worker that can follow it, and reads it back.
 * @param first The file: should anything die in between, a restarted HAProxy lands on the color that was proved. The
 * memory: users leave a color that answers wrongly at once, and the open intent covers the rest.
 */
export async function pointTo(
    session: Session,
    service: string,
    link: LinkValue,
    first: "file" | "memory" = "file",
): Promise<void> {
    const value = link.toString();
    const toMemory = async () => {
        const world = await session.observe([service]);
        const workers = world.front?.workers ?? [];
        const able = workers.filter(
            worker => !worker.old || link.reached.every(color => canServe(worker, world, service, color)),
        );
        await session.enter("link: memory");
        assertEveryWorker(`the link of ${service}`, await session.runtime.setMap(able, "link", service, value));
    };
    if (first === "memory") {
        await toMemory();
    }
    await session.enter("link: file");
    await session.configure(files => {
        writeMapEntry(files, "link", service, value);
        return files;
    });
    // Also where it was there already: a reload meanwhile read the file as it was.
    await toMemory();
}

/**
 * Whether a soft-stopped worker can follow the link: its own slots of the target are usable. Its slots can no longer be
 * changed; where they are not usable it keeps its old link until it has exited, or its connections would get a 503.
 */
function canServe(worker: Worker, world: World, service: string, color: Color): boolean {
    const backend = worker.backends.get(backendName(service, color));
    const containers = containersOf(world, service, color).filter(({ state }) => state === "running");
    const port = observedService(world, service)[color].release?.settings.port;
    return (
        backend !== undefined &&
        containers.length > 0 &&
        containers.every(container => {
            const server = backend.servers.get(slotOf(container));
            const isThere = server?.address === container.address && server?.port === port;
            return isThere && server?.up && server.admin === "ready";
        })
    );
}
