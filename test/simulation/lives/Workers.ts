import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { repository } from "../../support/stackFolder";
import type { SeedResult } from "./runSeed";

/** What a worker process is told to do. */
export interface Order {
    seed: number;
    lives: number;
}

/** Processes that each live the lives of one seed after the other. */
export class Workers {
    readonly #processes: ChildProcess[];

    constructor(count: number) {
        const execArgv = ["-r", join(repository, "settings/loadTypeScript.js")];
        this.#processes = Array.from({ length: count }, () => fork(join(__dirname, "worker.ts"), [], { execArgv }));
    }

    /**
     * Lives one seed after the other.
     * @param nextSeed the seed that comes next, or undefined when it is enough
     */
    async run(nextSeed: () => number | undefined, lives: number, report: (result: SeedResult) => void): Promise<void> {
        try {
            await Promise.all(this.#processes.map(worker => this.#work(worker, nextSeed, lives, report)));
        } finally {
            for (const worker of this.#processes) {
                worker.kill();
            }
        }
    }

    async #work(
        worker: ChildProcess,
        nextSeed: () => number | undefined,
        lives: number,
        report: (result: SeedResult) => void,
    ): Promise<void> {
        for (let seed = nextSeed(); seed !== undefined; seed = nextSeed()) {
            report(await answerOf(worker, { seed, lives }));
        }
    }
}

function answerOf(worker: ChildProcess, order: Order): Promise<SeedResult> {
    return new Promise((resolve, reject) => {
        const exited = (code: number | null) =>
            reject(new Error(`the process of seed ${order.seed} ended with ${code}`));
        worker.once("exit", exited);
        worker.once("message", result => {
            worker.off("exit", exited);
            resolve(result as SeedResult);
        });
        worker.send(order);
    });
}
