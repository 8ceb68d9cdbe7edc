import { existsSync, writeFileSync } from "node:fs";
import type { Phase } from "../up/phases";

let halts = 0;

/**
 * For tests alone: where `RELINK_HALT_AT` names the phase, says so in the file `RELINK_HALT_FILE` and stays there until the
 * file is removed, or the process killed. It stays `RELINK_HALT_TIMES` times, once by default.
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
