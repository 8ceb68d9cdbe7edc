import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { discreet } from "./discretion";

/** Tells the user, on the row of one resource, what is going on. */
export interface Progress {
    /** A passing status: shown in the row's info column while it is true. */
    status(text: string): void;
    /** A line that stays: repeated under the diagnostics at the end. */
    info(text: string): void;
    /** A line that stays and that asks for attention. */
    warn(text: string): void;
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
    let last = "";
    return {
        status(text) {
            if (text !== last) {
                last = text;
                log(LogSeverity.INFO, text, true);
            }
        },
        info: text => log(LogSeverity.INFO, text, false),
        warn: text => log(LogSeverity.WARNING, text, false),
    };
}
