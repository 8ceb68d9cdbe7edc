import { removeContainer, setRestartPolicy } from "../docker/containers";
import { dockerPolicy } from "../docker/restartPolicy";
import { observedService } from "../look/observe";
import type { ContainerInfo } from "../model/Container";
import { slotOf } from "../model/Container";
import type { RecordedRelease } from "../model/Release";
import type { RollingSettings } from "../model/StrategySettings";
import { RollingSchedule } from "../plan/RollingSchedule";
import { type RollPlan, rollTo } from "../plan/rolling";
import type { ColorPlace } from "./ColorPlace";
import type { Progress } from "./Progress";
import { PreStopFailed, preStop } from "./preStop";
import { isStop } from "./stop";

/** Time between two looks while nothing is under way but a container that is down, milliseconds. */
const lookMs = 1_000;

/** What all containers of the color are to become, and how. */
export interface RollSubject {
    release: RecordedRelease;
    replicas: number;
    settings: RollingSettings;
    /** How long one user's command may take, milliseconds. */
    commandMs: number;
    /** It takes a failed release back: a command that fails is reported, and its container goes all the same. */
    isUndo: boolean;
}

/**
 * One pass over the containers of a live color, after which all of them are of one release: carries out what the schedule
 * (plan/RollingSchedule.ts) says, and tells it what has happened.
 */
export class Roll {
    /** What is under way. */
    readonly #tasks = new Set<Promise<void>>();
    /** Slots that HAProxy's files have open. */
    #open = new Set<number>();
    #written = "";
    /** Slots whose containers the schedule counts on, and whether they serve as far as it knows. */
    readonly #known = new Map<number, boolean>();
    #failure: Error | undefined;
    #interruption: unknown;
    #stuckSinceMs: number | undefined;

    constructor(
        private readonly place: ColorPlace,
        private readonly subject: RollSubject,
        private readonly progress: Progress,
    ) {}

    /** @returns why it stopped, where it did. What serves then serves on. */
    async run(): Promise<Error | undefined> {
        const { release, replicas, settings } = this.subject;
        const world = await this.place.session.observe([this.place.service]);
        const color = observedService(world, this.place.service)[this.place.color];
        const rolling = rollTo(color, release, replicas, settings);
        const schedule = new RollingSchedule(rolling.start);
        await this.#begin(rolling, schedule);
        for (;;) {
            await this.#look(schedule);
            const { start, retire, wakeAtMs, state } = schedule.next(Date.now());
            for (const slot of retire) {
                this.#open.delete(slot);
                this.#known.delete(slot);
            }
            // First the file: should this be interrupted, a restarted HAProxy sends nothing to what is about to leave.
            await this.#write();
            const isAtOnce = settings.step === "service";
            for (const slots of grouped(start, isAtOnce)) {
                this.#do(schedule, slots, () => this.#start(slots));
            }
            for (const slots of grouped(retire, isAtOnce)) {
                this.#do(schedule, slots, () => this.#retire(slots));
            }
            if (this.#tasks.size === 0 && state !== "going") {
                return this.#failure;
            }
            await this.#wait(schedule, wakeAtMs);
        }
    }

    /** What can neither serve nor be used goes first; what an interrupted run has started is proved. */
    async #begin({ start, discard }: RollPlan, schedule: RollingSchedule): Promise<void> {
        const world = await this.place.session.observe([this.place.service]);
        const containers = this.place.containers(world);
        const serving = new Set(this.place.serving(world, containers).map(slotOf));
        for (const { slot, serving } of start.old) {
            this.#known.set(slot, serving);
        }
        for (const { slot } of start.present.filter(({ up }) => up)) {
            this.#known.set(slot, true);
        }
        // One that takes requests goes on until its turn, whatever Docker's own check says.
        this.#open = new Set([...this.#known.keys()].filter(slot => serving.has(slot)));
        await this.#write();
        if (discard.length > 0) {
            await this.#remove(containers.filter(container => discard.includes(slotOf(container))));
        }
        const unproved = start.present.filter(({ up }) => !up).map(({ slot }) => slot);
        for (const slot of unproved) {
            const left = containers.filter(container => slotOf(container) === slot);
            this.#do(schedule, [slot], () => this.#prove(left));
        }
    }

    /** Begins something that ends by telling the schedule; its failure stops the release. */
    #do(schedule: RollingSchedule, slots: number[], act: () => Promise<"up" | "gone">): void {
        const task = act()
            .then(is => {
                for (const slot of slots) {
                    schedule.tell({ is, slot }, Date.now());
                    if (is === "up") {
                        this.#known.set(slot, true);
                        this.#open.add(slot);
                    }
                }
            })
            .catch(error => {
                if (isStop(error)) {
                    this.#interruption ??= error;
                    return;
                }
                this.#failure ??= error as Error;
                for (const slot of slots) {
                    schedule.tell({ is: "failed", slot }, Date.now());
                }
            })
            .finally(() => this.#tasks.delete(task));
        this.#tasks.add(task);
    }

    /** Tells the schedule which containers serve now. */
    async #look(schedule: RollingSchedule): Promise<void> {
        const world = await this.place.session.observe([this.place.service]);
        const { slots = [] } = observedService(world, this.place.service)[this.place.color];
        for (const [slot, served] of this.#known) {
            const serves = slots.some(container => container.slot === slot && container.ready);
            if (serves !== served) {
                this.#known.set(slot, serves);
                schedule.tell({ is: serves ? "up" : "down", slot }, Date.now());
            }
        }
    }

    /** Until something has happened, or it is time to look. */
    async #wait(schedule: RollingSchedule, wakeAtMs: number | undefined): Promise<void> {
        const isStuck = this.#tasks.size === 0 && wakeAtMs === undefined;
        this.#stuckSinceMs = isStuck ? (this.#stuckSinceMs ?? Date.now()) : undefined;
        const patienceMs = this.subject.settings.healthcheckTimeoutMs;
        if (this.#stuckSinceMs !== undefined && Date.now() - this.#stuckSinceMs > patienceMs) {
            const down = [...this.#known].filter(([, serves]) => !serves).map(([slot]) => this.#nameOf(slot));
            const what = `${down.join(", ")} went down and did not come back within ${patienceMs / 1000} s`;
            this.#failure ??= new Error(`${what} (healthcheckTimeout). Look at its log (docker logs ${down[0]})`);
            schedule.tell({ is: "failed", slot: 0 }, Date.now());
            return;
        }
        const waitMs = isStuck ? lookMs : wakeAtMs === undefined ? undefined : Math.max(1, wakeAtMs - Date.now());
        let timer: NodeJS.Timeout | undefined;
        const pause = new Promise<void>(resolve => {
            timer = waitMs === undefined ? undefined : setTimeout(resolve, waitMs);
        });
        await Promise.race([...this.#tasks, pause]);
        clearTimeout(timer);
        if (this.#interruption !== undefined) {
            await Promise.allSettled(this.#tasks);
            throw this.#interruption;
        }
    }

    /** The slots that take requests, in HAProxy's files. */
    async #write(): Promise<void> {
        const open = [...this.#open].sort((a, b) => a - b);
        if (open.join() !== this.#written) {
            await this.place.session.enter("roll: file");
            await this.place.write(open);
            // Also where they are ready already: a reload for another service's sake meanwhile read the file as it was.
            await this.place.setSlots(open, "ready");
            this.#written = open.join();
        }
    }

    async #start(slots: number[]): Promise<"up"> {
        const { release } = this.subject;
        await this.place.session.enter("roll: start");
        this.progress.status(`starting ${slots.map(slot => this.#nameOf(slot)).join(", ")}`);
        const results = await Promise.allSettled(
            slots.map(async slot => this.place.start(await this.place.create(slot, release), release)),
        );
        const containers = await this.#at(slots);
        const failed = results.find(result => result.status === "rejected");
        if (failed !== undefined) {
            await Promise.all(containers.map(({ id }) => removeContainer(this.place.session.engine, id)));
            throw failed.reason;
        }
        return this.#prove(containers);
    }

    /** Proves new containers, which take requests then. What cannot be proved is removed; the error has its last words. */
    async #prove(containers: ContainerInfo[]): Promise<"up"> {
        const { release } = this.subject;
        const { engine } = this.place.session;
        try {
            await this.place.session.enter("roll: prove");
            await this.place.prove(containers, release, true, () => this.#failure !== undefined);
        } catch (error) {
            if (!isStop(error)) {
                await this.place.abandon(containers);
                await Promise.all(containers.map(({ id }) => removeContainer(engine, id)));
            }
            throw error;
        }
        await Promise.all(
            containers.map(({ id }) => setRestartPolicy(engine, id, dockerPolicy(release.settings.restart))),
        );
        this.progress.info(`${containers.map(({ name }) => name).join(", ")} up, proved`);
        return "up";
    }

    /** Out of traffic by a confirmed drain, the user's command, then stopped and removed. */
    async #retire(slots: number[]): Promise<"gone"> {
        const { session } = this.place;
        const containers = await this.#at(slots);
        try {
            await session.enter("roll: drain");
            await this.place.setSlots(slots, "drain");
            await this.place.drain(slots);
            await session.enter("roll: stop");
            await this.#command(containers);
        } catch (error) {
            if (!isStop(error)) {
                await this.#putBack(slots);
            }
            throw error;
        }
        await this.#vacate(containers);
        return "gone";
    }

    async #command(containers: ContainerInfo[]): Promise<void> {
        const { session, service, color } = this.place;
        const { settings, commandMs: deadlineMs, isUndo } = this.subject;
        const { releases } = await session.recorded(service);
        const results = await Promise.allSettled(
            containers.map(container => {
                const { secretValues = {} } = releases[container.labels["relink.release"] ?? ""] ?? {};
                const leaving = { service, color, container, settings, deadlineMs, secretValues };
                return preStop(session, leaving, this.progress);
            }),
        );
        for (const result of results.filter(result => result.status === "rejected")) {
            if (!(isUndo && result.reason instanceof PreStopFailed)) {
                throw result.reason;
            }
            this.progress.warn(`${result.reason.message}; it is stopped all the same, since its release is taken back`);
        }
    }

    /** They go on serving. */
    async #putBack(slots: number[]): Promise<void> {
        for (const slot of slots) {
            this.#open.add(slot);
        }
        await this.#write();
        await this.place.setSlots(slots, "ready");
    }

    /** Removes containers that are not counted on, once nothing is open on them. */
    async #remove(containers: ContainerInfo[]): Promise<void> {
        const slots = containers.map(slotOf);
        await this.place.setSlots(slots, "drain");
        await this.place.drain(slots);
        await this.#vacate(containers);
    }

    async #vacate(containers: ContainerInfo[]): Promise<void> {
        await this.place.session.enter("roll: vacate");
        await this.place.remove(containers);
    }

    async #at(slots: number[]): Promise<ContainerInfo[]> {
        const containers = this.place.containers(await this.place.session.observe([this.place.service]));
        return containers.filter(container => slots.includes(slotOf(container)));
    }

    #nameOf(slot: number): string {
        return this.place.nameOf(slot);
    }
}

/** All together, or each by itself. */
function grouped(slots: number[], isAtOnce: boolean): number[][] {
    return isAtOnce && slots.length > 0 ? [slots] : slots.map(slot => [slot]);
}
