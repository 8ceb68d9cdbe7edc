import assert from "node:assert/strict";
import { type ContainerInfo, runs } from "../../model/Container";
import { generationLabels, isOf } from "../../model/FrontImage";
import { frontNames } from "../../model/Target";
import type { BaseSettings, ImageTrial, SeenGeneration, SeenStart } from "../../up/FrontGenerations";

/** What is wrong with an image of HAProxy. */
export interface SimulatedImage extends ImageTrial {
    /** Why it cannot be had. */
    missing?: string;
    /** A generation of it never answers. */
    isSilent?: boolean;
    /** What a generation of it has otherwise than HAProxy's files. */
    differs?: string[];
    /** Timeouts that its HAProxy refuses. */
    refuses?: BaseSettings["timeouts"];
}

/** What the containers of HAProxy begin with. */
export interface Haproxies {
    /** By number. */
    generations?: Record<number, Partial<ContainerInfo>>;
    /** How long a generation needs until it answers, milliseconds. @default it answers at once */
    startMs?: number;
    /** How long a generation that leaves has connections, milliseconds. @default it ends at once */
    leaveMs?: number;
    /** Images that are not as good as any other, by name. */
    images?: Record<string, SimulatedImage>;
}

/** The front that they belong to. */
interface Front {
    readonly anchor: ContainerInfo | undefined;
    readonly nowMs: number;
}

/** The containers of HAProxy in memory. Generations of one anchor share its listening sockets. */
export class SimulatedHaproxies {
    all: SeenGeneration[];
    /** Id of a generation -> when it answers, milliseconds. */
    readonly #answersAtMs = new Map<string, number>();
    /** Id of a generation that leaves -> when its last connection ends, milliseconds. */
    readonly #endsAtMs = new Map<string, number>();
    /** Ids of generations that have answered while an `up` looked. */
    readonly #seen = new Set<string>();
    readonly #startMs: number;
    readonly #leaveMs: number;
    readonly #images: Record<string, SimulatedImage>;

    constructor(
        private readonly front: Front,
        { generations = {}, startMs = 0, leaveMs = 0, images = {} }: Haproxies,
    ) {
        this.all = Object.entries(generations).map(([number, change]) => generationOf(Number(number), change));
        this.#startMs = startMs;
        this.#leaveMs = leaveMs;
        this.#images = images;
    }

    /** @returns all of them, as a look shows them */
    seen(): SeenGeneration[] {
        return this.all.map(one => ({ ...one, takesConnections: this.#takesConnections(one) }));
    }

    /** @returns ids of those that users can reach */
    serving(): string[] {
        return this.#taking().map(({ id }) => id);
    }

    /** @returns whether one that users can reach is ready to answer */
    answers(): boolean {
        return this.#taking().some(one => this.#isReady(one));
    }

    /** Ends those whose last connection has ended. */
    endLeft(): void {
        for (const one of this.all) {
            if (this.front.nowMs >= (this.#endsAtMs.get(one.id) ?? Number.POSITIVE_INFINITY)) {
                one.state = "exited";
            }
        }
    }

    /** @throws Error where the image cannot be had */
    obtain(image: string): string {
        const { missing } = this.#images[image] ?? {};
        if (missing !== undefined) {
            throw new Error(missing);
        }
        return image;
    }

    try(image: string, present: BaseSettings | undefined, wanted: BaseSettings): ImageTrial {
        const { refusal, ...trial } = this.#images[image] ?? {};
        const says = (settings: BaseSettings | undefined) =>
            this.#refuses(image, settings) ? "refused timeouts" : undefined;
        return { refusal, present: trial.present ?? says(present), wanted: trial.wanted ?? says(wanted) };
    }

    /** @throws Error where a HAProxy that users can reach refuses a configuration */
    check(settings: BaseSettings): void {
        if (this.#taking().some(({ labels }) => this.#refuses(labels[generationLabels.image], settings))) {
            throw new Error("HAProxy refuses the configuration");
        }
    }

    start(number: number, anchor: ContainerInfo, image: string, base: BaseSettings | undefined): string {
        const { all } = this;
        const ofKind = (one: SeenGeneration) =>
            (one.labels[generationLabels.image] ?? this.front.anchor?.labels[generationLabels.image]) === image &&
            one.labels[generationLabels.options] === undefined &&
            one.restartPolicy === "always";
        require(this.front.anchor?.state === "running" && this.front.anchor.id === anchor.id, "an anchor runs");
        require(base !== undefined || this.serving().length > 0, "HAProxy needs its files");
        require(!all.some(one => one.number === number), "its name is taken");
        require(!this.#taking().some(ofKind), "two generations of one kind would share the ports");
        require(all.every(
            one => !runs(one) || isOf(one, anchor),
        ), "HAProxy would take over another anchor's listeners");
        require(!this.#refuses(image, base), "HAProxy starts with its files");
        const labels = { [generationLabels.image]: image };
        const started = generationOf(number, { networkMode: `container:${anchor.id}`, labels });
        all.push(started);
        this.#endsAtMs.delete(started.id);
        this.#seen.delete(started.id);
        this.#answersAtMs.set(started.id, this.front.nowMs + this.#startMs);
        return started.id;
    }

    lookAtStart(number: number): SeenStart {
        const started = this.#taking().find(one => one.number === number && this.#isReady(one));
        if (started !== undefined) {
            this.#seen.add(started.id);
        }
        return { answers: started !== undefined, differs: (started && this.#imageOf(started).differs) ?? [] };
    }

    /** A generation may be killed after the look that proved it. */
    tellToLeave(id: string): void {
        const others = this.all.filter(one => one.id !== id && this.#imageOf(one).differs === undefined);
        const serves = (one: SeenGeneration) =>
            this.#seen.has(one.id) || (this.#takesConnections(one) && this.#isReady(one));
        require(others.some(serves), "another generation serves before one leaves");
        const leaving = this.all.find(one => one.id === id);
        assert(leaving);
        leaving.restartPolicy = "no";
        this.#endsAtMs.set(id, this.front.nowMs + this.#leaveMs);
    }

    /** Somebody kills a container (`docker kill`). Docker leaves it down until the daemon starts again. */
    kill(number: number): void {
        for (const one of this.all.filter(one => one.number === number && runs(one))) {
            one.state = "exited";
            this.#endsAtMs.delete(one.id);
        }
    }

    /** HAProxy crashes. Docker starts it again where its restart policy says so. */
    crash(number: number): void {
        for (const one of this.all.filter(one => one.number === number && one.state === "running")) {
            this.#startAgain(one);
        }
    }

    /** The Docker daemon starts again, and with it all containers whose restart policy says so. */
    restartDaemon(): void {
        for (const one of this.all) {
            this.#startAgain(one);
        }
    }

    #startAgain(one: SeenGeneration): void {
        const isStarted = one.restartPolicy === "always";
        one.state = isStarted ? "running" : "exited";
        this.#endsAtMs.delete(one.id);
        this.#answersAtMs.set(one.id, this.front.nowMs + this.#startMs);
    }

    /** @returns whether it has no connection: it never answered, its last one has ended, or it cannot be reached */
    isIdle(id: string): boolean {
        const one = this.all.find(one => one.id === id);
        const hasConnections =
            one !== undefined && this.#takesConnections(one) ? this.#isReady(one) : this.#isLeaving(id);
        return one !== undefined && !hasConnections;
    }

    remove(id: string): void {
        this.all = this.all.filter(one => one.id !== id);
    }

    #taking(): SeenGeneration[] {
        return this.all.filter(one => this.#takesConnections(one));
    }

    #takesConnections(one: SeenGeneration): boolean {
        const { anchor } = this.front;
        return one.state === "running" && anchor !== undefined && isOf(one, anchor) && !this.#endsAtMs.has(one.id);
    }

    #isReady(one: SeenGeneration): boolean {
        return this.front.nowMs >= (this.#answersAtMs.get(one.id) ?? 0) && this.#imageOf(one).isSilent !== true;
    }

    #isLeaving(id: string): boolean {
        return this.front.nowMs < (this.#endsAtMs.get(id) ?? 0);
    }

    #imageOf({ labels }: SeenGeneration): SimulatedImage {
        return this.#images[labels[generationLabels.image] ?? ""] ?? {};
    }

    #refuses(image: string | undefined, settings: BaseSettings | undefined): boolean {
        const { refuses } = this.#images[image ?? ""] ?? {};
        return refuses !== undefined && refuses === settings?.timeouts;
    }
}

/** @returns a container that runs */
export function containerOf(id: string, change: Partial<ContainerInfo> = {}): ContainerInfo {
    return { id, name: id, labels: {}, state: "running", networkMode: "front", ...change } as ContainerInfo;
}

function generationOf(number: number, change: Partial<ContainerInfo> = {}): SeenGeneration {
    const id = `generation-${number}`;
    const name = frontNames("front").generation(number);
    const made = { name, restartPolicy: "always", networkMode: "container:anchor", ...change } as const;
    return { ...containerOf(id, made), number, takesConnections: true };
}

function require(condition: boolean, why: string): void {
    assert(condition, `in the simulation: ${why}`);
}
