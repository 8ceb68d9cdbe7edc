import type { LoadMix } from "../../support/load";
import { median } from "../../support/median";
import { haproxyImages } from "../benchStack";
import type { Contender, ImageChange } from "../contenders/Contender";
import { compete } from "../contenders/competition";
import { Site } from "../contenders/Site";
import { type Lost, lostOf, ratePerSecond, streamSeconds, underLoad } from "../contenders/underLoad";
import type { Figure, Measured, Measurement } from "../Figure";
import { rowsOf, type SideBySide, share, sum } from "../sideBySide";

const measuredRounds = 5;
const mix: LoadMix = { post: 4, newConnection: 4, http2: 2, stream: 4, webSocket: 4 };

/** Result of one tool in one round. */
interface Round {
    renewal: Lost & { seconds: number };
    change: Lost & ImageChange;
}

/** What a new certificate and another image of the proxy cost users of HTTPS. */
export const frontChanges: Measurement = {
    name: "front-changes",
    seconds: 270,
    async measure(say) {
        const site = await Site.create();
        const play = (contender: Contender) => playRound(contender, site);
        return measured(await compete({ site, rounds: measuredRounds, say, play }));
    },
};

async function playRound(contender: Contender, site: Site): Promise<Round> {
    let seconds = 0;
    const renew = async () => {
        const startedMs = performance.now();
        await contender.renew();
        seconds = (performance.now() - startedMs) / 1000;
        await site.expectNewest(contender.url);
    };
    const renewal = { ...lostOf(await underLoad(contender, mix, renew, site)), seconds };
    let took: ImageChange = { seconds: 0, handOverSeconds: 0 };
    const changeImage = async () => {
        took = await contender.changeImage();
    };
    const change = lostOf(await underLoad(contender, mix, changeImage, site));
    return { renewal, change: { ...change, ...took } };
}

function measured(seen: Round[][]): Measured {
    const [ours = []] = seen;
    const renewals = ours.map(({ renewal }) => renewal);
    const changes = ours.map(({ change }) => change);
    const handOvers = changes.map(({ handOverSeconds }) => handOverSeconds);
    return {
        figures: [
            lossFigure("failed requests at a renewal of a certificate", renewals),
            lossFigure("failed requests at a change of HAProxy's image", changes),
            {
                title: "a hand-over to another image of HAProxy",
                unit: "s",
                measured: median(handOvers),
                rounds: { "hand-over, s": handOvers, "whole up, s": changes.map(({ seconds }) => seconds) },
                note:
                    "from the start of the new HAProxy's container until the one before is told to leave; new connections go to " +
                    "either of them meanwhile, and those that are open stay where they are",
            },
        ],
        sideBySide: compared(seen),
    };
}

function lossFigure(title: string, all: readonly Lost[]): Figure {
    const failed = all.map(lost => lost.failed + lost.streamsCut + lost.webSocketsCut);
    const refused = all.map(lost => lost.refused);
    const total = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
    return {
        title,
        unit: "",
        bar: { limit: "at most", value: 0 },
        measured: total(failed),
        rounds: { "failed requests": failed, "refused over HTTP/2": refused },
        note:
            `all of ${all.length} under load together, with streams and WebSockets that were cut; HTTP/2 refused ${total(refused)} more ` +
            "before they were processed, which a client may repeat",
    };
}

function compared(seen: Round[][]): SideBySide {
    const tools = ["relink", "kamal-proxy"];
    const row = rowsOf(seen, tools.length);
    const rowsAt = (act: string, one: string, lostAt: (round: Round) => Lost & { seconds: number }) => [
        row(
            `failed requests, all ${act}`,
            "",
            sum<Round>(round => lostAt(round).failed),
        ),
        row(
            `streams cut at ${act}, %`,
            "",
            share<Round>(
                round => lostAt(round).streamsCut,
                round => lostAt(round).streams,
            ),
        ),
        row(
            `open WebSockets cut at ${act}, %`,
            "",
            share<Round>(
                round => lostAt(round).webSocketsCut,
                round => lostAt(round).webSockets,
            ),
        ),
        row(one, "s", rounds => median(rounds.map(round => lostAt(round).seconds))),
    ];
    return {
        title: "Side by side over TLS",
        task:
            `Two containers of the sample app behind HTTPS, ${measuredRounds} renewals of the certificate and changes of the proxy's image ` +
            `each, in turn, at ${ratePerSecond} requests/s (GET and POST over HTTP/1.1, HTTP/2, a new connection with a full handshake for ` +
            `every fifth) beside ${mix.stream} streams of ${streamSeconds} s and ${mix.webSocket} WebSockets. relink's seconds are those of ` +
            "`pulumi up`, and for a renewal also those of `pulumi config set`. kamal-proxy reads its new certificate at a " +
            "`kamal-proxy deploy` of the same containers; Kamal would also start new ones. Its image changes as `kamal proxy " +
            "reboot` does it: `docker stop`, `docker rm`, `docker run`, and the new proxy reads what the old one has stored. A " +
            "kamal-proxy that stops refuses new connections, and waits up to 10 s for the end of its streams. The " +
            `images are ${haproxyImages.join(" and ")} in turn, for kamal-proxy with the same static program in both.`,
        tools,
        rows: [
            ...rowsAt("renewals", "one renewal", ({ renewal }) => renewal),
            ...rowsAt("changes of the image", "one change of the image", ({ change }) => change),
        ],
    };
}
