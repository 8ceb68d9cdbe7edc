import { existsSync, writeFileSync } from "node:fs";

/**
 * Every step that changes something, in the order of one `up`. Each begins with `Session.enter`, so these are all the
 * places where an `up` can die between two changes; the crash test kills it at each of them (test/e2e/crash.test.ts).
 */
export const phases = [
    "front: start",
    "deploy: record",
    "deploy: vacate",
    "deploy: configure",
    "deploy: start",
    "deploy: prove",
    "deploy: keep",
    "deploy: proved",
    "roll: intent",
    "roll: file",
    "roll: start",
    "roll: prove",
    "roll: drain",
    "roll: stop",
    "roll: vacate",
    "roll: undo",
    "roll: end",
    "roll: done",
    "link: intent",
    "link: file",
    "link: memory",
    "link: confirm",
    "link: confirmed",
    "link: routes",
    "link: bake",
    "link: baked",
    "link: back",
    "link: retain",
    "link: leave",
    "link: left",
    "drain: cut",
    "link: undo",
    "link: delete",
    "deploy: delete",
    "front: delete",
] as const;

/** One step that changes something. */
export type Phase = (typeof phases)[number];

/**
 * Steps whose changes are all made by commands that compare the lease's epoch themselves (`Lease.run`). Before the other
 * ones, which call the Engine, it is compared by a command of its own.
 */
export const guardedPhases: ReadonlySet<Phase> = new Set<Phase>([
    "deploy: record",
    "deploy: configure",
    "deploy: proved",
    "roll: intent",
    "roll: file",
    "roll: done",
    "link: intent",
    "link: file",
    "link: memory",
    "link: confirm",
    "link: confirmed",
    "link: routes",
    "link: bake",
    "link: baked",
    "link: back",
    "link: left",
    "link: undo",
]);

let halted = false;

/**
 * For the crash test alone: where `RELINK_HALT_AT` names the phase, says so in the file `RELINK_HALT_FILE` and stays there
 * until the file is removed, or the process killed. It stays once.
 */
export async function haltForTest(phase: Phase): Promise<void> {
    const { RELINK_HALT_AT: at, RELINK_HALT_FILE: file } = process.env;
    if (at === phase && file !== undefined && !halted) {
        halted = true;
        writeFileSync(file, String(process.pid));
        while (existsSync(file)) {
            await new Promise(resolve => setTimeout(resolve, 20));
        }
    }
}
