import { containersOf } from "../../model/World";
import { selfSigned } from "../support/certificates";
import { expectSuccess } from "../support/command";
import { LiveFront } from "../support/LiveFront";
import { median } from "../support/median";
import { createStack } from "../support/stack";
import { haproxyImage, lightApp } from "./benchStack";
import { type Bar, type Figure, ratio, rounds } from "./Figure";
import { HandMadeProxy } from "./HandMadeProxy";
import { findWrk, type Throughput, throughput } from "./wrk";

/** Short and often, so that other work of the machine disturbs both alike. */
const seconds = 2;
const measuredRounds = 15;
/** Kept connections of wrk. */
export const connections = 64;

/** What relink's HAProxy and one by hand did with the same load, by round. */
export interface Compared {
    ours: Throughput[];
    theirs: Throughput[];
    /** Of one container without a proxy. */
    direct: Throughput;
}

export interface CompareOptions {
    /** Whether both speak TLS. */
    tls: boolean;
    /** Whether each request opens a connection of its own. */
    newConnections?: boolean;
}

/**
 * Sends the same load through relink's HAProxy and through one with a minimal configuration, in front of the same
 * containers.
 *
 * @param loads what is measured, each with a name for the progress
 * @param say prints the progress
 * @returns what each load met, by name
 */
export async function besideHandMade<Name extends string>(
    loads: Record<Name, CompareOptions>,
    say: (text: string) => void,
): Promise<Record<Name, Compared>> {
    const wrk = await findWrk();
    const web = { ...lightApp("v1"), replicas: 2 };
    const all = Object.entries<CompareOptions>(loads);
    const https = all.some(([, { tls }]) => tls) ? { https: { selfSigned: true } } : {};
    const stack = await createStack({ config: { front: { image: haproxyImage, ...https }, services: { web } } });
    let byHand: HandMadeProxy | undefined;
    try {
        expectSuccess(await stack.up());
        const live = new LiveFront(stack);
        const servers = containersOf(await live.observe(), "web", "blue").map(({ address }) => `${address}:8080`);
        // Under the front's name, so that the clean-up of a bench that failed finds it.
        byHand = await HandMadeProxy.start(
            `${stack.front}-by-hand`,
            stack.front,
            servers,
            await selfSigned("localhost"),
        );
        const direct = await throughput(wrk, `http://${servers[0]}/`, { seconds, connections });
        const found = {} as Record<Name, Compared>;
        for (const [name, options] of all) {
            const front = options.tls ? `https://127.0.0.1:${stack.ports.https}/` : `${stack.url}/`;
            const urls: [string, string] = [front, options.tls ? byHand.httpsUrl : byHand.url];
            const both = await inTurns(
                urls,
                url => throughput(wrk, url, { ...options, seconds, connections }),
                (round, made) => say(`${name}, round ${round}: front ${words(made[0])}; by hand ${words(made[1])}`),
            );
            found[name as Name] = { ...both, direct };
        }
        return found;
    } finally {
        await byHand?.remove();
        await stack.cleanup();
    }
}

/** Measures two URLs in turn. They take turns to come first, so that neither always finds the machine as the other left it. */
async function inTurns(
    [front, byHand]: [string, string],
    measure: (url: string) => Promise<Throughput>,
    told: (round: number, made: [Throughput, Throughput]) => void,
): Promise<{ ours: Throughput[]; theirs: Throughput[] }> {
    const ours: Throughput[] = [];
    const theirs: Throughput[] = [];
    await rounds(measuredRounds, 1, async (round, isMeasured) => {
        const made = new Map<string, Throughput>();
        for (const url of round % 2 === 0 ? [front, byHand] : [byHand, front]) {
            made.set(url, await measure(url));
        }
        const pair: [Throughput, Throughput] = [made.get(front)!, made.get(byHand)!];
        told(round, pair);
        if (isMeasured) {
            ours.push(pair[0]);
            theirs.push(pair[1]);
        }
    });
    return { ours, theirs };
}

/** @returns requests a second of both as a figure, which must be at least 0.95 of the other's */
export function ratesFigure({ ours, theirs }: Compared, title: string, note: string, what = "requests/s"): Figure {
    const rates = (all: Throughput[]) => all.map(({ requestsPerSecond }) => requestsPerSecond);
    const bar: Bar = { limit: "at least", value: 0.95 };
    return {
        title,
        unit: "x",
        bar,
        measured: ratio(rates(ours), rates(theirs)),
        rounds: { [`front, ${what}`]: rates(ours), [`by hand, ${what}`]: rates(theirs) },
        note: `${note}; medians ${grouped(median(rates(ours)))} and ${grouped(median(rates(theirs)))} ${what}`,
    };
}

/** @returns the slowest hundredth of both as a figure, which must be at most 1.05 of the other's */
export function latencyFigure({ ours, theirs }: Compared, title: string): Figure {
    const latencies = (all: Throughput[]) => all.map(({ p99Ms }) => p99Ms);
    return {
        title,
        unit: "x",
        bar: { limit: "at most", value: 1.05 },
        measured: ratio(latencies(ours), latencies(theirs)),
        rounds: { "front, ms": latencies(ours), "by hand, ms": latencies(theirs) },
        note: `the same runs; medians ${median(latencies(ours)).toFixed(2)} and ${median(latencies(theirs)).toFixed(2)} ms`,
    };
}

/** @returns a number as `15,079` */
export function grouped(value: number): string {
    return Math.round(value).toLocaleString("en-US");
}

function words({ requestsPerSecond, p99Ms }: Throughput): string {
    return `${Math.round(requestsPerSecond)} requests/s, p99 ${p99Ms.toFixed(2)} ms`;
}
