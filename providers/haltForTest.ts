import { existsSync, writeFileSync } from "node:fs";
import type { Phase } from "../up/phases";

let halts = 0;

/**
 * For tests alone. Where `RELINK_HALT_AT` names the phase, writes the process id into the file `RELINK_HALT_FILE`, and waits
 * until the file is removed or the process is killed. It waits at the first `RELINK_HALT_TIMES` (1 by default) such phases.
 */
export async function haltForTest(phase: Phase): Promise<void> {
    const { RELINK_HALT_AT: at, RELINK_HALT_FILE: file, RELINK_HALT_TIMES: times = "1" } = process.env;
    if (at === phase && file !== undefined && halts < Number(times)) {
        halts++;
        writeFileSync(file, String(process.pid));
        while (existsSync(file)) {
            await new Promise(resolve => setTimeout(resolve, 20));
        }
    }
}
