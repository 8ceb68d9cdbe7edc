import { Duplex } from "node:stream";
import type { Engine } from "./Engine";

/** The output of a command, or a container's log. Docker sends both streams in one, in frames. */
export interface Output {
    stdout: Buffer;
    stderr: Buffer;
}

type Sink = (chunk: Buffer) => void;

/** Splits Docker's multiplexed stream while it comes. */
export function demultiplex(engine: Engine, source: NodeJS.ReadableStream, stdout: Sink, stderr: Sink): void {
    const asWritable = (sink: Sink) => ({ write: sink }) as unknown as NodeJS.WritableStream;
    engine.docker.modem.demuxStream(source, asWritable(stdout), asWritable(stderr));
}

/**
 * Collects a whole multiplexed stream.
 * @throws the stream's error, or Error where the stream was destroyed before its end
 */
export function collect(engine: Engine, source: Duplex): Promise<Output> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    demultiplex(
        engine,
        source,
        chunk => stdout.push(chunk),
        chunk => stderr.push(chunk),
    );
    return new Promise((resolve, reject) => {
        source.once("end", () => resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }));
        source.once("error", reject);
        source.once("close", () => reject(new Error("the connection to the Docker Engine was closed")));
    });
}

/**
 * A socket over the multiplexed connection of an exec. Where the command writes nothing on its standard output, its standard
 * error becomes the stream's error.
 */
export class DemultiplexedStream extends Duplex {
    private received = false;
    private ended = false;
    private complaint = "";

    constructor(
        engine: Engine,
        private readonly raw: Duplex,
    ) {
        super({ allowHalfOpen: false });
        demultiplex(
            engine,
            raw,
            chunk => this.receive(chunk),
            chunk => this.complain(chunk),
        );
        raw.once("end", () => this.finish());
        raw.once("error", error => this.destroy(error));
        raw.once("close", () => this.cut());
    }

    override _read(): void {
        this.raw.resume();
    }

    override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
        this.raw.write(chunk, encoding, done);
    }

    override _final(done: (error?: Error | null) => void): void {
        this.raw.end(() => done());
    }

    override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
        this.raw.destroy();
        done(error);
    }

    // HTTP clients call these methods of a net.Socket. The caller sets deadlines by an abort signal.
    setTimeout = (): this => this;
    setNoDelay = (): this => this;
    setKeepAlive = (): this => this;
    ref = (): this => this;
    unref = (): this => this;

    private receive(chunk: Buffer): void {
        this.received = true;
        if (!this.push(chunk)) {
            this.raw.pause();
        }
    }

    private complain(chunk: Buffer): void {
        this.complaint = (this.complaint + chunk.toString()).slice(0, 1000);
    }

    /** Handles a connection that closed before its end. After the end, buffered data can still be read. */
    private cut(): void {
        if (!this.ended) {
            this.destroy(new Error("the connection to the Docker Engine was closed"));
        }
    }

    private finish(): void {
        this.ended = true;
        if (!this.received && this.complaint.trim() !== "") {
            this.destroy(new Error(this.complaint.trim()));
        } else {
            this.push(null);
        }
    }
}
