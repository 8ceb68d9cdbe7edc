import { containersOf } from "../../../model/World";
import { expectSuccess } from "../../support/command";
import { LiveFront } from "../../support/LiveFront";
import { median } from "../../support/median";
import { createStack } from "../../support/stack";
import { haproxyImage, lightApp } from "../benchStack";
import { type Figure, type Measurement, ratio, rounds } from "../Figure";
import { HandMadeProxy } from "../HandMadeProxy";
import { findWrk, type Throughput, throughput } from "../wrk";

/** Short and often, so that other work of the machine disturbs both alike. */
const seconds = 2;
const measuredRounds = 15;
const connections = 64;

/** Throughput of relink's HAProxy and of one with a minimal configuration, in front of the same containers. */
export const throughputs: Measurement = {
    name: "throughput",
    seconds: 130,
    async measure(say) {
        const wrk = await findWrk();
        const web = { ...lightApp("v1"), replicas: 2 };
        const stack = await createStack({ config: { front: { image: haproxyImage }, services: { web } } });
        try {
            expectSuccess(await stack.up());
            const live = new LiveFront(stack);
            const servers = containersOf(await live.observe(), "web", "blue").map(({ address }) => `${address}:8080`);
            // Under the front's name, so that the clean-up of a bench that failed finds it.
            const byHand = await HandMadeProxy.start(`${stack.front}-by-hand`, stack.front, servers);
            try {
                const direct = await throughput(wrk, `http://${servers[0]}/`, seconds, connections);
                const ours: Throughput[] = [];
                const theirs: Throughput[] = [];
                await rounds(measuredRounds, 1, async (round, isMeasured) => {
                    const made: Record<string, Throughput> = {};
                    // They take turns to come first, so that neither always finds the machine as the other left it.
                    for (const [name, url] of inTurn(round, [`${stack.url}/`, byHand.url])) {
                        made[name] = await throughput(wrk, url, seconds, connections);
                    }
                    say(`round ${round}: front ${words(made.front!)}; by hand ${words(made.byHand!)}`);
                    if (isMeasured) {
                        ours.push(made.front!);
                        theirs.push(made.byHand!);
                    }
                });
                return { figures: figures(ours, theirs, direct) };
            } finally {
                await byHand.remove();
            }
        } finally {
            await stack.cleanup();
        }
    },
};

function inTurn(round: number, [front, byHand]: [string, string]): [string, string][] {
    const both: [string, string][] = [
        ["front", front],
        ["byHand", byHand],
    ];
    return round % 2 === 0 ? both : both.reverse();
}

function figures(ours: Throughput[], theirs: Throughput[], direct: Throughput): Figure[] {
    const rates = (all: Throughput[]) => all.map(({ requestsPerSecond }) => requestsPerSecond);
    const latencies = (all: Throughput[]) => all.map(({ p99Ms }) => p99Ms);
    const grouped = (value: number) => Math.round(value).toLocaleString("en-US");
    const note =
        `wrk, one thread, ${connections} kept connections, two containers that cost next to nothing; wrk, HAProxy and they ` +
        `share the machine's cores, which is the limit: one container alone answers ${grouped(direct.requestsPerSecond)} requests/s; `;
    return [
        {
            title: "requests/s through the front / through HAProxy with a hand-written minimal configuration",
            unit: "x",
            bar: { limit: "at least", value: 0.95 },
            measured: ratio(rates(ours), rates(theirs)),
            rounds: { "front, requests/s": rates(ours), "by hand, requests/s": rates(theirs) },
            note: `${note}medians ${grouped(median(rates(ours)))} and ${grouped(median(rates(theirs)))} requests/s`,
        },
        {
            title: "p99 through the front / through HAProxy with a hand-written minimal configuration",
            unit: "x",
            bar: { limit: "at most", value: 1.05 },
            measured: ratio(latencies(ours), latencies(theirs)),
            rounds: { "front, ms": latencies(ours), "by hand, ms": latencies(theirs) },
            note: `the same runs; medians ${median(latencies(ours)).toFixed(2)} and ${median(latencies(theirs)).toFixed(2)} ms`,
        },
    ];
}

function words({ requestsPerSecond, p99Ms }: Throughput): string {
    return `${Math.round(requestsPerSecond)} requests/s, p99 ${p99Ms.toFixed(2)} ms`;
}
