import type { Command } from "../../../haproxy/cli";
import type { Run } from "../../../haproxy/Run";

/** One exec. */
export interface Exec {
    argv: string[];
    stdin: string | undefined;
    commands: Command[];
}

/**
 * The anchor with HAProxy's sockets in memory. It reads the commands from an exec's arguments or input, and frames the
 * answers, as the script does. The answer `undefined` means a socket without a listener.
 */
export function fakeHaproxy(
    answer: (command: string, socket: string) => string | undefined,
    masters: Record<string, string> = {},
): { run: Run; execs: Exec[] } {
    const execs: Exec[] = [];
    const run: Run = async (argv, stdin) => {
        const [, , script, , marker, ...rest] = argv;
        const commands: Command[] = [];
        if (script!.includes("show proc")) {
            for (const [socket, processes] of Object.entries(masters)) {
                commands.push({ socket, command: "show proc" });
                for (const [, pid] of processes.matchAll(/^(\d+) +worker/gm)) {
                    commands.push(...rest.map(command => ({ socket, command: `@!${pid} ${command}` })));
                }
            }
        } else if (stdin === undefined) {
            for (let index = 0; index < rest.length; index += 2) {
                commands.push({ socket: rest[index]!, command: rest[index + 1]! });
            }
        } else {
            for (const line of String(stdin).trimEnd().split("\n")) {
                const [socket, ...words] = line.split(" ");
                commands.push({ socket: socket!, command: words.join(" ") });
            }
        }
        execs.push({ argv, stdin: stdin?.toString(), commands });
        const frames = commands.map(({ socket, command }) => {
            const text =
                socket in masters && command === "show proc" ? masters[socket] || undefined : answer(command, socket);
            const shown = text ?? `socat[7] E connect(5, AF=1 "${socket}", 28): Connection refused`;
            return `${shown}\n\n${marker} ${text === undefined ? 1 : 0} ${socket} ${command}\n`;
        });
        return { stdout: frames.join(""), stderr: "", exitCode: 0 };
    };
    return { run, execs };
}
