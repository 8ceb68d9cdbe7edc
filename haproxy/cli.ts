import { randomBytes } from "node:crypto";
import { folders } from "../model/folders";
import { withoutControls } from "../text/withoutControls";
import type { Run } from "./Run";

/** A command for one socket of HAProxy. A command for a worker starts with `@!PID`. */
export interface Command {
    socket: string;
    command: string;
    /** Lines that belong to the command, such as a certificate. HAProxy takes no empty one among them. @default none */
    payload?: readonly string[];
}

/** The reply to one command. */
export interface Reply extends Command {
    /** HAProxy's answer, or the tool's error where it did not reach the socket. */
    text: string;
    reached: boolean;
}

/**
 * The starts of all commands that count as read-only. Commands that show certificates' keys are not among them. The tests
 * compare every call of an `up` without changes with this list.
 */
export const readOnlyCommands = [
    "show proc",
    "show env RELINK_CONFIG",
    "show info",
    "show map ",
    "get map ",
    "show stat",
    "show servers state",
    "show version",
] as const;

/** How long HAProxy may take for an answer, seconds. It takes milliseconds unless the machine is overloaded. */
const answerSeconds = 5;
/** How long HAProxy may take for a reload, seconds. It answers once the new worker serves. */
const reloadSeconds = 20;

// The commands are data, on the standard input or as arguments, and never part of a script. A line with a random marker, which
// no answer can contain, ends each answer. An answer includes a tool's error output, which says why a socket is dead.
//
// A master forgets connections around a reload (seen with 3.0.11; haproxy/haproxy#3070). For a worker that exits just then it
// answers "Can't find the target" and leaves the connection open. So the script does not wait for the close. Now and then
// it does not answer at all. Every real answer has at least one byte, so the script sends such a command again: all commands
// can be repeated safely.

// One perl process sends all commands. Debian's variant of the official image has perl.
const askByPerl = `use Socket;
$SIG{PIPE} = "IGNORE";
$| = 1;
my $marker = shift;
sub ask {
    my ($path, $said) = @_;
    (my $command = $said) =~ tr/\\x0b/\\n/;
    $said =~ s/\\x0b.*//;
    my ($text, $code) = ("", 0);
    for (1 .. 3) {
        $code = 0;
        eval {
            local $SIG{ALRM} = sub { die "silence" };
            alarm($command eq "reload" ? ${reloadSeconds} : ${answerSeconds});
            socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "$!\\n";
            connect($socket, pack_sockaddr_un($path)) or die "$!\\n";
            syswrite($socket, "$command\\n") or die "$!\\n";
            shutdown($socket, 1);
            while (1) {
                my $read = sysread($socket, $text, 65536, length $text);
                defined $read or die "$!\\n";
                last if $read == 0 or $text =~ /^Can.t find the target.*\\n/;
            }
            1;
        } or $code = 1;
        alarm 0;
        $text .= $@ if $code and $@ !~ /^silence/;
        last if $text ne "";
    }
    ($code, $text) = (1, "no answer, three times") if $text eq "";
    print $text, "\\n$marker $code $path $said\\n";
    return $text;
}
`;

// Where there is no perl, each command needs a process of its own.
const askByShell = `marker=$1; shift
lineEnd=$(printf '\\013')
if command -v socat >/dev/null 2>&1; then
    talk() { printf '%s\\n' "$2" | tr '\\013' '\\n' | socat "-t$3" - "UNIX-CONNECT:$1" 2>&1; }
elif command -v nc >/dev/null 2>&1; then
    talk() { printf '%s\\n' "$2" | tr '\\013' '\\n' | timeout "$3" nc "local:$1" 2>&1; }
else
    echo "needs perl, socat or nc" >&2; exit 69
fi
ask() {
    seconds=${answerSeconds}
    if [ "$2" = reload ]; then seconds=${reloadSeconds}; fi
    for attempt in 1 2 3; do
        reply=$(talk "$1" "$2" "$seconds"; printf ' %s' "$?")
        code=\${reply##* }; reply=\${reply% *}
        if [ -n "$reply" ]; then break; fi
        code=1
    done
    printf '%s\\n%s %s %s %s\\n' "\${reply:-no answer, three times}" "$marker" "$code" "$1" "\${2%%"$lineEnd"*}"
}
`;

const batchScript = `LC_ALL=C; export LC_ALL
if command -v perl >/dev/null 2>&1; then exec perl -e '${askByPerl}
    if (@ARGV) { ask(splice @ARGV, 0, 2) while @ARGV > 1 }
    else { while (<STDIN>) { chomp; ask(split / /, $_, 2) } }' "$@"
fi
${askByShell}if [ $# -gt 0 ]; then
    while [ $# -gt 1 ]; do ask "$1" "$2"; shift 2; done
else
    while read -r socket command; do ask "$socket" "$command"; done
fi`;

const everyWorkerScript = `LC_ALL=C; export LC_ALL
if command -v perl >/dev/null 2>&1; then exec perl -e '${askByPerl}
    for my $socket (grep { -S } glob "${folders.run}/master-*.sock") {
        for my $pid (ask($socket, "show proc") =~ /^(\\d+)\\s+worker\\b/mg) { ask($socket, "\\@!$pid $_") for @ARGV }
    }' "$@"
fi
${askByShell}for socket in ${folders.run}/master-*.sock; do
    [ -S "$socket" ] || continue
    processes=$(ask "$socket" "show proc")
    printf '%s\\n' "$processes"
    printf '%s\\n' "$processes" | while read -r pid type rest; do
        case "$type:$pid" in worker:*[!0-9]*) ;; worker:*) for command in "$@"; do ask "$socket" "@!$pid $command"; done ;; esac
    done
done`;

/**
 * Sends commands in one exec, one after the other.
 * @returns the replies, in the order of the commands
 * @throws Error where a command or socket is malformed, or a reply is missing
 */
export async function askBatch(run: Run, commands: readonly Command[]): Promise<Reply[]> {
    if (commands.length === 0) {
        return [];
    }
    for (const { socket, command, payload = [] } of commands) {
        assertLine(command);
        payload.forEach(assertPayload);
        if (!/^\/[A-Za-z0-9/._-]+$/.test(socket)) {
            throw new Error(`${JSON.stringify(socket)} cannot be a socket.`);
        }
    }
    const marker = newMarker();
    // A changing command goes to the standard input, because it may hold a one-time secret, and a process list shows arguments.
    // A reading command is an argument, so that the exec's description shows that it only reads.
    const reads = commands.every(({ command, payload }) => payload === undefined && isReadOnlyCommand(command));
    const argv = ["sh", "-c", batchScript, "relink", marker];
    const { stdout, stderr, exitCode } = reads
        ? await run([...argv, ...commands.flatMap(({ socket, command }) => [socket, command])])
        : await run(argv, commands.map(inOneLine).join(""));
    const replies = parseReplies(stdout, marker);
    if (exitCode !== 0 || replies.length !== commands.length) {
        throw new Error(
            `HAProxy answered ${replies.length} of ${commands.length} commands (exit code ${exitCode}): ${stderr.trim()}`,
        );
    }
    return replies;
}

/** The scripts turn each `\v` into the end of a line. A payload ends with an empty line. */
function inOneLine({ socket, command, payload }: Command): string {
    const lines = payload === undefined ? [command] : [`${command} <<`, ...payload, ""];
    return `${socket} ${lines.join("\v")}\n`;
}

/**
 * Sends the same commands to every worker of every generation, in one exec.
 * @returns the replies, and each master's reply to `show proc`
 */
export async function askEveryWorker(run: Run, commands: readonly string[]): Promise<Reply[]> {
    commands.forEach(assertLine);
    const marker = newMarker();
    const { stdout, stderr, exitCode } = await run(["sh", "-c", everyWorkerScript, "relink", marker, ...commands]);
    if (exitCode !== 0) {
        throw new Error(`HAProxy's sockets could not be asked (exit code ${exitCode}): ${stderr.trim()}`);
    }
    return parseReplies(stdout, marker);
}

/** @returns whether an exec only reads: HAProxy's `show` and `get`, or the folder of its files */
export function isReadOnlyScript(argv: readonly string[], stdin?: Buffer | string): boolean {
    const [shell, flag, script, , marker, ...rest] = argv;
    if (shell !== "sh" || flag !== "-c" || (stdin !== undefined && stdin.length > 0)) {
        return false;
    }
    if (script === readFolderScript) {
        return argv.length === 3;
    }
    if (marker === undefined || !/^[0-9a-f]{32}$/.test(marker)) {
        return false;
    }
    if (script === everyWorkerScript) {
        return rest.every(isReadOnlyCommand);
    }
    return (
        script === batchScript &&
        rest.length > 0 &&
        rest.length % 2 === 0 &&
        rest.every((argument, index) => index % 2 === 0 || isReadOnlyCommand(argument))
    );
}

/** Prints the names of all versions, the version in force, and the latter's files as a tar in base64. */
export const readFolderScript = `cd /relink/config || exit 1
ls versions 2>/dev/null
printf 'current %s\\n' "$(readlink current 2>/dev/null)"
if [ -d current/ ]; then tar -cf - -C current/ . | base64; fi`;

function isReadOnlyCommand(command: string): boolean {
    const bare = command.replace(/^@!?\d+ /, "");
    return isLine(bare) && readOnlyCommands.some(start => bare.startsWith(start));
}

function assertLine(command: string): void {
    if (!isLine(command)) {
        throw new Error(`${JSON.stringify(command)} cannot be sent to HAProxy.`);
    }
}

/** @returns whether a text is one command: without a second one after `;`, a payload, or an escape */
function isLine(command: string): boolean {
    return /^[A-Za-z0-9@!][A-Za-z0-9@!*.:_~/=&% -]{0,4000}$/.test(command);
}

/** A line of PEM. */
function assertPayload(line: string): void {
    if (!/^[A-Za-z0-9+/= -]{1,100}$/.test(line)) {
        // The line may be one of a key.
        throw new Error("a line of a certificate cannot be sent to HAProxy.");
    }
}

function newMarker(): string {
    return randomBytes(16).toString("hex");
}

function parseReplies(stdout: string, marker: string): Reply[] {
    const replies: Reply[] = [];
    const frame = new RegExp(`\\n${marker} (\\d+) (\\S+) (.*)\\n`, "g");
    let start = 0;
    for (const match of stdout.matchAll(frame)) {
        const [whole, exitCode, socket, command] = match;
        replies.push({
            socket: socket!,
            command: command!,
            text: withoutControls(stdout.slice(start, match.index)).trim(),
            reached: exitCode === "0",
        });
        start = match.index + whole.length;
    }
    return replies;
}
