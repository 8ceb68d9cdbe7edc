import { removeContainer, setRestartPolicy } from "../docker/containers";
import { dockerPolicy } from "../docker/restartPolicy";
import { observedService } from "../look/observe";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { slotOf } from "../model/Container";
import { hasTraffic } from "../model/Live";
import { heldSlots, hooksBefore, type RecordedColor } from "../model/Record";
import { recordOf } from "../model/Records";
import { deployedAgain, type RecordedRelease } from "../model/Release";
import { strangeness } from "../model/strangeness";
import type { World } from "../model/World";
import { count } from "../model/words";
import type { DeploymentAction, DeploymentInputs } from "../providers/Deployment";
import type { Session } from "../providers/Session";
import { ColorPlace } from "./ColorPlace";
import type { Progress } from "./Progress";
import { ProofFailed } from "./proof";
import { isStop } from "./stop";

/** What its phases need to know. */
type ColorAction = Pick<
    DeploymentAction,
    "block" | "otherBlock" | "policy" | "rolling" | "restore" | "promotion" | "hooks"
> & {
    /** When it has to be done, milliseconds since the epoch of this machine's clock: `progressDeadline`, pull and drain included. */
    deadline: number;
};

/** One color on its way to one release: the phases, in order. */
export class ColorDeployment {
    readonly #service: string;
    readonly #color: Color;
    readonly #replicas: number;
    readonly #place: ColorPlace;
    /** Containers that this run has made. */
    #created: ContainerInfo[] = [];
    /** Containers that answer users although the record does not know them. */
    #strangers: ContainerInfo[] = [];
    /** What a color with users does when this fails. */
    #staysServing = "";

    constructor(
        readonly session: Session,
        { service, color, replicas }: Pick<DeploymentInputs, "service" | "color" | "replicas">,
        readonly release: RecordedRelease,
        readonly action: ColorAction,
        readonly progress: Progress,
        /** What its phases are called: `scale` inside the walk of a link. */
        private readonly kind: "deploy" | "scale" = "deploy",
    ) {
        this.#service = service;
        this.#color = color;
        this.#replicas = replicas;
        this.#place = new ColorPlace(session, service, color, release, action, progress);
    }

    async run(): Promise<void> {
        const world = await this.session.observe([this.#service]);
        const observed = observedService(world, this.#service);
        // HAProxy leads to the confirmed color again when it restarts, wherever somebody has moved the link meanwhile.
        const live = hasTraffic(observed, this.#color) || observed.confirmed === this.#color;
        const { keep, surplus, strangers, discard } = this.#sort(world, live);
        this.#strangers = strangers;
        if (strangers.length > 0 && hasTraffic(observed, this.#color)) {
            await this.#place.requireSameChecks(strangers);
        }
        // What serves users goes on; a container of an interrupted scaling that never took traffic is proved like a new one.
        const serving = live ? this.#place.serving(world, [...keep, ...surplus]) : [];
        const { percent } = observed;
        this.#staysServing =
            percent > 0 && observed.live !== this.#color
                ? `${this.#color} keeps its ${percent} % of the requests with ${count(serving.length, "container")}`
                : `${this.#color} goes on serving as before`;
        const leaving = [...surplus, ...strangers];
        // A stranger may say that it is in a slot whose own container serves.
        const vacated = discard
            .map(slotOf)
            .filter(slot => this.#place.isSlot(slot) && ![...serving, ...strangers].some(c => slotOf(c) === slot));
        if (!live) {
            await this.#place.drain(vacated);
        }
        await this.session.enter(`${this.kind}: record`);
        await this.#begin(live, keep, serving);
        if (live) {
            // First the file: a HAProxy that restarts meanwhile sends nothing to slots that are drained and vacated.
            await this.#configure([...serving, ...strangers]);
            // Also where they are ready already: one that restarted before that read the file as it was.
            await this.#place.setSlots([...serving, ...strangers].map(slotOf), "ready");
            await this.#drained(vacated, live);
            await this.#remove(discard, vacated);
        } else {
            await this.#remove(discard, vacated);
            await this.#configure(serving);
        }
        const missing = this.#freeSlots([...keep, ...leaving], this.#replicas - keep.length);
        if (live) {
            // What HAProxy's checks alone would let in, perhaps in the place of one that somebody removed, is proved first.
            const unproved = keep.filter(container => !serving.includes(container)).map(slotOf);
            await this.#place.setSlots([...unproved, ...missing], "maint");
        }
        const all = await this.#start(keep, missing, live);
        const unproved = all.filter(({ id }) => !serving.some(container => container.id === id));
        try {
            await this.session.enter(`${this.kind}: prove`);
            await this.#place.prove(unproved, this.release, live);
        } catch (error) {
            if (!isStop(error)) {
                await this.#abandon(unproved, live);
                await this.#settleFor(serving, live);
            }
            throw error instanceof ProofFailed ? this.#failed(error, live) : error;
        }
        await this.#keepRunning(all);
        if (leaving.length > 0) {
            // Rule 1 of docs/design.md: what stays is up before anything is taken away.
            await this.#place.requireUp(all);
            await this.#configure(all);
            await this.#drained(leaving.map(slotOf), live);
            await this.#remove(leaving, leaving.map(slotOf));
        }
        await this.#end(all);
        this.progress.info(`${this.#color} runs ${this.release.image} (release ${this.release.id}), proved`);
    }

    /**
     * The containers of a color: those of this release that go on, those that serve and that a smaller number leaves over,
     * those that serve although the record does not know them, and those that have no place on it.
     */
    #sort(world: World, live: boolean): Record<"keep" | "surplus" | "strangers" | "discard", ContainerInfo[]> {
        const record = recordOf(world.records, this.#service);
        const proved = record.releases[this.release.id]?.proved ?? false;
        const all = this.#place.containers(world);
        // What HAProxy sends users to is not taken away because Docker's own check is of another opinion.
        const serving = live ? this.#place.serving(world, all) : [];
        const usable = all.filter(
            container =>
                strangeness(container, this.release, this.action.block) === undefined &&
                (container.health !== "unhealthy" || serving.includes(container)) &&
                // What was never proved and does not run is what failed: the next `up` starts clean.
                (container.state === "running" || (proved && container.state === "exited")),
        );
        // Where there are too many, what serves stays, then what runs.
        const rank = (container: ContainerInfo) =>
            (serving.includes(container) ? 0 : 2) + (container.state === "running" ? 0 : 1);
        const keep = [...usable].sort((a, b) => rank(a) - rank(b)).slice(0, this.#replicas);
        // One that serves nobody goes first: left to the end, an `up` that dies before would forget it, since nothing is amiss.
        const surplus = serving.filter(container => usable.includes(container) && !keep.includes(container));
        // They may be all that answers users. Only as many as leave a slot for each container that is to replace them.
        const room = this.#place.slots - this.#replicas - surplus.length;
        const strangers = serving
            .filter(container => !usable.includes(container) && this.#place.isReached(world, container))
            .slice(0, Math.max(0, room));
        const stays = new Set([...keep, ...surplus, ...strangers]);
        return { keep, surplus, strangers, discard: all.filter(container => !stays.has(container)) };
    }

    /**
     * What is begun is known before it begins. Of a live color that is the smallest number of containers on the way: less
     * than that is drift, more is what an interrupted scaling left. A repair goes for as many as there were until it is
     * known to fail: interrupted, it must be gone on with.
     */
    async #begin(live: boolean, keep: ContainerInfo[], serving: ContainerInfo[]): Promise<void> {
        const { action, release } = this;
        const { id } = release;
        // What has to be started was proved before it was stopped: that says nothing any more.
        const starts = !live && (keep.length < this.#replicas || keep.some(({ state }) => state !== "running"));
        await this.session.record(this.#service, record => {
            const known = record.releases[id];
            const color = record[this.#color];
            return {
                ...record,
                [this.#color]: live
                    ? {
                          ...color,
                          replicas: action.restore
                              ? this.#replicas
                              : Math.min(color.replicas, this.#replicas, serving.length),
                      }
                    : { ...color, release: id, replicas: this.#replicas, block: action.block, slots: undefined },
                ...(action.otherBlock === undefined ? {} : { green: { ...record.green, block: action.otherBlock } }),
                releases: {
                    ...record.releases,
                    [id]: known
                        ? {
                              ...deployedAgain(known, release, action.promotion),
                              proved: known.proved && !starts,
                              // One that was kept has no container left: it is another deployment, and judged as one.
                              linked: known.linked && color.release === id,
                          }
                        : release,
                },
                promotions: Math.max(record.promotions, action.promotion ?? 0),
                hooks: hooksBefore(record, action.hooks),
            };
        });
    }

    /** A repair that fails stands in no fix's way: what serves is what there is, and no drift. */
    async #settleFor(serving: ContainerInfo[], live: boolean): Promise<void> {
        if (live && this.action.restore) {
            await this.session.record(this.#service, record => {
                const color = record[this.#color];
                return { ...record, [this.#color]: { ...color, replicas: Math.min(color.replicas, serving.length) } };
            });
        }
    }

    /** Takes slots out of traffic and waits until nothing is open on them. */
    async #drained(slots: number[], live: boolean): Promise<void> {
        if (live) {
            await this.#place.setSlots(slots, "drain");
        }
        await this.#place.drain(slots);
    }

    /** Removes containers whose slots are drained. */
    async #remove(containers: ContainerInfo[], slots: number[]): Promise<void> {
        if (containers.length > 0) {
            await this.session.enter("deploy: vacate");
            await this.#place.remove(containers, slots);
        }
    }

    /** The color's backend, rendered from the release that it is about to run; its slots stay closed until the proof. */
    async #configure(serving: ContainerInfo[]): Promise<void> {
        await this.session.enter(`${this.kind}: configure`);
        await this.#place.configure(serving.map(slotOf), this.release.id);
    }

    /** Starts what is stopped and creates what is missing, all at once. */
    async #start(keep: ContainerInfo[], missing: number[], live: boolean): Promise<ContainerInfo[]> {
        const { release } = this;
        const stopped = keep.filter(({ state }) => state !== "running");
        this.progress.status(`starting ${missing.length + stopped.length} containers on ${this.#color}`);
        await this.session.enter(`${this.kind}: start`);
        const results = await Promise.allSettled([
            ...missing.map(async slot => this.#place.start(await this.#place.create(slot, release), release)),
            ...stopped.map(({ id }) => this.#place.start(id, release)),
        ]);
        const failed = results.find(result => result.status === "rejected");
        const wanted = new Set([...keep.map(slotOf), ...missing]);
        const all = this.#place
            .containers(await this.session.observe([this.#service]))
            .filter(held => wanted.has(slotOf(held)));
        this.#created = all.filter(({ id }) => !keep.some(kept => kept.id === id));
        if (failed !== undefined) {
            await Promise.all(this.#created.map(({ id }) => removeContainer(this.session.engine, id)));
            throw this.#failed(failed.reason as Error, live, "what could not be started was removed");
        }
        return all;
    }

    /** The first slots for what is missing. After a rolling release its containers are anywhere among the slots. */
    #freeSlots(held: ContainerInfo[], missing: number): number[] {
        const taken = held.map(slotOf);
        const names = new Set(held.map(({ name }) => name));
        return Array.from({ length: this.#place.slots }, (_, index) => index + 1)
            .filter(slot => !taken.includes(slot) && !names.has(this.#place.nameOf(slot)))
            .slice(0, Math.max(0, missing));
    }

    /** After a failure: out of traffic, stopped, and kept for its logs until the next `up`. */
    async #abandon(containers: ContainerInfo[], live: boolean): Promise<void> {
        await this.#place.abandon(containers);
        if (live) {
            // One that stays would be one too many of the live color. What was there before stays, for its logs.
            await Promise.all(this.#created.map(({ id }) => removeContainer(this.session.engine, id)));
        }
    }

    /** Docker keeps running what is to stay, before anything is taken away: its daemon may restart in the middle of that. */
    async #keepRunning(containers: ContainerInfo[]): Promise<void> {
        await this.session.enter(`${this.kind}: keep`);
        const policy = dockerPolicy(this.release.settings.restart);
        await Promise.all(containers.map(({ id }) => setRestartPolicy(this.session.engine, id, policy)));
    }

    /** Proved: the file says what the memory says, and the record knows. */
    async #end(containers: ContainerInfo[]): Promise<void> {
        const open = containers.map(slotOf);
        await this.#place.write(open);
        // Also where they are ready already: a reload for another service's sake meanwhile read the file as it was.
        await this.#place.openOnly(open);
        await this.session.enter(`${this.kind}: proved`);
        const provedAt = (await this.session.engine.now()).toISOString();
        await this.session.record(this.#service, record => ({
            ...record,
            // A farewell that was owed to this color is void: it holds something else now.
            intent: record.intent?.kind === "leave" && record.intent.color === this.#color ? undefined : record.intent,
            [this.#color]: {
                ...record[this.#color],
                replicas: this.#replicas,
                slots: heldSlots(open),
            } satisfies RecordedColor,
            releases: {
                ...record.releases,
                [this.release.id]: { ...(record.releases[this.release.id] ?? this.release), proved: true, provedAt },
            },
        }));
    }

    #failed(
        error: Error,
        live: boolean,
        left = "the stopped containers are kept for their logs until the next up",
    ): Error {
        const names = this.#strangers.map(({ name }) => name).join(" ");
        const others =
            names === "" ? "" : `, also by what the record does not know: to do without, docker rm -f ${names}`;
        const kept = live ? `${this.#staysServing}${others}` : `nothing was switched; ${left}`;
        return new Error(
            `${this.#service}: ${this.release.image} was not released on ${this.#color}: ${error.message}\n${kept}.`,
        );
    }
}
