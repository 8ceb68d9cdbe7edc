import type { CommandOutcome } from "../up/CommandOutcome";
import { runUserCommand } from "./userCommand";

/** How many of the last lines of a command's output are kept. */
const keptLines = 40;

/**
 * Runs a user's command on this machine.
 * @param env added to this process's own environment. @default nothing
 * @returns how it ended, and its last lines of output
 */
export async function commandOutcome(
    command: string,
    timeoutMs: number,
    env: Record<string, string> = {},
): Promise<CommandOutcome> {
    const output: string[] = [];
    const { exitCode, isLate, error } = await runUserCommand({
        command,
        env,
        timeoutMs,
        show(line) {
            output.push(line);
            output.splice(0, output.length - keptLines);
        },
    });
    return { exitCode, isLate, output: error === undefined ? output : [...output, error] };
}
