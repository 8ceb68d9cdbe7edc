import { exec } from "../docker/exec";
import { type DrainSample, drained } from "../haproxy/drain";
import { backendName, STAND_IN } from "../haproxy/names";
import { generationOf } from "../look/generations";
import { observedService } from "../look/observe";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import { hasTraffic } from "../model/Live";
import { linkHistory } from "../model/linkHistory";
import { recordOf } from "../model/Records";
import type { World } from "../model/World";
import type { Session } from "../providers/Session";
import type { Progress } from "./Progress";
import type { DrainPolicy } from "./Up";
import { DeadlineExceeded, until } from "./until";

/** Time between two looks, milliseconds: three quiet ones over a second are wanted (`drained`). */
const lookMs = 340;

/**
 * Waits until nothing reaches these slots of a color any more: no request is open on them, and no soft-stopped worker,
 * which can no longer be told anything, still links to the color. After `drainTimeout` what is open is cut, or the
 * release stops, as `onDrainTimeout` says.
 * @returns how many requests were cut.
 * @throws {@link DeadlineExceeded} under `onDrainTimeout: wait`, or where the deployment's deadline comes first, with the
 * number of open requests; nothing was touched.
 */
export async function drain(
    session: Session,
    subject: { service: string; color: Color; slots: number[] },
    policy: DrainPolicy,
    progress: Progress,
): Promise<number> {
    const { service, color } = subject;
    const ownMs = policy.onDrainTimeout === "close" ? policy.drainTimeoutMs : policy.progressDeadlineMs;
    const leftMs = Math.max(0, (policy.deadline ?? Number.POSITIVE_INFINITY) - Date.now());
    const patienceMs = Math.min(ownMs, leftMs);
    const samples: DrainSample[] = [];
    let unlinkedMs: number | undefined;
    try {
        await until(
            session.clock,
            async seen => {
                const { open, pinned, world } = await remaining(session, subject);
                unlinkedMs ??= await unlinkedFor(session, world, subject);
                samples.push({ atMs: performance.now(), requests: open + pinned.length });
                if (open > 0 || pinned.length > 0) {
                    const text = describe(open, pinned);
                    seen(text);
                    progress.status(`draining ${color}: ${text}`);
                }
                return drained(samples, unlinkedMs) ? true : undefined;
            },
            {
                deadline: Date.now() + patienceMs,
                what: `${service}: ${color} still has open requests${leftMs < ownMs ? " at the end of progressDeadline" : ""}`,
                fastestMs: lookMs,
                slowestMs: lookMs,
            },
        );
        return 0;
    } catch (error) {
        if (!(error instanceof DeadlineExceeded) || policy.onDrainTimeout === "wait" || leftMs < ownMs) {
            throw error;
        }
        return cut(session, subject, progress);
    }
}

/** How long the link has led elsewhere, milliseconds; 0 where it does not, or where nobody knows since when. */
async function unlinkedFor(
    session: Session,
    world: World,
    { service, color }: { service: string; color: Color },
): Promise<number> {
    const moved = linkHistory(recordOf(world.records, service)).at(-1);
    if (moved === undefined || hasTraffic(observedService(world, service), color)) {
        return 0;
    }
    return (await session.engine.now()).getTime() - Date.parse(moved.at);
}

/** What is open on the slots, and which old workers would still send requests there. */
async function remaining(session: Session, subject: { service: string; color: Color; slots: number[] }) {
    const world = await session.observe([subject.service]);
    const backend = backendName(subject.service, subject.color);
    const workers = world.front?.workers ?? [];
    const pinned = workers.filter(
        worker => worker.old && worker.links.get(subject.service)?.reached.includes(subject.color),
    );
    const open = workers
        .flatMap(worker => {
            const known = worker.backends.get(backend);
            return [known?.qcur ?? 0, ...subject.slots.map(slot => known?.servers.get(slot)?.scur ?? 0)];
        })
        .reduce((sum, requests) => sum + requests, 0);
    return { open, pinned, workers, world };
}

async function cut(
    session: Session,
    subject: { service: string; color: Color; slots: number[] },
    progress: Progress,
): Promise<number> {
    const { open, pinned, workers } = await remaining(session, subject);
    await session.enter("drain: cut");
    const backend = backendName(subject.service, subject.color);
    for (const worker of workers) {
        for (const slot of subject.slots) {
            await session.runtime.shutdownSessions(worker, backend, slot);
        }
    }
    for (const worker of pinned) {
        await endWorker(session, worker);
    }
    progress.warn(`drainTimeout: ${describe(open, pinned)} cut on ${subject.color}`);
    return open;
}

/** Ends a soft-stopped worker: it would go on sending requests to containers that are about to go. */
async function endWorker(session: Session, worker: Worker): Promise<void> {
    const { generations, anchor } = await session.observe([]);
    const home =
        worker.generation === STAND_IN
            ? anchor
            : generations.find(container => String(generationOf(container)) === worker.generation);
    if (home !== undefined) {
        // The shell's own: HAProxy's images have no program of this name. One that has ended meanwhile is fine.
        const script = 'kill -TERM "$1" || ! kill -0 "$1"';
        const argv = ["sh", "-c", script, "relink", String(worker.pid)];
        // In a generation as the user that HAProxy runs as: root has no right there to signal another user's process.
        const user = home === anchor ? "0" : undefined;
        const { exitCode, stderr } = await exec(session.engine, home.id, argv, { user });
        if (exitCode !== 0) {
            throw new Error(`worker ${worker.pid} of HAProxy could not be ended: ${stderr.trim()}`);
        }
    }
}

function describe(open: number, pinned: Worker[]): string {
    const requests = `${open} open ${open === 1 ? "request" : "requests"}`;
    return pinned.length === 0 ? requests : `${requests} and ${pinned.length} connections' old worker`;
}
