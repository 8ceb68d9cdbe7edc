import { exitCodes, readArguments, runAsProgram } from "./command";
import { openStack } from "./OpenStack";
import { stackStatus } from "./StackStatus";
import { Style } from "./Style";
import { statusText } from "./statusText";

const usage = `Usage: npm run status [-- OPTIONS]
    Shows every service of a stack as it is now: read from HAProxy, Docker and the
    record. It changes nothing, and it works while an up runs.

    --stack NAME   another stack than the selected one
    --long         each container, and the last 20 moves of each link
    --json         everything, for programs
    --help         this text

Exit code: 0 all is as it was last confirmed, and ready; 3 something needs
attention; 1 it could not be read; 2 an option is not known.`;

async function status(args: string[]): Promise<number> {
    const { values } = readArguments(
        args,
        {
            stack: { type: "string" },
            long: { type: "boolean", short: "l" },
            json: { type: "boolean" },
            help: { type: "boolean", short: "h" },
        },
        usage,
    );
    if (values.help) {
        console.log(usage);
        return exitCodes.fine;
    }
    const { live, ...opened } = await openStack(values.stack);
    const found = stackStatus(opened, await live.engine.now());
    process.stdout.write(
        values.json
            ? `${JSON.stringify(found, null, 4)}\n`
            : statusText(found, Style.of(process.stdout), values.long ?? false),
    );
    return found.ok ? exitCodes.fine : exitCodes.attention;
}

runAsProgram(status);
