import type { CommandOutcome } from "../up/CommandOutcome";
import { runUserCommand } from "./userCommand";

/** Of what a command says, how many lines are kept. */
const keptLines = 40;

/** Runs one of the user's own commands on this machine. @returns how it ended, and what it said last */
export async function commandOutcome(command: string, timeoutMs: number): Promise<CommandOutcome> {
    const output: string[] = [];
    const { exitCode, isLate, error } = await runUserCommand({
        command,
        timeoutMs,
        show(line) {
            output.push(line);
            output.splice(0, output.length - keptLines);
        },
    });
    return { exitCode, isLate, output: error === undefined ? output : [...output, error] };
}
