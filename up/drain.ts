import type { Color } from "../model/Color";
import { linkHistory } from "../model/linkHistory";
import type { PolicySettings } from "../model/PolicySettings";
import { type DrainSample, drained } from "../plan/drain";
import { openText } from "./OpenRequests";
import type { Up } from "./Up";
import { DeadlineExceeded, until } from "./until";

/** Time between two looks, milliseconds: three quiet ones over a second are wanted (plan/drain.ts). */
const lookMs = 340;

/** Slots of one color. */
export interface Slots {
    color: Color;
    slots: number[];
}

/** How long a drain may take, and what happens then. */
export type DrainPolicy = Pick<PolicySettings, "drainTimeoutMs" | "onDrainTimeout" | "progressDeadlineMs"> & {
    /** When the deployment that this is part of has to be done, milliseconds by `Clock.nowMs`. @default never */
    deadline?: number;
};

/**
 * Waits until no request reaches these slots any more: none is open on them, and no soft-stopped worker still links to the
 * color. After `drainTimeout` what is open is cut, or the release stops, as `onDrainTimeout` says.
 * @returns how many requests were cut
 * @throws DeadlineExceeded under `onDrainTimeout: wait`, or where the deployment's deadline comes first. The message has
 * the number of open requests; nothing was touched.
 */
export async function drain(up: Up, subject: Slots, policy: DrainPolicy): Promise<number> {
    const ownMs = policy.onDrainTimeout === "close" ? policy.drainTimeoutMs : policy.progressDeadlineMs;
    const leftMs = Math.max(0, (policy.deadline ?? Number.POSITIVE_INFINITY) - up.clock.nowMs());
    try {
        await quiet(up, subject, Math.min(ownMs, leftMs), leftMs < ownMs);
        return 0;
    } catch (error) {
        if (!(error instanceof DeadlineExceeded) || policy.onDrainTimeout === "wait" || leftMs < ownMs) {
            throw error;
        }
        return cut(up, subject);
    }
}

/** Waits until nothing is open. */
async function quiet(up: Up, { color, slots }: Slots, patienceMs: number, isDeployments: boolean): Promise<void> {
    const samples: DrainSample[] = [];
    let unlinkedMs: number | undefined;
    await until(
        up.clock,
        async seen => {
            const open = await up.front.open(color, slots);
            unlinkedMs ??= open.isLinked ? 0 : await sinceLastMove(up);
            const requests = open.requests + open.pinnedWorkers;
            samples.push({ atMs: up.clock.nowMs(), requests });
            if (requests > 0) {
                seen(openText(open));
                up.progress.status(`draining ${color}: ${openText(open)}`);
            }
            return drained(samples, unlinkedMs) ? true : undefined;
        },
        {
            deadline: up.clock.nowMs() + patienceMs,
            what: `${up.service}: ${color} is still in use${isDeployments ? " at the end of progressDeadline" : ""}`,
            fastestMs: lookMs,
            slowestMs: lookMs,
        },
    );
}

/** @returns how long ago the link moved last, milliseconds; 0 where the record does not say */
async function sinceLastMove(up: Up): Promise<number> {
    const moved = linkHistory(await up.journal.recorded()).at(-1);
    return moved === undefined ? 0 : (await up.clock.hostNow()).getTime() - Date.parse(moved.at);
}

async function cut(up: Up, { color, slots }: Slots): Promise<number> {
    await up.journal.enter("drain: cut");
    const open = await up.front.cut(color, slots);
    up.progress.warn(`drainTimeout: ${openText(open)} cut on ${color}`);
    return open.requests;
}
