import { ComposeError } from "../compose/ComposeError";
import type { ConvertedStack, Located } from "../tutum/ConvertedStack";
import { configText } from "../tutum/configText";
import { fromStackFile } from "../tutum/fromStackFile";
import { CommandFailed, exitCodes, readArguments, runAsProgram } from "./command";

const usage = `Usage: npm run -s from-tutum -- FILE [OPTIONS]
    Prints the stack config that a stack with Tutum's HAProxy becomes (tutum/haproxy,
    dockercloud/haproxy; a stack file or a Compose file). It changes nothing, and asks
    nobody. docs/tutum.md says what becomes of each variable.

    --live SERVICE       the live one of two colors, where the file does not say it
    --ignore SERVICE.KEY leave out a variable or another key; may be given several times
    --value KEY          print one secret alone, as certificates.default
    --help               this text

Exit code: 0 the config is printed; 1 the file cannot be read; 2 an option is not
known; 3 something in the file has to change first.`;

const options = {
    live: { type: "string" },
    ignore: { type: "string", multiple: true },
    value: { type: "string" },
    help: { type: "boolean", short: "h" },
} as const;

async function fromTutum(args: string[]): Promise<number> {
    const { values, positionals } = readArguments(args, options, usage);
    const [file, ...more] = positionals;
    if (values.help) {
        console.log(usage);
        return exitCodes.fine;
    }
    if (file === undefined || more.length > 0) {
        throw new CommandFailed(`Name one file.\n\n${usage}`, exitCodes.usage);
    }
    const stack = read(file, values);
    if (stack.problems.length > 0) {
        console.error(problemText(stack.problems));
        return exitCodes.attention;
    }
    process.stdout.write(values.value === undefined ? configText(stack, file) : secretText(stack, values.value));
    return exitCodes.fine;
}

function read(file: string, { live, ignore }: { live?: string; ignore?: string[] }): ConvertedStack {
    try {
        return fromStackFile(file, { live, ignore, env: process.env });
    } catch (error) {
        if (error instanceof ComposeError) {
            const line = error.place.line === undefined ? "" : `, line ${error.place.line},`;
            throw new CommandFailed(
                `${file}${line} ${error.message}${typeof error.fix === "string" ? `: ${error.fix}` : ""}`,
            );
        }
        throw error;
    }
}

function problemText(problems: readonly Located[]): string {
    const count = problems.length === 1 ? "1 thing has" : `${problems.length} things have`;
    const lines = problems.map(({ place, message, fix }) =>
        [`  ${place}`, `      ${message}`, ...(fix === "" ? [] : [`      instead: ${fix}`])].join("\n"),
    );
    return [
        `${count} to change before this stack becomes one of relink; --ignore SERVICE.KEY does without a key.`,
        ...lines,
    ].join("\n\n");
}

function secretText({ values }: ConvertedStack, key: string): string {
    const value = values.get(key);
    if (value === undefined) {
        const known = values.size === 0 ? "it holds none" : `it holds ${[...values.keys()].join(", ")}`;
        throw new CommandFailed(`The file has no secret ${key}; ${known}.`);
    }
    return value.endsWith("\n") ? value : `${value}\n`;
}

runAsProgram(fromTutum);
