import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Progress } from "../up/Progress";
import { discreet } from "./discretion";
import { parentHasTerminal } from "./parent";

/** In a log every status is a line: how long one that differs from the last one in figures alone waits, milliseconds. */
const sameWordsMs = 10_000;

/** Which statuses of one row are worth telling: to a terminal each that is new, to a log what is new but for its figures. */
export class StatusLines {
    #last = "";
    #toldAt = Number.NEGATIVE_INFINITY;

    constructor(
        private readonly isTerminal: boolean,
        private readonly now = () => performance.now(),
    ) {}

    isDue(text: string): boolean {
        const isNew = withoutFigures(text) !== withoutFigures(this.#last);
        const isAwaited = text !== this.#last && (this.isTerminal || this.now() - this.#toldAt >= sameWordsMs);
        if (isNew || isAwaited) {
            this.#last = text;
            this.#toldAt = this.now();
        }
        return isNew || isAwaited;
    }
}

/** What a status says, whatever its figures are. */
export function withoutFigures(text: string): string {
    return text.replace(/\(slot.*/, "").replace(/\d+(\.\d+)?/g, "");
}

let client: EngineClient | undefined;

/** Whoever else wants to know every step of this process (UpReport). */
let listener: ((urn: string, text: string) => void) | undefined;

export function onProgress(listen: typeof listener): void {
    listener = listen;
}

/**
 * Progress on the row of the resource with this URN, through the engine whose address the provider host was given as
 * its first argument. Never fails: a release does not stop because nobody listens.
 */
export function progressFor(urn: string): Progress {
    const lines = new StatusLines(parentHasTerminal());
    const log = (severity: Parameters<LogRequest["setSeverity"]>[0], words: string, ephemeral: boolean) => {
        const text = discreet(words);
        listener?.(urn, text);
        const address = process.argv[2];
        if (address === undefined) {
            return;
        }
        client ??= new EngineClient(address, credentials.createInsecure());
        const request = new LogRequest();
        request.setSeverity(severity);
        request.setMessage(text);
        request.setUrn(urn);
        request.setEphemeral(ephemeral);
        client.log(request, () => {});
    };
    return {
        status(text) {
            if (lines.isDue(text)) {
                log(LogSeverity.INFO, text, true);
            }
        },
        info: text => log(LogSeverity.INFO, text, false),
        warn: text => log(LogSeverity.WARNING, text, false),
    };
}
