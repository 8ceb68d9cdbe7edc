import type { Color } from "../model/Color";
import { type FrontState, workerKey } from "../model/FrontState";
import { nounOf, type TrafficNoun } from "../model/trafficNoun";
import type { Chart } from "../report/Report";

/** The figures of one backend at one look. */
interface Sample {
    /** Requests, or connections of a TCP service, since the look before, in all workers. */
    requests: number;
    /** Of those, the ones that were answered with 5xx, or the connections that failed. */
    errors: number;
    /** Requests, or connections, that are open at that moment. */
    open: number;
}

const colors: Color[] = ["blue", "green"];

/** HAProxy's counters by service and color, look by look. */
export class Traffic {
    /** Times of the looks, seconds. The first look only sets the counters' starting points. */
    private readonly seconds: number[] = [];
    private readonly samples: (Map<string, Sample> | undefined)[] = [];
    /** Worker and backend -> last counters. A new worker starts at 0, and the counters of an ended worker are lost. */
    private last = new Map<string, Pick<Sample, "requests" | "errors">>();
    /** The backends that pass on connections. */
    private readonly tcp = new Set<string>();
    private isFirst = true;

    /** @param front undefined where HAProxy does not answer */
    add(second: number, front: FrontState | undefined): void {
        const sample = new Map<string, Sample>();
        const counters: typeof this.last = new Map();
        for (const worker of front?.workers ?? []) {
            for (const [name, { stot, responses5xx, failed, isTcp, scur, qcur }] of worker.backends) {
                const key = `${workerKey(worker)}/${name}`;
                const before = this.last.get(key) ?? { requests: 0, errors: 0 };
                const known = sample.get(name) ?? { requests: 0, errors: 0, open: 0 };
                const errors = isTcp ? failed : responses5xx;
                if (isTcp) {
                    this.tcp.add(name);
                }
                counters.set(key, { requests: stot, errors });
                sample.set(name, {
                    requests: known.requests + Math.max(0, stot - before.requests),
                    errors: known.errors + Math.max(0, errors - before.errors),
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
                Object.assign(found, { requests: 0, errors: 0 });
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

    /** @returns what users send to the service */
    noun(service: string): TrafficNoun {
        return nounOf(colors.some(color => this.tcp.has(`${service}-${color}`)));
    }

    requests(service: string): number {
        return this.sum(service, "requests");
    }

    errors(service: string): number {
        return this.sum(service, "errors");
    }

    /** @returns charts of what comes per second and of what is open, by color */
    charts(service: string): Chart[] {
        const { seconds } = this;
        const noun = this.noun(service);
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
                title: `${service}: ${noun} per second, by color`,
                unit: "/s",
                seconds,
                lines: colors.map(color => line(color, perSecond)),
            },
            {
                service,
                title: `${service}: open ${noun}, by color`,
                unit: "",
                seconds,
                lines: colors.map(color => line(color, ({ open }) => open)),
            },
        ];
    }

    private sum(service: string, what: "requests" | "errors"): number {
        return this.samples.reduce(
            (sum, sample) =>
                sum + colors.reduce((sum, color) => sum + (sample?.get(`${service}-${color}`)?.[what] ?? 0), 0),
            0,
        );
    }
}
