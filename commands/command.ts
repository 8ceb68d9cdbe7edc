import { type ParseArgsConfig, parseArgs } from "node:util";

/** How a command ends. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, attention: 3 } as const;

/** Something that the user can do something about; the message says what. */
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
 * Parses the arguments of a command. `--help` is an option of each.
 * @throws CommandFailed with the usage, for arguments that it does not know
 */
export function readArguments<const T extends Options>(args: string[], options: T, usage: string) {
    try {
        return parseArgs({ args, options, allowPositionals: true });
    } catch (error) {
        // The first sentence names the argument; the rest explains Node's own rules.
        throw new CommandFailed(`${(error as Error).message.split(". ")[0]}.\n\n${usage}`, exitCodes.usage);
    }
}

/** Runs a command as the program of this process: its exit code, and a plain message where it fails. */
export function runAsProgram(main: (args: string[]) => Promise<number>): void {
    // Whoever reads us may have enough, as `head` does.
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
