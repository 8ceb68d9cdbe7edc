import { rounds } from "../Figure";
import type { Contender } from "./Contender";
import { KamalProxy } from "./KamalProxy";
import { Relink } from "./Relink";
import type { Site } from "./Site";

/** Versions of the sample app that take turns. */
export const images = ["relink-hello:v1", "relink-hello:v2"] as const;

/** What the tools do, in turn, round after round. */
export interface Competition<Round> {
    /** What they serve over TLS. @default every host without TLS */
    site?: Site;
    /** Rounds that count, after one that does not. */
    rounds: number;
    /** One round of one tool. */
    play(contender: Contender, round: number): Promise<Round>;
    /** Prints the progress. */
    say(text: string): void;
}

/** Starts relink, and the tools that the environment names, lets them compete, and removes them. @returns rounds of each */
export async function compete<Round>(competition: Competition<Round>): Promise<Round[][]> {
    const contenders = await start(competition.site);
    try {
        const seen = contenders.map((): Round[] => []);
        await rounds(competition.rounds, 1, async (round, isMeasured) => {
            for (const [index, contender] of contenders.entries()) {
                const found = await competition.play(contender, round);
                competition.say(`round ${round}: ${contender.name} ${JSON.stringify(found)}`);
                if (isMeasured) {
                    seen[index]!.push(found);
                }
            }
        });
        return seen;
    } finally {
        await Promise.all(contenders.map(contender => contender.remove()));
    }
}

async function start(site: Site | undefined): Promise<Contender[]> {
    const relink = await Relink.start(site);
    const binary = process.env.RELINK_BENCH_KAMAL_PROXY;
    try {
        return binary === undefined ? [relink] : [relink, await KamalProxy.start(binary, images[0], site)];
    } catch (error) {
        await relink.remove();
        throw error;
    }
}
