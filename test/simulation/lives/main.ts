/**
 * Random lives of a service, with one fresh seed after the other: `npm run lives`. It writes nothing. A life that breaks a
 * rule of docs/design.md is told as a story, with the command that runs it again.
 */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { endWith } from "../../support/endWith";
import { runSeed } from "./runSeed";
import { storyOf } from "./storyOf";
import { Totals } from "./Totals";
import { Workers } from "./Workers";

const usage = `Usage: npm run lives -- [--minutes 1] [--seed S] [--lives 1000] [--workers CORES]
       npm run lives -- --seed S --path P
    --minutes  how long; the seeds that are under way then are finished
    --seed     the first seed, the next ones follow it; by default one that the clock gives
    --lives    how many lives each seed has
    --workers  how many processes; by default one for each core
    --path     runs this one life of the seed and tells its story`;
/** Time between two lines that say how far it has come, milliseconds. */
const progressMs = 10_000;

interface Options {
    minutes: number;
    seed: number;
    lives: number;
    workers: number;
}

async function main(): Promise<number> {
    const { values } = parseArgs({
        options: {
            minutes: { type: "string", default: "1" },
            seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
            lives: { type: "string", default: "1000" },
            workers: { type: "string", default: String(availableParallelism()) },
            path: { type: "string" },
            help: { type: "boolean", default: false },
        },
    });
    const [minutes, ...whole] = [values.minutes, values.seed, values.lives, values.workers].map(Number);
    const [seed = Number.NaN, lives = 0, workers = 0] = whole;
    const isRight = minutes !== undefined && minutes > 0 && whole.every(Number.isInteger) && lives > 0 && workers > 0;
    if (values.help || !isRight) {
        console.log(usage);
        return values.help ? 0 : 2;
    }
    return values.path === undefined ? many({ minutes, seed, lives, workers }) : again(seed, values.path);
}

async function many({ minutes, seed, lives, workers }: Options): Promise<number> {
    const totals = new Totals();
    const startedMs = Date.now();
    const seconds = () => (Date.now() - startedMs) / 1000;
    let isStopped = false;
    process.once("SIGINT", () => {
        isStopped = true;
        console.log("Ends after the seeds that are under way. Press Ctrl-C again to end now.");
    });
    console.log(`${workers} processes, ${lives} lives of each seed from ${seed} on.`);
    const timer = setInterval(() => console.log(totals.progress(seconds())), progressMs);
    let next = seed;
    try {
        await new Workers(workers).run(
            () => (isStopped || seconds() > minutes * 60 ? undefined : next++),
            lives,
            result => {
                totals.add(result);
                if (result.failure !== undefined) {
                    console.log(`\n${storyOf(result.seed, result.failure)}\n`);
                }
            },
        );
    } finally {
        clearInterval(timer);
    }
    console.log(`${totals.coverageText()}\n${totals.progress(seconds())}`);
    for (const { seed, failure } of totals.failed) {
        console.log(`FAILED: --seed ${seed} --path ${failure?.path}: ${failure?.error.split("\n")[0]}`);
    }
    return totals.failed.length === 0 ? 0 : 1;
}

async function again(seed: number, path: string): Promise<number> {
    const { failure } = await runSeed(seed, 1, path);
    console.log(failure === undefined ? "This life breaks no rule (any more)." : storyOf(seed, failure));
    return failure === undefined ? 0 : 1;
}

endWith(main());
