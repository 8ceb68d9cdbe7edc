import { exec } from "../docker/exec";
import { standIn } from "../haproxy/names";
import { generationOf } from "../look/generations";
import type { Worker } from "../model/FrontState";
import type { FrontAccess } from "./FrontAccess";

/** Ends a soft-stopped worker of HAProxy, which would send requests to containers that are about to be removed. */
export async function endWorker(access: FrontAccess, worker: Worker): Promise<void> {
    const { generations, anchor } = await access.observe([]);
    const home =
        worker.generation === standIn
            ? anchor
            : generations.find(container => String(generationOf(container)) === worker.generation);
    if (home === undefined) {
        return;
    }
    // `kill` is the shell's own, because HAProxy's images have no such program. A worker that has ended is fine.
    const script = 'kill -TERM "$1" || ! kill -0 "$1"';
    const argv = ["sh", "-c", script, "relink", String(worker.pid)];
    // In a generation's container root may not signal processes of other users, so the script runs as HAProxy's user.
    const user = home === anchor ? "0" : undefined;
    const { exitCode, stderr } = await exec(access.engine, home.id, argv, { user });
    if (exitCode !== 0) {
        throw new Error(`worker ${worker.pid} of HAProxy could not be ended: ${stderr.trim()}`);
    }
}
