import type { CommandHook } from "../../../model/CommandHook";
import { deploy } from "./deploy";
import { relink } from "./relink";
import { ReleaseFailed, type SimulatedUp } from "./SimulatedUp";

/** What `pulumi up` does: the resources of the plan in their order. Each of them runs the real procedure. */
export async function pulumiUp(up: SimulatedUp): Promise<void> {
    const { world } = up;
    if (world.formerOwner !== undefined) {
        // The front is taken over before any service is touched.
        up.take();
        world.formerOwner = undefined;
    }
    if (world.front.memory === undefined) {
        await startFront(up);
    }
    try {
        await serviceUp(up);
    } finally {
        // Also after a failure its resources are in Pulumi's state.
        world.lost = false;
        up.giveBack();
    }
}

/** The resources of one service. */
export async function serviceUp(up: SimulatedUp): Promise<void> {
    const { made } = up;
    runHook(up, "preDeploy");
    for (const color of ["blue", "green"] as const) {
        if (made[color].act) {
            await deploy(up, color);
        }
    }
    runHook(up, "prePromotion");
    if (made.link.act) {
        await relink(up);
    }
}

/** The front, where no generation of it runs. */
export async function startFront(up: SimulatedUp): Promise<void> {
    const { world, before } = up;
    up.take();
    await up.enter("front: start");
    world.front.haproxy.load();
    // It reads a link that somebody edited meanwhile: this up refuses to go on, and the next one sees it.
    const { live, percent } = world.look();
    up.disturbed ||= live !== before.live || percent !== before.percent;
    await up.called();
}

function runHook(up: SimulatedUp, hook: CommandHook): void {
    const { made, world, faults, surroundings } = up;
    const isDeclared = surroundings.hooks[hook] === true && made.hooks.includes(hook);
    // A Command whose trigger is in Pulumi's state already does not run again.
    if (!isDeclared || world.history.hooks.has(`${hook} ${made.promotion}`)) {
        return;
    }
    if (faults.hook === hook) {
        up.strikes(`hook ${hook} fails`);
        throw new ReleaseFailed(`the hook ${hook} failed`);
    }
    world.hookRan(hook, made.promotion);
}
