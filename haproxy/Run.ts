/** What one finished program left behind. */
export interface RunResult {
    stdout: string;
    stderr: string;
    exitCode: number;
}

/**
 * Runs a program next to HAProxy's files and sockets: in production a Docker exec as root in the front's anchor. It
 * resolves for any exit code and rejects only when the program could not be run at all.
 */
export type Run = (argv: string[], stdin?: Buffer | string) => Promise<RunResult>;
