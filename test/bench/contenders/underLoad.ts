import { type LoadMix, type LoadResult, type LoadRun, startLoad } from "../../support/load";
import type { Contender } from "./Contender";
import type { Site } from "./Site";

export const ratePerSecond = 500;
/** How long a stream takes, so that some are open whatever happens. */
export const streamSeconds = 8;
/** Requests that are answered before and after each act under load: some seconds of load. */
const settledRequests = 2 * ratePerSecond;

/** What was lost under load. */
export interface Lost {
    /** Without streams and WebSockets that were cut. */
    failed: number;
    streams: number;
    streamsCut: number;
    /** Open when the act began. One that is cut is opened again, and counts once. */
    webSockets: number;
    webSocketsCut: number;
    /** Requests over HTTP/2 that the server says it has not processed, so that a client may repeat them. They are not lost. */
    refused: number;
    /** Failed requests by kind, those that were cut too. */
    byKind: LoadResult["failuresByKind"];
}

/** The load around an act, and how many WebSockets were open when the act began. */
export type LoadAround = LoadResult & { webSocketsBefore: number };

/**
 * Lets a tool do something under load, from before it begins until after it has ended.
 *
 * @param site what is asked over TLS. @default the tool's URL, without TLS
 */
export async function underLoad(
    contender: Contender,
    mix: LoadMix,
    act: () => Promise<void>,
    site?: Site,
): Promise<LoadAround> {
    const load = await startLoad({
        url: contender.url,
        ...(site && { hostHeader: site.host, ca: site.ca }),
        mix,
        connections: 20,
        ratePerSecond,
        maxSeconds: 300,
        answeredBy: { versions: ["v1", "v2"] },
        paths: { stream: `/stream?seconds=${streamSeconds}` },
    });
    try {
        await moreAnswers(load);
        const { webSockets } = await load.snapshot();
        await act();
        await moreAnswers(load);
        const result = await load.stop();
        if (result.boundReached !== undefined) {
            throw new Error(`the load on ${contender.name} ended by itself, by its ${result.boundReached}`);
        }
        return { ...result, webSocketsBefore: webSockets.opened - webSockets.cut - webSockets.ended };
    } finally {
        load.kill();
    }
}

/** @returns what a load lost; streams and WebSockets apart from the rest */
export function lostOf(load: LoadAround): Lost {
    const { failed, open, refused, streams, webSockets, failuresByKind } = load;
    const webSocketsCut = webSockets.cut + webSockets.ended;
    return {
        failed: failed + open - streams.cut - webSocketsCut,
        streams: streams.opened,
        streamsCut: streams.cut,
        webSockets: load.webSocketsBefore,
        webSocketsCut,
        refused,
        byKind: failuresByKind,
    };
}

async function moreAnswers(load: LoadRun): Promise<void> {
    const { answered } = await load.snapshot();
    await load.until(now => now.answered >= answered + settledRequests, "the load is answered", 60);
}
