import { runs } from "../model/Container";
import type { ColorSlots } from "./ColorSlots";
import { type ColorTarget, isFronted } from "./ColorTarget";
import type { SeenContainer } from "./Seen";
import type { Up } from "./Up";

/** Refuses to go on where the release's port or health check would take these down before anything replaces them. */
export async function requireSameChecks(
    { service }: Up,
    { release }: ColorTarget,
    slots: ColorSlots,
    strangers: SeenContainer[],
): Promise<void> {
    if (!(await slots.hasSameChecks())) {
        const names = strangers.map(({ name }) => name).join(" ");
        throw new Error(
            `${service}: users are answered by ${names}, which the record does not know, and ` +
                `${release.image} has another port or health check: they would lose the one before the other ` +
                `is proved. Nothing was changed. To go on: put back the record that knows them, or do without ` +
                `them: docker rm -f ${names}`,
        );
    }
}

/** Refuses to go on unless HAProxy has all of these up, in every worker that takes new connections. */
export async function requireUp(up: Up, target: ColorTarget, containers: SeenContainer[]): Promise<void> {
    const { [target.color]: seen } = (await up.look()).containers;
    const down = containers.filter(({ id }) => {
        const now = seen.find(container => container.id === id);
        return now === undefined || !(isFronted(target) ? now.up : runs(now));
    });
    if (down.length > 0) {
        throw new Error(
            `${up.service}: ${down.map(({ name }) => name).join(", ")} would have to stay, but ` +
                `${isFronted(target) ? "HAProxy has it down" : "it does not run"}. ` +
                `No container of ${target.color} was taken away. Look at its log (docker logs ${down[0]?.name}), then run pulumi up again`,
        );
    }
}
