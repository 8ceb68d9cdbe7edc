/** The output and exit code of a program. */
export interface RunResult {
    stdout: string;
    stderr: string;
    exitCode: number;
}

/**
 * Runs a program next to HAProxy's files and sockets. In production it is a Docker exec as root in the front's anchor.
 * @returns the result, whatever the exit code
 * @throws where the program cannot be run
 */
export type Run = (argv: string[], stdin?: Buffer | string) => Promise<RunResult>;
