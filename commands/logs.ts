import { MergedLog, type ServiceLine } from "../look/MergedLog";
import { Duration } from "../model/Duration";
import { ownServices } from "../model/ownership";
import { recordOf } from "../model/Records";
import { stackLabels } from "../model/Target";
import { withoutSecrets } from "../text/withoutSecrets";
import { CommandFailed, exitCodes, readArguments, runAsProgram } from "./command";
import { type OpenStack, openStack } from "./OpenStack";
import { Style } from "./Style";

const usage = `Usage: npm run logs -- SERVICE [OPTIONS]
    Shows what the containers of a service wrote, both colors merged by time. Each
    line has its time (UTC), color and slot; "|" stands for standard output, "!"
    for standard error.

    --color COLOR      blue or green alone
    --follow, -f       goes on with new lines until Ctrl-C
    --tail N, -n N     the last N lines, or all (default: 100)
    --since DURATION   only lines of the last 10m, 1h, ...
    --stack NAME       another stack than the selected one
    --help             this text

Exit code: 0; 1 it could not be read; 2 an option is not known.`;

const options = {
    color: { type: "string" },
    follow: { type: "boolean", short: "f" },
    tail: { type: "string", short: "n", default: "100" },
    since: { type: "string" },
    stack: { type: "string" },
    help: { type: "boolean", short: "h" },
} as const;

async function logs(args: string[]): Promise<number> {
    const { values, positionals } = readArguments(args, options, usage);
    if (values.help) {
        console.log(usage);
        return exitCodes.fine;
    }
    const [service, ...others] = positionals;
    if (service === undefined || others.length > 0) {
        throw new CommandFailed(`Say which service, and only one.\n\n${usage}`, exitCodes.usage);
    }
    const tail = oneOf("--tail", values.tail, /^(all|\d+)$/, "a number of lines, or all");
    const color = oneOf("--color", values.color, /^(blue|green)$/, "blue or green");
    const sinceMs = values.since === undefined ? undefined : durationOf(values.since);
    const opened = await openStack(values.stack);
    requireService(opened, service);

    const printer = new Printer(Style.of(process.stdout), secretsOf(opened, service));
    const now = sinceMs === undefined ? undefined : (await opened.live.engine.now()).getTime();
    const merged = new MergedLog(opened.live.engine, {
        labels: { ...stackLabels(opened.target), "relink.service": service, ...(color && { "relink.color": color }) },
        tail: tail === "all" ? undefined : Number(tail),
        since: now === undefined ? undefined : String((now - sinceMs!) / 1000),
        onLine: line => printer.print(line),
        onProblem: text => console.error(text),
    });
    await merged.past();
    if (values.follow) {
        const end = new AbortController();
        process.once("SIGINT", () => end.abort());
        process.once("SIGTERM", () => end.abort());
        await merged.follow(end.signal);
    } else if (printer.isEmpty) {
        console.error(
            `${service} has written nothing${values.since === undefined ? "" : ` in the last ${values.since}`}.`,
        );
    }
    return exitCodes.fine;
}

function oneOf<T extends string | undefined>(option: string, value: T, pattern: RegExp, wanted: string): T {
    if (value !== undefined && !pattern.test(value)) {
        throw new CommandFailed(`${option} ${value}: it must be ${wanted}.`, exitCodes.usage);
    }
    return value;
}

function durationOf(text: string): number {
    try {
        return Duration.parse(text).milliseconds;
    } catch {
        throw new CommandFailed(`--since ${text}: it must be a duration such as 30s, 10m or 1h.`, exitCodes.usage);
    }
}

function requireService({ world, settings, target }: OpenStack, service: string): void {
    const names = [...ownServices(world.records, target), ...(settings?.services ?? []).map(({ name }) => name)];
    if (!names.includes(service)) {
        const known = [...new Set(names)].sort().join(", ") || "none";
        throw new CommandFailed(`The stack ${target.stack} has no service "${service}". Its services: ${known}.`);
    }
}

/** A service may log its own secrets, and people paste logs into chats (docs/design.md, rule 9). */
function secretsOf({ world }: OpenStack, service: string): string[] {
    const { releases } = recordOf(world.records, service);
    return Object.values(releases).flatMap(({ secretValues }) => Object.values(secretValues));
}

class Printer {
    private day = "";

    constructor(
        private readonly style: Style,
        private readonly secrets: string[],
    ) {}

    get isEmpty(): boolean {
        return this.day === "";
    }

    print({ at, color, slot, stream, text }: ServiceLine): void {
        const day = at.slice(0, 10);
        if (day !== this.day) {
            this.day = day;
            this.write(this.style.faint(`-- ${day} (UTC)`));
        }
        const mark = stream === "stderr" ? this.style.alarm("!") : "|";
        const name = this.style.color(color, `${color}-${slot}`.padEnd(8));
        this.write(`${this.style.faint(at.slice(11, 23))} ${name} ${mark} ${withoutSecrets(text, this.secrets)}`);
    }

    private write(line: string): void {
        process.stdout.write(`${line}\n`);
    }
}

runAsProgram(logs);
