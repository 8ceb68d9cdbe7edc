import type { Duplex } from "node:stream";
import type { Engine } from "./Engine";
import { ContainerNotRunning } from "./errors";
import { type ExecResult, execStream } from "./exec";

/** How long a command may take, with the commands before it, milliseconds. One that takes longer hangs and blocks the others. */
const deadlineMs = 120_000;

/**
 * Runs commands in a container one after the other, through one exec that stays open. A command costs a few milliseconds that
 * way. With an exec of its own it costs about 50 ms, mostly for the start of a process (measured with Docker 20.10).
 *
 * A request is a line `token argv length`, then the command's input of that length and a newline. A reply is a line
 * `token exitcode stdout stderr`. All fields are encoded, so that no output looks like a reply. Arguments are never part of a
 * script's text.
 */
export class Shell {
    #stream: Promise<Duplex> | undefined;
    #pending = new Map<string, Pending>();
    #count = 0;

    constructor(
        private readonly engine: Engine,
        private readonly container: string,
        private readonly user: string,
    ) {}

    /**
     * Runs a command and waits for its end.
     * @returns its output and exit code, also where that is not 0
     * @throws ContainerNotRunning where the container does not run, the connection is lost, or no reply comes in time, as from
     * a paused container
     */
    async run(argv: string[], stdin: Buffer | string = ""): Promise<ExecResult> {
        const stream = await this.#open();
        const token = String(++this.#count);
        const answered = new Promise<ExecResult>((resolve, reject) => {
            this.#pending.set(token, { stream, resolve, reject });
        });
        const input = Buffer.from(stdin);
        const line = `${token} ${argv.map(argument).join(",")} ${input.length}\n`;
        stream.write(Buffer.concat([Buffer.from(line), input, Buffer.from(input.length > 0 ? "\n" : "")]));
        const silence = new Error(`a command has not ended within ${deadlineMs / 1000} s`);
        const timer = setTimeout(() => stream.destroy(silence), deadlineMs);
        return answered.finally(() => clearTimeout(timer));
    }

    /** Ends the open exec. A command that runs in the container goes on to its end. */
    async close(): Promise<void> {
        const opened = this.#stream;
        this.#stream = undefined;
        (await opened?.catch(() => undefined))?.destroy();
    }

    #open(): Promise<Duplex> {
        this.#stream ??= this.#connect().catch(error => {
            this.#stream = undefined;
            throw error;
        });
        return this.#stream;
    }

    async #connect(): Promise<Duplex> {
        const stream = await execStream(this.engine, this.container, ["sh", "-c", loop], { user: this.user });
        let rest = "";
        stream.setEncoding("latin1");
        stream.on("data", (text: string) => {
            const lines = (rest + text).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines) {
                this.#answer(line);
            }
        });
        const lost = (error?: Error) => {
            if (opened === this.#stream) {
                this.#stream = undefined;
            }
            const why = error === undefined ? "it has stopped" : error.message;
            for (const [token, { stream: used, reject }] of this.#pending) {
                if (used === stream) {
                    this.#pending.delete(token);
                    reject(new ContainerNotRunning(`The connection into ${this.container} was lost: ${why}`));
                }
            }
        };
        const opened = this.#stream;
        stream.once("error", lost);
        stream.once("close", () => lost());
        stream.once("end", () => lost());
        return stream;
    }

    #answer(line: string): void {
        const [token = "", exitCode = "", stdout = "", stderr = ""] = line.split(" ");
        const pending = this.#pending.get(token);
        this.#pending.delete(token);
        pending?.resolve({ stdout: decode(stdout), stderr: decode(stderr), exitCode: Number(exitCode) });
    }
}

interface Pending {
    stream: Duplex;
    resolve(result: ExecResult): void;
    reject(error: Error): void;
}

/**
 * Encodes an argument for the shell's own `printf %b`. A byte that the shell or the protocol could interpret becomes octal. The
 * mark in front makes an empty argument a field too.
 */
function argument(text: string): string {
    const bytes = Buffer.from(text).toString("latin1");
    const octal = (byte: string) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
    return `=${bytes.replace(/[^A-Za-z0-9_./:@-]/g, octal)}`;
}

function decode(text: string): string {
    return Buffer.from(text.slice(1), "base64").toString("utf8");
}

// POSIX, for Debian's dash and Alpine's ash. A process costs 1 to 2 ms, and a guarded command has ten arguments: so the shell
// decodes them itself. The x keeps newlines at an argument's end, which a command substitution cuts off. The shell reads a line
// byte by byte, so the input after it is left for dd. A command does not run where its input is incomplete: the client was
// killed, or the disk is full.
const loop = `
umask 077
in=$(mktemp) out=$(mktemp) err=$(mktemp)
trap 'rm -f "$in" "$out" "$err"' EXIT
while read -r token args length; do
    set --
    IFS=,
    for arg in $args; do
        arg=$(printf %bx "\${arg#=}")
        set -- "$@" "\${arg%x}"
    done
    unset IFS
    input=/dev/null code=0
    if [ "$length" != 0 ]; then
        input=$in
        dd bs="$length" count=1 iflag=fullblock > "$in" 2> "$err" || code=1
        read -r end || exit
    fi
    if [ "$code" = 0 ]; then
        (umask 022; exec "$@") < "$input" > "$out" 2> "$err"
        code=$?
    else
        : > "$out"
    fi
    stdout=
    stderr=
    [ ! -s "$out" ] || stdout=$(base64 -w0 < "$out")
    [ ! -s "$err" ] || stderr=$(base64 -w0 < "$err")
    echo "$token $code =$stdout =$stderr"
done
`;
