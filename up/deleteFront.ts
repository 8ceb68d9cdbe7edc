import { usersText } from "../model/ownership";
import type { FrontUp } from "./FrontUp";

/** How long a container that is removed with its front may take to end by itself, milliseconds. */
const graceMs = 2_000;

/**
 * Removes everything with the labels of the stack, except what Pulumi itself deletes next. Does nothing for a configuration
 * that Pulumi has replaced by a newer one (docs/design.md, rule 11).
 * @param incarnation which creation of the front's configuration is deleted
 * @throws Error while a service is linked, because users still reach it, and while other stacks use the front
 */
export async function deleteFront(up: FrontUp, incarnation: number): Promise<void> {
    const { anchor, containers, incarnation: newest, services, users } = await up.generations.lookAtAll();
    if (incarnation < newest) {
        return;
    }
    requireUnused(up.name, users);
    if (anchor?.state === "running") {
        await up.journal.take();
        const linked = services.filter(({ confirmed }) => confirmed !== "none");
        if (linked.length > 0) {
            throw new Error(
                `the front cannot be deleted while services are linked: ${linked.map(({ name }) => name).join(", ")}. ` +
                    "Run pulumi up, so that Pulumi knows their links again, then pulumi destroy",
            );
        }
        await up.journal.enter("front: delete");
    }
    await up.generations.dropImages();
    const ours = containers.filter(({ id }) => id !== anchor?.id);
    up.progress.status(`removing ${ours.length} containers of the front`);
    await Promise.all(
        ours.map(async ({ id }) => {
            await up.generations.stop(id, graceMs);
            await up.generations.remove(id);
        }),
    );
}

/** @throws Error while other stacks use the front: it would take their services with it */
export function requireUnused(front: string, users: ReadonlyMap<string, readonly string[]>): void {
    if (users.size > 0) {
        throw new Error(
            `the front ${front} goes on serving, because other stacks use it: ${usersText(users)}. ` +
                "Run pulumi destroy in each of those stacks, then in this one again",
        );
    }
}
