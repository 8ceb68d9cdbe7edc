import { type LoadResult, type LoadRun, type LoadSnapshot, problemsOf, startLoad } from "../../test/support/load";
import { apiHost, type DemoService } from "./DemoStack";
import { grouped } from "./grouped";

/** Bounds of the load on one service in one stage. */
const maxSeconds = 900;
const maxRequests = 2_000_000;
const lookEveryMs = 50;
/** Fewer requests prove nothing. */
const leastRequests = 500;

/** The result of the load on one service. */
export interface ServiceLoad {
    service: DemoService;
    /** When it began, seconds since the beginning of the stage. */
    fromSecond: number;
    result: LoadResult;
}

/** The load of one stage on all services, each in a process of its own. */
export class StageLoad {
    private readonly expectations: { service: DemoService; expected: string[]; phase: string | undefined }[] = [];

    private constructor(
        private readonly runs: { service: DemoService; run: LoadRun }[],
        private readonly fromSecond: number,
    ) {}

    static async start(url: string, rates: Record<DemoService, number>, fromSecond: number): Promise<StageLoad> {
        const bounds = { maxSeconds, maxRequests };
        const runs = [
            {
                service: "web" as const,
                run: await startLoad({
                    url,
                    ratePerSecond: rates.web,
                    answeredBy: { services: ["web"] },
                    ...bounds,
                }),
            },
            {
                service: "api" as const,
                run: await startLoad({
                    url,
                    hostHeader: apiHost,
                    ratePerSecond: rates.api,
                    connections: 8,
                    mix: { post: 2, newConnection: 1, slow: 1, stream: 1, webSocket: 1 },
                    answeredBy: { services: ["api"] },
                    ...bounds,
                }),
            },
        ];
        return new StageLoad(runs, fromSecond);
    }

    /** The counts now. */
    snapshots(): Promise<{ service: DemoService; counts: LoadSnapshot }[]> {
        return Promise.all(this.runs.map(async ({ service, run }) => ({ service, counts: await run.snapshot() })));
    }

    /** Requests to all services together. */
    async requests(): Promise<number> {
        return (await this.snapshots()).reduce((sum, { counts }) => sum + counts.requests, 0);
    }

    /**
     * Waits until so many requests were made, or until `isEnough`. @throws Error where the front is too slow for that
     */
    async until(requests: number, isEnough: () => boolean): Promise<void> {
        const patienceSeconds = 20 + requests / 250;
        const deadlineMs = performance.now() + patienceSeconds * 1000;
        while (!isEnough() && (await this.requests()) < requests) {
            if (performance.now() > deadlineMs) {
                throw new Error(`not within ${patienceSeconds.toFixed(0)} s: ${grouped(requests)} requests`);
            }
            await new Promise(resolve => setTimeout(resolve, lookEveryMs));
        }
    }

    /** From now on each load counts its requests under another name. */
    async mark(name: string): Promise<void> {
        await Promise.all(this.runs.map(({ run }) => run.mark(name)));
    }

    /** Requires that exactly these versions answered: in this phase, or in all of it. */
    expectVersions(service: DemoService, expected: string[], phase?: string): void {
        this.expectations.push({ service, expected, phase });
    }

    /** Ends the load. @returns what is not as it should be */
    async end(): Promise<{ loads: ServiceLoad[]; problems: string[] }> {
        const loads = await Promise.all(
            this.runs.map(async ({ service, run }) => ({
                service,
                fromSecond: this.fromSecond,
                result: await run.stop(),
            })),
        );
        return { loads, problems: loads.flatMap(load => this.problemsOf(load)) };
    }

    kill(): void {
        for (const { run } of this.runs) {
            run.kill();
        }
    }

    private problemsOf({ service, result }: ServiceLoad): string[] {
        const lost = problemsOf(result, { atLeast: leastRequests });
        const problems = lost.length === 0 ? [] : [`${service}: ${lost.join("\n")}`];
        for (const { expected, phase } of this.expectations.filter(wish => wish.service === service)) {
            const seen = Object.keys((result.phases.find(({ name }) => name === phase) ?? result).byVersion).sort();
            if (seen.join() !== [...expected].sort().join()) {
                const when = phase === undefined ? "" : ` ${phase}`;
                problems.push(
                    `${service}: ${expected.join(" and ")} should have answered${when}, but ${seen.join(", ")} did`,
                );
            }
        }
        return problems;
    }
}
