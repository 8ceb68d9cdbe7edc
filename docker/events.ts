import type { Readable } from "node:stream";
import { pause } from "../time/pause";
import type { Engine } from "./Engine";

/** Pauses between two tries to connect again, milliseconds: the first, and the longest. */
const firstReconnectMs = 100;
const longestReconnectMs = 2_000;
/** How many events are kept until a call of `next` takes them. The oldest are dropped. */
const maxKept = 1_000;

/** Something that happened to a container. */
export interface ContainerEvent {
    /**
     * `reconnected` is not Docker's: the connection to the Engine was lost and is back. Events may be missing, because a
     * restarted daemon forgets them, so look at the containers again. It has no container.
     */
    action: "start" | "die" | "oom" | "health_status" | "reconnected";
    containerId: string;
    /** The container's labels. */
    labels: Record<string, string>;
    /** With `health_status`. */
    health?: "healthy" | "unhealthy" | "starting";
    /** With `die`. */
    exitCode?: number;
    /** When it happened, by the Docker host's clock. */
    at: Date;
}

type Predicate = (event: ContainerEvent) => boolean;

interface Waiter {
    wants: Predicate;
    settle: (event: ContainerEvent | undefined) => void;
}

/**
 * Follows the events of the containers that carry these labels: start, die, oom, health_status. The caller closes it.
 * @param since time by the Docker host's clock; the daemon remembers its last 256 events. @default now
 */
export function watchContainers(engine: Engine, labels: Record<string, string>, since?: Date): ContainerEvents {
    return new ContainerEvents(engine, labels, since);
}

/** A stream of container events. It connects again where the connection is lost, until `close()`. */
export class ContainerEvents {
    /** Resolves when the Engine sends events; rejects when the first connection fails. */
    readonly ready: Promise<void>;

    private readonly kept: ContainerEvent[] = [];
    private readonly waiters = new Set<Waiter>();
    private readonly closing = new AbortController();
    /** Time of the last event, nanoseconds, as the Engine writes it. */
    private position: string | undefined;
    /** Events of exactly that time. The Engine sends them again after a reconnect. */
    private seen = new Set<string>();

    constructor(
        private readonly engine: Engine,
        private readonly labels: Record<string, string>,
        since?: Date,
    ) {
        this.position = since && `${since.getTime()}000000`;
        this.ready = this.connect().then(stream => {
            void this.follow(stream);
        });
        this.ready.catch(() => this.close());
    }

    /**
     * Takes the next event that `wants` accepts, or a past one that no call has taken. Several calls may wait at once. An event
     * goes to the one that has waited longest and wants it.
     * @returns the event; undefined where none comes within `withinMs`, or the stream is closed
     */
    async next(wants: Predicate, withinMs: number): Promise<ContainerEvent | undefined> {
        const index = this.kept.findIndex(wants);
        if (index >= 0) {
            return this.kept.splice(index, 1)[0];
        }
        if (this.closing.signal.aborted || withinMs <= 0) {
            return undefined;
        }
        return new Promise(resolve => {
            const waiter: Waiter = {
                wants,
                settle: event => {
                    clearTimeout(timer);
                    this.waiters.delete(waiter);
                    resolve(event);
                },
            };
            const timer = setTimeout(() => waiter.settle(undefined), withinMs);
            this.waiters.add(waiter);
        });
    }

    /** Ends the connection. Each waiting call of `next` returns undefined. */
    close(): void {
        this.closing.abort();
        for (const waiter of this.waiters) {
            waiter.settle(undefined);
        }
    }

    private async connect(): Promise<Readable> {
        const label = Object.entries(this.labels).map(([name, value]) => `${name}=${value}`);
        const filters = { type: ["container"], event: ["start", "die", "oom", "health_status"], label };
        const since = this.position?.replace(/(\d{9})$/, ".$1");
        const abortSignal = this.closing.signal;
        return (await this.engine.docker.getEvents({ filters, since, abortSignal } as object)) as Readable;
    }

    private async follow(first: Readable): Promise<void> {
        let stream: Readable | undefined = first;
        for (let waitMs = firstReconnectMs; !this.closing.signal.aborted; ) {
            if (stream) {
                await this.read(stream);
                waitMs = firstReconnectMs;
            }
            await pause(waitMs, this.closing.signal);
            waitMs = Math.min(waitMs * 2, longestReconnectMs);
            stream = this.closing.signal.aborted ? undefined : await this.connect().catch(() => undefined);
            if (stream) {
                this.hand({ action: "reconnected", containerId: "", labels: {}, at: new Date() });
            }
        }
        stream?.destroy();
    }

    /** Reads one connection until it ends or is lost. */
    private async read(stream: Readable): Promise<void> {
        const close = () => stream.destroy();
        this.closing.signal.addEventListener("abort", close, { once: true });
        let rest = "";
        try {
            for await (const chunk of stream) {
                const lines = (rest + String(chunk)).split("\n");
                rest = lines.pop() ?? "";
                for (const line of lines.filter(text => text.trim() !== "")) {
                    this.take(line);
                }
            }
        } catch {
            // The connection was lost: follow() makes a new one.
        } finally {
            this.closing.signal.removeEventListener("abort", close);
        }
    }

    private take(line: string): void {
        const message = JSON.parse(line) as EngineEvent;
        // From the text, because a JavaScript number cannot hold nanoseconds since 1970.
        const position = /"timeNano":(\d{19,})/.exec(line)?.[1];
        if (position !== undefined) {
            if (position === this.position && this.seen.has(line)) {
                return;
            }
            this.seen = position === this.position ? this.seen.add(line) : new Set([line]);
            this.position = position;
        }
        this.hand(toEvent(message));
    }

    private hand(event: ContainerEvent): void {
        if (event.action === "reconnected") {
            // Every waiting call must look again.
            for (const waiter of [...this.waiters].filter(({ wants }) => wants(event))) {
                waiter.settle(event);
            }
            return;
        }
        const waiter = [...this.waiters].find(({ wants }) => wants(event));
        if (waiter) {
            waiter.settle(event);
            return;
        }
        this.kept.push(event);
        this.kept.splice(0, Math.max(0, this.kept.length - maxKept));
    }
}

interface EngineEvent {
    Action: string;
    Actor: { ID: string; Attributes?: Record<string, string> };
    time: number;
    timeNano: number;
}

function toEvent({ Action, Actor, timeNano, time }: EngineEvent): ContainerEvent {
    // "health_status: healthy"
    const [action = "", detail = ""] = Action.split(": ");
    const { exitCode, ...labels } = Actor.Attributes ?? {};
    return {
        action: action as ContainerEvent["action"],
        containerId: Actor.ID,
        labels,
        ...(action === "health_status" && { health: detail as ContainerEvent["health"] }),
        ...(action === "die" && exitCode !== undefined && { exitCode: Number(exitCode) }),
        at: new Date(timeNano ? timeNano / 1e6 : time * 1000),
    };
}
