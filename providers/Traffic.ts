import type { Color } from "../model/Color";
import { type FrontState, workerKey } from "../model/FrontState";
import type { Chart } from "../report/Report";

/** The figures of one backend at one look. */
interface Sample {
    /** Requests and responses of class 5xx since the look before, in all workers. */
    requests: number;
    responses5xx: number;
    /** Requests that are open at that moment. */
    open: number;
}

const colors: Color[] = ["blue", "green"];

/** HAProxy's counters by service and color, look by look. */
export class Traffic {
    /** Times of the looks, seconds. The first look only sets the counters' starting points. */
    private readonly seconds: number[] = [];
    private readonly samples: (Map<string, Sample> | undefined)[] = [];
    /** Worker and backend -> last counters. A new worker starts at 0, and the counters of an ended worker are lost. */
    private last = new Map<string, { requests: number; responses5xx: number }>();
    private isFirst = true;

    /** @param front undefined where HAProxy does not answer */
    add(second: number, front: FrontState | undefined): void {
        const sample = new Map<string, Sample>();
        const counters: typeof this.last = new Map();
        for (const worker of front?.workers ?? []) {
            for (const [name, { stot, responses5xx, scur, qcur }] of worker.backends) {
                const key = `${workerKey(worker)}/${name}`;
                const before = this.last.get(key) ?? { requests: 0, responses5xx: 0 };
                const known = sample.get(name) ?? { requests: 0, responses5xx: 0, open: 0 };
                counters.set(key, { requests: stot, responses5xx });
                sample.set(name, {
                    requests: known.requests + Math.max(0, stot - before.requests),
                    responses5xx: known.responses5xx + Math.max(0, responses5xx - before.responses5xx),
                    open: known.open + Math.max(scur, qcur),
                });
            }
        }
        if (front !== undefined) {
            this.last = counters;
        }
        if (this.isFirst && front !== undefined) {
            this.isFirst = false;
            // These requests came before this `up`.
            for (const found of sample.values()) {
                Object.assign(found, { requests: 0, responses5xx: 0 });
            }
        }
        this.seconds.push(second);
        this.samples.push(front && sample);
    }

    /** @returns the services that got requests or have open ones */
    services(): string[] {
        const busy = this.samples.flatMap(sample =>
            [...(sample ?? [])].filter(([, { requests, open }]) => requests + open > 0).map(([name]) => name),
        );
        return [...new Set(busy.map(name => name.replace(/-(?:blue|green)$/, "")))].sort();
    }

    requests(service: string): number {
        return this.sum(service, "requests");
    }

    responses5xx(service: string): number {
        return this.sum(service, "responses5xx");
    }

    /** @returns charts of requests per second and of open requests, by color */
    charts(service: string): Chart[] {
        const { seconds } = this;
        const line = (color: Color, value: (sample: Sample, index: number) => number) => ({
            label: color,
            tone: color,
            values: this.samples.map((sample, index) => {
                const found = sample?.get(`${service}-${color}`);
                return sample === undefined ? null : found === undefined ? 0 : value(found, index);
            }),
        });
        const perSecond = ({ requests }: Sample, index: number) => {
            const length = (seconds[index] ?? 0) - (seconds[index - 1] ?? 0);
            return length > 0 ? Number((requests / length).toFixed(1)) : 0;
        };
        return [
            {
                service,
                title: `${service}: requests per second, by color`,
                unit: "/s",
                seconds,
                lines: colors.map(color => line(color, perSecond)),
            },
            {
                service,
                title: `${service}: open requests, by color`,
                unit: "",
                seconds,
                lines: colors.map(color => line(color, ({ open }) => open)),
            },
        ];
    }

    private sum(service: string, what: "requests" | "responses5xx"): number {
        return this.samples.reduce(
            (sum, sample) =>
                sum + colors.reduce((sum, color) => sum + (sample?.get(`${service}-${color}`)?.[what] ?? 0), 0),
            0,
        );
    }
}
