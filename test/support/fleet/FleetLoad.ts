import { type AnsweredBy, expectNoLoss, type LoadResult, type LoadRun, startLoad } from "../load";
import { demands, type Kind, type Place } from "./members";

/** Bounds of the load on one place. */
const maxSeconds = 1_500;
const maxRequests = 200_000;
/** So many answers each place has to give before a scenario ends. */
const settledAnswers = 15;

/** Load on all places of a front at the same time, from the first test to the last: each place has books of its own. */
export class FleetLoad {
    /** Load on each place, by its name. */
    readonly #posts = new Map<string, LoadRun>();
    #phase = "start";

    /** @param url the front's public address */
    constructor(private readonly url: string) {}

    /** Begins to ask a place what users of this kind ask, a few times per second. Returns when it answers. */
    async begin(name: string, kind: Kind, { host, path = "" }: Place): Promise<void> {
        const { mix, get } = demands[kind];
        const run = await startLoad({
            url: `${this.url}${path}${get}`,
            hostHeader: host,
            paths: { slow: `${path}/slow?ms=300`, stream: `${path}/stream?seconds=3`, webSocket: `${path}/ws` },
            connections: 3,
            mix,
            ratePerSecond: 12,
            maxSeconds,
            maxRequests,
        });
        await run.mark(this.#phase);
        if (this.#posts.has(name)) {
            run.kill();
            throw new Error(`there is load on ${name} already`);
        }
        this.#posts.set(name, run);
    }

    /** A new phase begins. `answeredBy`: who may answer at each place while it lasts. */
    async mark(phase: string, answeredBy: (name: string) => AnsweredBy): Promise<void> {
        this.#phase = phase;
        for (const [name, run] of this.#posts) {
            await run.mark(phase, answeredBy(name));
        }
    }

    /** Waits until a version answers at a place. */
    async answeredBy(name: string, version: string): Promise<void> {
        await this.#post(name).until(
            ({ byVersion }) => (byVersion[version]?.requests ?? 0) >= settledAnswers,
            `${version} answers at ${name}`,
        );
    }

    /** Waits until every place has answered for a while from now on. Fails when anything was lost so far. */
    async settled(): Promise<void> {
        await Promise.all(
            [...this.#posts].map(async ([name, run]) => {
                const { answered } = await run.snapshot();
                const counts = await run.until(
                    now => now.answered >= answered + settledAnswers,
                    `the load on ${name} goes on`,
                );
                if (counts.failed > 0) {
                    // The result says which requests were lost.
                    await this.end(name);
                    throw new Error(`${name}: ${counts.failed} requests failed`);
                }
            }),
        );
    }

    /** Ends the load on a place, whose books must balance without a loss. */
    async end(name: string): Promise<LoadResult> {
        const run = this.#post(name);
        this.#posts.delete(name);
        try {
            const result = await run.stop();
            try {
                expectNoLoss(result, { atLeast: settledAnswers });
            } catch (error) {
                throw new Error(`load on ${name}: ${(error as Error).message}`);
            }
            return result;
        } finally {
            run.kill();
        }
    }

    /** Ends all of it. Returns the requests of each place, none of them lost. */
    async endAll(): Promise<Map<string, LoadResult>> {
        const names = [...this.#posts.keys()];
        const ended = await Promise.allSettled(names.map(async name => [name, await this.end(name)] as const));
        const problems = ended.filter(result => result.status === "rejected");
        if (problems.length > 0) {
            throw new Error(problems.map(({ reason }) => (reason as Error).message).join("\n"));
        }
        return new Map(ended.filter(result => result.status === "fulfilled").map(({ value }) => value));
    }

    /** Ends the processes at once, whatever is open. */
    kill(): void {
        for (const run of this.#posts.values()) {
            run.kill();
        }
    }

    #post(name: string): LoadRun {
        const run = this.#posts.get(name);
        if (run === undefined) {
            throw new Error(`there is no load on ${name}`);
        }
        return run;
    }
}
