import type { LoadMix } from "../../support/load";
import { median } from "../../support/median";
import type { Contender } from "../contenders/Contender";
import { compete, images } from "../contenders/competition";
import { type Lost, lostOf, ratePerSecond, streamSeconds, underLoad } from "../contenders/underLoad";
import type { Measured, Measurement } from "../Figure";
import { rowsOf, share, sum } from "../sideBySide";

const measuredRounds = 3;
const short: LoadMix = { post: 4, newConnection: 1 };
/** Streams and WebSockets that are open when the switch comes. */
const long: LoadMix = { ...short, stream: 4, webSocket: 4 };

/** Result of one tool in one round. */
interface Round {
    released: Lost;
    p99AroundMs: number;
    p99SteadyMs: number;
    seconds: number;
    reconfigured: Lost;
    restarted: Lost;
}

/** The same app, containers and load, released by relink and by the other tools on this machine. */
export const peers: Measurement = {
    name: "side-by-side",
    seconds: 300,
    async measure(say) {
        const play = (contender: Contender, round: number) =>
            playRound(contender, images[(round + 1) % images.length] as string);
        return compared(await compete({ rounds: measuredRounds, say, play }));
    },
};

async function playRound(contender: Contender, image: string): Promise<Round> {
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
    return {
        released: lostOf(released),
        p99AroundMs: change.around.p99Ms,
        p99SteadyMs: released.steady.p99Ms,
        seconds,
        reconfigured: lostOf(await underLoad(contender, short, () => contender.reconfigure())),
        restarted: lostOf(await underLoad(contender, short, () => contender.restart())),
    };
}

function compared(seen: Round[][]): Measured {
    // No docker-rollout: it needs Docker Compose and a proxy that is set up for it.
    const tools = ["relink", "kamal-proxy", "docker-rollout"];
    const row = rowsOf(seen, tools.length);
    const middle = (of: (round: Round) => number) => (rounds: Round[]) => median(rounds.map(of));
    const streamsCut = share<Round>(
        ({ released }) => released.streamsCut,
        ({ released }) => released.streams,
    );
    const webSocketsCut = share<Round>(
        ({ released }) => released.webSocketsCut,
        ({ released }) => released.webSockets,
    );
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
            tools,
            rows: [
                row(
                    "failed requests, all releases",
                    "",
                    sum<Round>(({ released }) => released.failed),
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
                row("streams cut, %", "", streamsCut),
                row("open WebSockets cut, %", "", webSocketsCut),
                row(
                    "failed requests, all changes of the proxy's settings",
                    "",
                    sum<Round>(({ reconfigured }) => reconfigured.failed),
                ),
                row(
                    "failed requests, all restarts of the proxy's process",
                    "",
                    sum<Round>(({ restarted }) => restarted.failed),
                ),
            ],
        },
    };
}
