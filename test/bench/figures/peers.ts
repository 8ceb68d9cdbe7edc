import { type LoadMix, type LoadResult, type LoadRun, startLoad } from "../../support/load";
import { median } from "../../support/median";
import type { Contender } from "../contenders/Contender";
import { KamalProxy } from "../contenders/KamalProxy";
import { Relink } from "../contenders/Relink";
import { type Measured, type Measurement, rounds } from "../Figure";
import type { SideBySideRow } from "../sideBySide";

const images = ["relink-hello:v1", "relink-hello:v2"] as const;
const ratePerSecond = 500;
const measuredRounds = 3;
const short: LoadMix = { post: 4, newConnection: 1 };
/** Streams and WebSockets that are open when the switch comes. */
const long: LoadMix = { ...short, stream: 4, webSocket: 4 };
const streamSeconds = 8;
/** Requests that are answered before and after each act under load: some seconds of load. */
const settledRequests = 2 * ratePerSecond;

/** Result of one tool in one round. */
interface Round {
    failedAtSwitch: number;
    p99AroundMs: number;
    p99SteadyMs: number;
    seconds: number;
    streams: number;
    streamsCut: number;
    webSockets: number;
    webSocketsCut: number;
    failedAtReconfigure: number;
    failedAtRestart: number;
    /** Failed requests by kind: at the switch, at the reconfiguration, at the restart. */
    lost: LoadResult["failuresByKind"][];
}

/** The same app, containers and load, released by relink and by the other tools on this machine. */
export const peers: Measurement = {
    name: "side-by-side",
    seconds: 300,
    async measure(say) {
        const contenders = await start();
        try {
            const seen = new Map<Contender, Round[]>(contenders.map(contender => [contender, []]));
            await rounds(measuredRounds, 1, async (round, isMeasured) => {
                for (const [contender, made] of seen) {
                    const found = await compete(contender, images[(round + 1) % 2] as string);
                    say(`round ${round}: ${contender.name} ${JSON.stringify(found)}`);
                    if (isMeasured) {
                        made.push(found);
                    }
                }
            });
            return compared(seen);
        } finally {
            await Promise.all(contenders.map(contender => contender.remove()));
        }
    },
};

/** @returns relink, and the tools that the environment names */
async function start(): Promise<Contender[]> {
    const relink = await Relink.start();
    const binary = process.env.RELINK_BENCH_KAMAL_PROXY;
    try {
        return binary === undefined ? [relink] : [relink, await KamalProxy.start(binary, images[0])];
    } catch (error) {
        await relink.remove();
        throw error;
    }
}

async function compete(contender: Contender, image: string): Promise<Round> {
    let seconds = 0;
    const released = await underLoad(contender, long, async () => {
        const startedMs = performance.now();
        await contender.release(image);
        seconds = (performance.now() - startedMs) / 1000;
    });
    const [change] = released.switches;
    if (change === undefined) {
        throw new Error(`${contender.name} released ${image}, but users did not get it`);
    }
    const reconfigured = await underLoad(contender, short, () => contender.reconfigure());
    const restarted = await underLoad(contender, short, () => contender.restart());
    const webSocketsCut = released.webSockets.cut + released.webSockets.ended;
    return {
        // Streams and WebSockets have rows of their own.
        failedAtSwitch: released.failed + released.open - released.streams.cut - webSocketsCut,
        p99AroundMs: change.around.p99Ms,
        p99SteadyMs: released.steady.p99Ms,
        seconds,
        streams: released.streams.opened,
        streamsCut: released.streams.cut,
        webSockets: released.webSockets.opened,
        webSocketsCut,
        failedAtReconfigure: reconfigured.failed + reconfigured.open,
        failedAtRestart: restarted.failed + restarted.open,
        lost: [released, reconfigured, restarted].map(({ failuresByKind }) => failuresByKind),
    };
}

async function underLoad(contender: Contender, mix: LoadMix, act: () => Promise<void>) {
    const load = await startLoad({
        url: contender.url,
        mix,
        connections: 20,
        ratePerSecond,
        maxSeconds: 300,
        answeredBy: { versions: ["v1", "v2"] },
        paths: { stream: `/stream?seconds=${streamSeconds}` },
    });
    try {
        await moreAnswers(load);
        await act();
        await moreAnswers(load);
        const result = await load.stop();
        if (result.boundReached !== undefined) {
            throw new Error(`the load on ${contender.name} ended by itself, by its ${result.boundReached}`);
        }
        return result;
    } finally {
        load.kill();
    }
}

async function moreAnswers(load: LoadRun): Promise<void> {
    const { answered } = await load.snapshot();
    await load.until(now => now.answered >= answered + settledRequests, "the load is answered", 60);
}

function compared(seen: Map<Contender, Round[]>): Measured {
    const all = [...seen.values()];
    // No docker-rollout: it needs Docker Compose and a proxy that is set up for it.
    const row = (what: string, unit: SideBySideRow["unit"], of: (rounds: Round[]) => number): SideBySideRow => ({
        what,
        unit,
        values: [of(all[0] ?? []), all[1] && of(all[1]), undefined],
    });
    const sum = (of: (round: Round) => number) => (rounds: Round[]) =>
        rounds.reduce((total, round) => total + of(round), 0);
    const middle = (of: (round: Round) => number) => (rounds: Round[]) => median(rounds.map(of));
    const share = (cut: (round: Round) => number, opened: (round: Round) => number) => (rounds: Round[]) =>
        (100 * sum(cut)(rounds)) / sum(opened)(rounds);
    return {
        figures: [],
        sideBySide: {
            task:
                `Two containers of the sample app, ${measuredRounds} releases, settings changes and restarts each, in turn, at ${ratePerSecond} ` +
                `requests/s (GET, POST, new connections) beside ${long.stream} streams of ${streamSeconds} s and ${long.webSocket} WebSockets. relink's ` +
                "seconds are those of the whole `pulumi up`, its start, plan, proof and 1 s of `minHealthyTime` included, without " +
                "a bake; kamal-proxy, in a container as Kamal runs it, has those of `docker run`, `kamal-proxy deploy` and `docker stop`, " +
                "without Kamal, whose own start and SSH come on top. Its settings are flags of its process, so that it is restarted " +
                "for them; relink reloads HAProxy. A restart of the process is `docker restart` of the proxy's container.",
            tools: ["relink", "kamal-proxy", "docker-rollout"],
            rows: [
                row(
                    "failed requests, all releases",
                    "",
                    sum(({ failedAtSwitch }) => failedAtSwitch),
                ),
                row(
                    "p99 in the 2 s around the switch",
                    "ms",
                    middle(({ p99AroundMs }) => p99AroundMs),
                ),
                row(
                    "p99 at other times of a release",
                    "ms",
                    middle(({ p99SteadyMs }) => p99SteadyMs),
                ),
                row(
                    "one release",
                    "s",
                    middle(({ seconds }) => seconds),
                ),
                row(
                    "streams cut, %",
                    "",
                    share(
                        ({ streamsCut }) => streamsCut,
                        ({ streams }) => streams,
                    ),
                ),
                row(
                    "WebSockets cut, %",
                    "",
                    share(
                        ({ webSocketsCut }) => webSocketsCut,
                        ({ webSockets }) => webSockets,
                    ),
                ),
                row(
                    "failed requests, all changes of the proxy's settings",
                    "",
                    sum(round => round.failedAtReconfigure),
                ),
                row(
                    "failed requests, all restarts of the proxy's process",
                    "",
                    sum(round => round.failedAtRestart),
                ),
            ],
        },
    };
}
