/** Ends this process with the exit code of a command, or with what went wrong in one line. */
export function endWith(command: Promise<number>): void {
    command.then(
        code => {
            process.exitCode = code;
        },
        (error: Error) => {
            console.error(`relink: ${error.message}`);
            process.exitCode = 1;
        },
    );
}
