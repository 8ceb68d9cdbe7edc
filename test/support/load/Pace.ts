import type { LoadPlan } from "./LoadOptions";
import type { Bound } from "./LoadResult";

/** Decides when the next request may begin, and when the load ends. */
export class Pace {
    readonly startedAt = performance.now();
    private stopped = false;
    private begun = 0;
    private dueMs = 0;
    private readonly sleepers = new Set<() => void>();
    private readonly endTimer: NodeJS.Timeout;
    boundReached: Bound | undefined;
    /** When the last request could begin, ms since the start. */
    endedMs: number | undefined;

    constructor(
        private readonly plan: Pick<LoadPlan, "ratePerSecond" | "maxSeconds" | "maxRequests">,
        private readonly onEnd: () => void,
    ) {
        this.endTimer = setTimeout(() => this.end("maxSeconds"), plan.maxSeconds * 1000);
    }

    /** Milliseconds since the start. */
    now = (): number => performance.now() - this.startedAt;

    get ended(): boolean {
        return this.stopped;
    }

    /** Waits for the turn of a GET or POST. False: no request may begin any more. */
    async turn(): Promise<boolean> {
        const { ratePerSecond } = this.plan;
        if (Number.isFinite(ratePerSecond)) {
            const now = this.now();
            // After a stall there is no burst: the lanes catch up on at most 50 ms.
            this.dueMs = Math.max(this.dueMs + 1000 / ratePerSecond, now - 50);
            if (this.dueMs > now) {
                await this.sleep(this.dueMs - now);
            }
        }
        return this.take();
    }

    /** Counts a request. False: no request may begin any more. */
    take(): boolean {
        if (this.stopped) {
            return false;
        }
        if (this.begun === this.plan.maxRequests) {
            this.end("maxRequests");
            return false;
        }
        this.begun += 1;
        return true;
    }

    /** Waits, but no longer than until the end. */
    sleep(ms: number): Promise<void> {
        if (this.stopped) {
            return Promise.resolve();
        }
        return new Promise(resolve => {
            const wake = (): void => {
                clearTimeout(timer);
                this.sleepers.delete(wake);
                resolve();
            };
            const timer = setTimeout(wake, ms);
            this.sleepers.add(wake);
        });
    }

    end(bound?: Bound): void {
        if (this.stopped) {
            return;
        }
        this.stopped = true;
        this.boundReached = bound;
        this.endedMs = this.now();
        clearTimeout(this.endTimer);
        for (const wake of [...this.sleepers]) {
            wake();
        }
        this.onEnd();
    }
}
