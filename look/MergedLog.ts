import { listContainers } from "../docker/containers";
import type { Engine } from "../docker/Engine";
import { statusOf, wordsOf } from "../docker/errors";
import { watchContainers } from "../docker/events";
import { type LogLine, readLog } from "../docker/logs";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { slotOf } from "../model/Container";

/** One line of a service's log, and the container that wrote it. */
export interface ServiceLine extends LogLine {
    color: Color;
    slot: number;
}

export interface MergedLogOptions {
    /** Labels that the containers carry. */
    labels: Record<string, string>;
    /** Number of last lines to print, all containers together. @default all */
    tail?: number;
    /** Time of the first line to print, seconds since the epoch. @default the beginning */
    since?: string;
    onLine(line: ServiceLine): void;
    /** Called when the log of a container cannot be read. */
    onProblem(text: string): void;
}

/** How long a line waits for an earlier line of another container, milliseconds. */
const patienceMs = 250;

/** The logs of several containers as one, ordered by time. */
export class MergedLog {
    /** Time of the last line that was read of each container, by id. */
    private readonly last = new Map<string, string>();
    private readonly followed = new Set<string>();
    private readonly waiting: { line: ServiceLine; sinceMs: number }[] = [];

    constructor(
        private readonly engine: Engine,
        private readonly options: MergedLogOptions,
    ) {}

    /** Prints the lines until now. */
    async past(): Promise<void> {
        const { tail, since } = this.options;
        const lines: ServiceLine[] = [];
        const containers = await listContainers(this.engine, this.options.labels);
        await Promise.all(containers.map(container => this.read(container, { tail, since }, line => lines.push(line))));
        lines.sort(byTime);
        for (const line of tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))) {
            this.options.onLine(line);
        }
    }

    /** Prints new lines until `signal`, also those of containers that start meanwhile. */
    async follow(signal: AbortSignal): Promise<void> {
        const events = watchContainers(this.engine, this.options.labels);
        const flushing = setInterval(() => this.flush(performance.now() - patienceMs), patienceMs / 2);
        signal.addEventListener("abort", () => events.close());
        try {
            await events.ready;
            while (!signal.aborted) {
                for (const container of await listContainers(this.engine, this.options.labels)) {
                    this.attach(container, signal);
                }
                await events.next(({ action }) => action === "start" || action === "reconnected", 60_000);
            }
        } finally {
            events.close();
            clearInterval(flushing);
            this.flush(Number.POSITIVE_INFINITY);
        }
    }

    private attach(container: ContainerInfo, signal: AbortSignal): void {
        if (container.state !== "running" || this.followed.has(container.id)) {
            return;
        }
        this.followed.add(container.id);
        const since = secondsOf(this.last.get(container.id)) ?? this.options.since;
        const wait = (line: ServiceLine) => this.waiting.push({ line, sinceMs: performance.now() });
        void this.read(container, { since, follow: true, signal }, wait).finally(() =>
            this.followed.delete(container.id),
        );
    }

    private async read(
        container: ContainerInfo,
        options: Parameters<typeof readLog>[2],
        take: (line: ServiceLine) => void,
    ): Promise<void> {
        const { id, name, labels } = container;
        const from = { color: labels["relink.color"] as Color, slot: slotOf(container) };
        try {
            await readLog(this.engine, id, options, line => {
                // Docker repeats the line of the moment `since`.
                if (line.at > (this.last.get(id) ?? "")) {
                    this.last.set(id, line.at);
                    take({ ...line, ...from });
                }
            });
        } catch (error) {
            if (statusOf(error) !== 404 && !options.signal?.aborted) {
                this.options.onProblem(`${name}: its log cannot be read: ${wordsOf(error)}`);
            }
        }
    }

    /** Prints the lines that have waited since before `beforeMs`, the earliest first. */
    private flush(beforeMs: number): void {
        const due = this.waiting.filter(({ sinceMs }) => sinceMs <= beforeMs);
        const newest =
            due
                .map(({ line }) => line.at)
                .sort()
                .at(-1) ?? "";
        const ready = this.waiting.filter(({ line }) => line.at <= newest);
        const later = this.waiting.filter(({ line }) => line.at > newest);
        this.waiting.splice(0, this.waiting.length, ...later);
        for (const line of ready.map(({ line }) => line).sort(byTime)) {
            this.options.onLine(line);
        }
    }
}

function byTime(a: LogLine, b: LogLine): number {
    return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}

/** @returns a time such as `2026-11-23T12:00:00.123456789Z` in seconds, as the Engine takes it. */
function secondsOf(at: string | undefined): string | undefined {
    const [, nanoseconds] = /\.(\d+)Z$/.exec(at ?? "") ?? [];
    return at && `${Math.floor(Date.parse(at) / 1000)}.${(nanoseconds ?? "").padEnd(9, "0")}`;
}
