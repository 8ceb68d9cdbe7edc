import { monitorEventLoopDelay } from "node:perf_hooks";
import { Ledger } from "./Ledger";
import type { AnsweredBy, LoadPlan } from "./LoadOptions";
import type { LoadResult } from "./LoadResult";
import { type Lane, startLane } from "./lanes";
import { Pace } from "./Pace";
import { summarize } from "./summarize";

const deadlineEveryMs = 50;

/** A load from its first request to its result, in this process. */
export class LocalLoad {
    readonly ledger: Ledger;
    private readonly startedAt = new Date().toISOString();
    private readonly cpuAtStart = process.cpuUsage();
    private readonly pauses = monitorEventLoopDelay({ resolution: 10 });
    private readonly pace: Pace;
    private readonly lanes: Lane[];
    private readonly deadlines: NodeJS.Timeout;
    /** Resolves when no request may begin any more and everything that had begun is settled or given up. */
    readonly settled: Promise<void>;

    constructor(private readonly plan: LoadPlan) {
        this.pauses.enable();
        let ended = (): void => {};
        const end = new Promise<void>(resolve => {
            ended = resolve;
        });
        this.pace = new Pace(plan, ended);
        this.ledger = new Ledger(this.pace.now, plan.answeredBy);
        this.lanes = plan.lanes.map(kind => startLane(kind, plan, this.pace, this.ledger));
        this.deadlines = setInterval(() => {
            for (const lane of this.lanes) {
                lane.checkDeadline();
            }
        }, deadlineEveryMs);
        this.settled = end.then(() => this.drain());
    }

    mark(name: string, answeredBy?: AnsweredBy): void {
        this.ledger.mark(name, this.pace.now(), answeredBy);
    }

    async stop(): Promise<LoadResult> {
        this.pace.end();
        await this.settled;
        const cpu = process.cpuUsage(this.cpuAtStart);
        return {
            startedAt: this.startedAt,
            cpuSeconds: (cpu.user + cpu.system) / 1e6,
            longestPauseMs: Math.round(this.pauses.max / 1e6),
            ...summarize(this.ledger, this.pace, this.plan.windowMs),
        };
    }

    /** Lets what has begun be answered; what takes longer than the timeout stays in the books as open. */
    private async drain(): Promise<void> {
        const done = Promise.all(this.lanes.map(lane => lane.done));
        const giveUp = setTimeout(() => {
            for (const lane of this.lanes) {
                // A busy machine may get here before it has looked at the deadlines: what is lost is not open.
                lane.checkDeadline();
                lane.abandon();
            }
        }, this.plan.timeoutMs + deadlineEveryMs);
        await done;
        clearTimeout(giveUp);
        clearInterval(this.deadlines);
    }
}
