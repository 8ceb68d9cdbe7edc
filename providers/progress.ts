import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Progress } from "../up/Progress";
import { discreet } from "./discretion";
import { parentHasTerminal } from "./parent";

/** Least time between two statuses in a log that differ in figures alone, milliseconds. There each status is a line. */
const sameWordsMs = 10_000;

/** Decides which statuses of a row to tell: to a terminal each new one, to a log each one with new words. */
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

/** @returns a status without its figures */
export function withoutFigures(text: string): string {
    return text.replace(/\(slot.*/, "").replace(/\d+(\.\d+)?/g, "");
}

let client: EngineClient | undefined;

/** Gets every step of this process, for the report (UpReport). */
let listener: ((urn: string, text: string) => void) | undefined;

/** Sets what gets every step of this process. */
export function onProgress(listen: typeof listener): void {
    listener = listen;
}

/**
 * Shows progress on the row of the resource with this URN. It goes to Pulumi's engine, whose address is the provider host's
 * first argument. An engine that does not answer is no reason to stop a release, so its errors are dropped.
 */
export function progressFor(urn: string): Progress {
    const lines = new StatusLines(parentHasTerminal());
    const log = (severity: Parameters<LogRequest["setSeverity"]>[0], words: string, ephemeral: boolean) => {
        const text = discreet(words);
        listener?.(urn, text);
        const address = process.argv[2];
        // In a command of relink's own, it is an option.
        if (address === undefined || !/^\S+:\d+$/.test(address)) {
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
