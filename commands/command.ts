import { type ParseArgsConfig, parseArgs } from "node:util";

/** A command's exit codes. `attention`: something is not as it should be. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, attention: 3 } as const;

/** A command failed in a way that the user can mend. The message has the next step. */
export class CommandFailed extends Error {
    constructor(
        message: string,
        readonly exitCode: number = exitCodes.failed,
    ) {
        super(message);
    }
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Parses the arguments of a command.
 * @param options what it knows; `help` should be one of them
 * @throws CommandFailed with the usage, for an option that it does not know
 */
export function readArguments<const T extends Options>(args: string[], options: T, usage: string) {
    try {
        return parseArgs({ args, options, allowPositionals: true });
    } catch (error) {
        // Only the first sentence of Node's message names the argument.
        throw new CommandFailed(`${(error as Error).message.split(". ")[0]}.\n\n${usage}`, exitCodes.usage);
    }
}

/**
 * Runs a command as the program of this process. An error is printed as its message, with RELINK_DEBUG as its stack.
 * @param main returns the exit code
 */
export function runAsProgram(main: (args: string[]) => Promise<number>): void {
    // The program that reads our output may end first, for instance `head`.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
    main(process.argv.slice(2))
        .catch((error: Error) => {
            const isExpected = error instanceof CommandFailed;
            console.error(isExpected || process.env.RELINK_DEBUG === undefined ? error.message : error.stack);
            return error instanceof CommandFailed ? error.exitCode : exitCodes.failed;
        })
        .then(code => {
            process.exitCode = code;
        });
}
