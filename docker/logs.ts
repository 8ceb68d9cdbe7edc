import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { withoutControls } from "../text/withoutControls";
import type { Engine } from "./Engine";
import { demultiplex } from "./streams";

/** One line that a container wrote. */
export interface LogLine {
    /** When, as Docker writes it: UTC with nine decimals, so that sorting the texts sorts by time. */
    at: string;
    stream: "stdout" | "stderr";
    /** Without colors, cursor movements and other control characters. */
    text: string;
}

/** Which part of a log to read. */
export interface LogOptions {
    /** How many of the last lines. @default all */
    tail?: number;
    /** Only lines from this time on, seconds since 1970, with decimals. @default all */
    since?: string;
    /** Whether to go on until the container stops, or until `signal`. @default false */
    follow?: boolean;
    /** Ends the reading. @default it does not end early */
    signal?: AbortSignal;
}

/**
 * Reads a container's log line by line. Resolves at the log's end.
 * @throws an error with a `statusCode` where there is no such container, or its logging driver keeps nothing to read
 */
export async function readLog(
    engine: Engine,
    id: string,
    { tail, since, follow = false, signal }: LogOptions,
    onLine: (line: LogLine) => void,
): Promise<void> {
    const options = { stdout: true, stderr: true, timestamps: true, tail: tail ?? "all", since, abortSignal: signal };
    const container = engine.docker.getContainer(id);
    // With `follow` dockerode returns a stream, without it the whole log.
    const answer = (await container.logs({ ...options, follow } as object)) as unknown as Buffer | Readable;
    const source = Buffer.isBuffer(answer) ? Readable.from([answer], { objectMode: false }) : answer;
    const lines = { stdout: new Lines("stdout", onLine), stderr: new Lines("stderr", onLine) };
    const ended = new Promise<void>((resolve, reject) => {
        const end = () => resolve();
        source.once("end", end);
        source.once("close", end);
        source.once("error", error => (signal?.aborted ? resolve() : reject(error)));
    });
    demultiplex(
        engine,
        source,
        chunk => lines.stdout.add(chunk),
        chunk => lines.stderr.add(chunk),
    );
    await ended;
    lines.stdout.end();
    lines.stderr.end();
}

/** Splits one stream into lines. */
class Lines {
    private readonly decoder = new StringDecoder("utf8");
    private rest = "";

    constructor(
        private readonly stream: LogLine["stream"],
        private readonly onLine: (line: LogLine) => void,
    ) {}

    add(chunk: Buffer): void {
        const lines = (this.rest + this.decoder.write(chunk)).split("\n");
        this.rest = lines.pop() ?? "";
        for (const line of lines) {
            this.tell(line);
        }
    }

    end(): void {
        if (this.rest !== "") {
            this.tell(this.rest);
        }
    }

    private tell(line: string): void {
        const [, at = "", text = ""] = /^(\S+) (.*)$/s.exec(line) ?? [];
        if (at !== "") {
            this.onLine({ at, stream: this.stream, text: withoutControls(text) });
        }
    }
}
