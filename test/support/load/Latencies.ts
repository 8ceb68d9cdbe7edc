import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Latency } from "./LoadResult";

/** A stretch of time, in milliseconds since the start; the end is outside. */
export interface Stretch {
    fromMs: number;
    toMs: number;
}

/**
 * Every latency together with the moment its request began. Keeping them all (12 bytes each) lets one ask for any
 * window afterwards: where the switch was is only known once both versions have answered.
 */
export class Latencies {
    private startedMs = new Float64Array(1 << 16);
    private latencyMs = new Float32Array(1 << 16);
    private count = 0;

    add(startedMs: number, latencyMs: number): void {
        if (this.count === this.startedMs.length) {
            this.startedMs = grown(this.startedMs, new Float64Array(this.count * 2));
            this.latencyMs = grown(this.latencyMs, new Float32Array(this.count * 2));
        }
        this.startedMs[this.count] = startedMs;
        this.latencyMs[this.count] = latencyMs;
        this.count += 1;
    }

    /** Figures of the requests that began within `stretch` and outside all of `except`. */
    within(stretch: Stretch, except: Stretch[] = []): Latency {
        const histogram = createHistogram({ figures: 3 });
        for (let index = 0; index < this.count; index += 1) {
            const startedMs = this.startedMs[index]!;
            if (isWithin(startedMs, stretch) && !except.some(window => isWithin(startedMs, window))) {
                // The histogram counts whole numbers from 1 on: microseconds.
                histogram.record(Math.max(1, Math.round(this.latencyMs[index]! * 1000)));
            }
        }
        return figures(histogram);
    }

    /** Figures of each second, by the second in which the requests began. */
    bySecond(): Map<number, Latency> {
        const histograms = new Map<number, RecordableHistogram>();
        for (let index = 0; index < this.count; index += 1) {
            const second = Math.floor(this.startedMs[index]! / 1000);
            const histogram = histograms.get(second) ?? createHistogram({ figures: 3 });
            histograms.set(second, histogram);
            histogram.record(Math.max(1, Math.round(this.latencyMs[index]! * 1000)));
        }
        return new Map([...histograms].map(([second, histogram]) => [second, figures(histogram)]));
    }
}

/** Of a histogram of microseconds. */
function figures(histogram: RecordableHistogram): Latency {
    return histogram.count === 0
        ? { count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 }
        : {
              count: histogram.count,
              p50Ms: histogram.percentile(50) / 1000,
              p99Ms: histogram.percentile(99) / 1000,
              maxMs: histogram.max / 1000,
          };
}

function isWithin(ms: number, stretch: Stretch): boolean {
    return ms >= stretch.fromMs && ms < stretch.toMs;
}

function grown<T extends Float64Array | Float32Array>(from: T, to: T): T {
    to.set(from);
    return to;
}
