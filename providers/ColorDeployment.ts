import {
    type ContainerInfo,
    createContainer,
    removeContainer,
    setRestartPolicy,
    startContainer,
    stopContainer,
} from "../docker/containers";
import { renderBackend } from "../haproxy/configuration";
import { LinkValue } from "../haproxy/LinkValue";
import { readMap, writeMapEntry } from "../haproxy/maps";
import { backendFile, backendName } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/runtime";
import { type AddressBlock, slotAddress } from "../release/addresses";
import type { RecordedRelease } from "../release/Release";
import type { Color } from "../settings/Settings";
import type { DeploymentAction, DeploymentInputs } from "./Deployment";
import { drain } from "./drain";
import { LeaseLost } from "./Lease";
import { containersOf, currentWorkers, observedService, slotOf, type World } from "./observe";
import { Interrupted } from "./parent";
import type { Progress } from "./progress";
import { ProofFailed, prove } from "./proof";
import type { RecordedColor } from "./Record";
import { recordOf } from "./RecordStore";
import type { Session } from "./Session";
import { strangeness } from "./slots";
import { frontNames, stackLabels } from "./Target";

/** One color on its way to one release: the phases, in order. */
export class ColorDeployment {
    readonly #service: string;
    readonly #color: Color;
    readonly #replicas: number;
    /** Containers that this run has made. */
    #created: ContainerInfo[] = [];

    constructor(
        readonly session: Session,
        inputs: DeploymentInputs,
        readonly release: RecordedRelease,
        readonly action: DeploymentAction,
        readonly progress: Progress,
    ) {
        this.#service = inputs.service;
        this.#color = inputs.color;
        this.#replicas = inputs.replicas;
    }

    async run(): Promise<void> {
        const world = await this.session.observe();
        const live = observedService(world, this.#service).live === this.#color;
        const { keep, surplus, discard } = this.#sort(world, live);
        // What serves users goes on; a container of an interrupted scaling that never took traffic is proved like a new one.
        const serving = live ? this.#serving(world, [...keep, ...surplus]) : [];
        // A stranger may say that it is in a slot whose own container serves.
        const vacated = discard
            .map(slotOf)
            .filter(slot => this.#isSlot(slot) && !serving.some(c => slotOf(c) === slot));
        await this.#drained(vacated, live);
        await this.session.enter("deploy: record");
        await this.#begin(live, keep, serving);
        if (live) {
            // First the file: should this be interrupted, a restarted HAProxy sends nothing to slots that are vacated.
            await this.#configure(serving);
            await this.#remove(discard, vacated);
            await this.#closeUnproved(serving);
        } else {
            await this.#remove(discard, vacated);
            await this.#configure(serving);
        }
        const all = await this.#start(keep, live);
        const unproved = all.filter(({ id }) => !serving.some(container => container.id === id));
        try {
            await this.session.enter("deploy: prove");
            await this.#prove(unproved, live);
        } catch (error) {
            if (!(error instanceof Interrupted || error instanceof LeaseLost)) {
                await this.#abandon(unproved, live);
            }
            throw error instanceof ProofFailed ? this.#failed(error, live) : error;
        }
        if (surplus.length > 0) {
            // Rule 1: what stays is up before anything is taken away.
            await this.#requireUp(all);
            await this.#configure(all);
            await this.#drained(surplus.map(slotOf), live);
            await this.#remove(surplus, surplus.map(slotOf));
        }
        await this.#end(all);
        this.progress.info(`${this.#color} runs ${this.release.image} (release ${this.release.id}), proved`);
    }

    /**
     * The containers of a color: those of this release that go on, those that a smaller number leaves over, and those that
     * have no place on it.
     */
    #sort(world: World, live: boolean): Record<"keep" | "surplus" | "discard", ContainerInfo[]> {
        const record = recordOf(world.records, this.#service);
        const proved = record.releases[this.release.id]?.proved ?? false;
        const all = containersOf(world, this.#service, this.#color);
        // What HAProxy sends users to is not taken away because Docker's own check is of another opinion.
        const serving = live ? this.#serving(world, all) : [];
        const usable = all.filter(
            container =>
                strangeness(container, this.release, this.action.block) === undefined &&
                (container.health !== "unhealthy" || serving.includes(container)) &&
                // What was never proved and does not run is what failed: the next `up` starts clean.
                (container.state === "running" || (proved && container.state === "exited")),
        );
        const keep = usable.filter(container => slotOf(container) <= this.#replicas);
        const surplus = live ? usable.filter(container => !keep.includes(container)) : [];
        return { keep, surplus, discard: all.filter(container => ![...keep, ...surplus].includes(container)) };
    }

    /** Refuses to go on unless HAProxy has all of these up, in every worker that takes new connections. */
    async #requireUp(containers: ContainerInfo[]): Promise<void> {
        const workers = currentWorkers((await this.session.observe()).front);
        const backend = backendName(this.#service, this.#color);
        const down = containers.filter(
            container => !workers.every(({ backends }) => backends.get(backend)?.servers.get(slotOf(container))?.up),
        );
        if (down.length > 0) {
            throw new Error(
                `${this.#service}: ${down.map(({ name }) => name).join(", ")} would have to stay, but HAProxy has it down. ` +
                    `No container of ${this.#color} was taken away. Look at its log (docker logs ${down[0]?.name}), then run pulumi up again`,
            );
        }
    }

    /** Containers that users' requests go to now. */
    #serving(world: World, containers: ContainerInfo[]): ContainerInfo[] {
        const backend = backendName(this.#service, this.#color);
        const workers = currentWorkers(world.front);
        return containers.filter(
            container =>
                container.state === "running" &&
                workers.every(
                    ({ backends }) => backends.get(backend)?.servers.get(slotOf(container))?.admin === "ready",
                ),
        );
    }

    #isSlot(slot: number): boolean {
        return Number.isInteger(slot) && slot >= 1 && slot <= this.action.block.size;
    }

    /**
     * A slot of the live color whose container is about to start, perhaps in the place of one that somebody removed: what
     * HAProxy's checks alone would let in has to be proved first.
     */
    async #closeUnproved(serving: ContainerInfo[]): Promise<void> {
        const slots = Array.from({ length: this.#replicas }, (_, index) => index + 1);
        const closed = slots.filter(slot => !serving.some(container => slotOf(container) === slot));
        if (closed.length > 0) {
            await this.#setSlots(closed, "maint");
        }
    }

    /**
     * What is begun is known before it begins. Of a live color that is the smallest number of containers on the way: less
     * than that is drift, more is what an interrupted scaling left. So a repair that fails stands in no fix's way either.
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
                    ? { ...color, replicas: Math.min(color.replicas, this.#replicas, serving.length) }
                    : { ...color, release: id, replicas: this.#replicas, block: action.block },
                ...(action.otherBlock === undefined ? {} : { green: { ...record.green, block: action.otherBlock } }),
                releases: {
                    ...record.releases,
                    [id]: known
                        ? {
                              ...known,
                              imageId: release.imageId,
                              promotion: action.promotion ?? known.promotion,
                              proved: known.proved && !starts,
                          }
                        : release,
                },
                promotions: Math.max(record.promotions, action.promotion ?? 0),
                // The hook's Command comes after this, and may fail: the link says when it has run.
                hookDeclared: record.hookDeclared && (action.promotion === undefined || action.hook),
            };
        });
    }

    /** Takes slots out of traffic and waits until nothing is open on them. */
    async #drained(slots: number[], live: boolean): Promise<void> {
        if (slots.length === 0) {
            return;
        }
        if (live) {
            await this.#setSlots(slots, "drain");
        }
        const subject = { service: this.#service, color: this.#color, slots };
        await drain(this.session, subject, this.action.policy, this.progress);
    }

    /** Removes containers whose slots are drained. */
    async #remove(containers: ContainerInfo[], slots: number[]): Promise<void> {
        if (containers.length === 0) {
            return;
        }
        await this.session.enter("deploy: vacate");
        if (slots.length > 0) {
            await this.#setSlots(slots, "maint");
        }
        this.progress.status(`removing ${containers.length} containers of ${this.#color}`);
        await Promise.all(
            containers.map(async container => {
                await stopContainer(this.session.engine, container.id, this.release.settings.stopGracePeriodMs);
                await removeContainer(this.session.engine, container.id);
            }),
        );
    }

    /** The color's backend, rendered from the release that it is about to run; its slots stay closed until the proof. */
    async #configure(serving: ContainerInfo[]): Promise<void> {
        const backend = backendName(this.#service, this.#color);
        const open = serving.map(slotOf);
        await this.session.enter("deploy: configure");
        const other: Color = this.#color === "blue" ? "green" : "blue";
        await this.session.configure(files => {
            files.set(backendFile(this.#service, this.#color), this.#backendText(this.#color, this.action.block, open));
            if (this.action.otherBlock !== undefined && !files.has(backendFile(this.#service, other))) {
                files.set(backendFile(this.#service, other), this.#backendText(other, this.action.otherBlock, []));
            }
            writeMapEntry(files, "releases", backend, this.release.id);
            // A first release too can be looked at, by the hook before its promotion for one, before it is linked.
            if (this.action.otherBlock !== undefined && !readMap(files, "link").has(this.#service)) {
                writeMapEntry(files, "link", this.#service, LinkValue.none(this.#color));
            }
            return files;
        });
        const workers = (await this.session.observe()).front?.workers ?? [];
        assertEveryWorker(
            `the release of ${backend}`,
            await this.session.runtime.setMap(workers, "releases", backend, this.release.id),
        );
    }

    #backendText(color: Color, block: AddressBlock, open: number[]): string {
        const { port, health, timeouts } = this.release.settings;
        return renderBackend({
            service: this.#service,
            color,
            port: port ?? 0,
            health,
            serverTimeoutMs: timeouts.serverMs,
            slots: Array.from({ length: block.size }, (_, index) => ({
                number: index + 1,
                address: slotAddress(block, index + 1),
                enabled: open.includes(index + 1),
            })),
        });
    }

    /** Starts what is stopped and creates what is missing, all at once. */
    async #start(keep: ContainerInfo[], live: boolean): Promise<ContainerInfo[]> {
        const missing = Array.from({ length: this.#replicas }, (_, index) => index + 1).filter(
            slot => !keep.some(container => slotOf(container) === slot),
        );
        this.progress.status(
            `starting ${missing.length + keep.filter(({ state }) => state !== "running").length} containers on ${this.#color}`,
        );
        await this.session.enter("deploy: start");
        const start = (id: string) => startContainer(this.session.engine, id, this.release.secretValues);
        const results = await Promise.allSettled([
            ...missing.map(async slot => start(await this.#create(slot))),
            ...keep.filter(({ state }) => state !== "running").map(({ id }) => start(id)),
        ]);
        const failed = results.find(result => result.status === "rejected");
        const all = containersOf(await this.session.observe(), this.#service, this.#color).filter(
            container => slotOf(container) <= this.#replicas,
        );
        this.#created = all.filter(({ id }) => !keep.some(kept => kept.id === id));
        if (failed !== undefined) {
            await Promise.all(this.#created.map(({ id }) => removeContainer(this.session.engine, id)));
            throw this.#failed(failed.reason as Error, live, "what could not be started was removed");
        }
        return all;
    }

    #create(slot: number): Promise<string> {
        const { session, release, action } = this;
        const names = frontNames(session.target.front);
        return createContainer(session.engine, {
            name: names.container(this.#service, this.#color, slot),
            imageId: release.imageId ?? release.digest,
            release: release.settings,
            secretValues: release.secretValues,
            labels: {
                ...stackLabels(session.target),
                "relink.front": session.target.front,
                "relink.service": this.#service,
                "relink.color": this.#color,
                "relink.slot": String(slot),
                "relink.release": release.id,
            },
            env: { RELINK_SERVICE: this.#service, RELINK_COLOR: this.#color, RELINK_RELEASE: release.id },
            network: { name: names.network, address: slotAddress(action.block, slot) },
        });
    }

    async #prove(containers: ContainerInfo[], live: boolean): Promise<void> {
        if (containers.length > 0) {
            await prove(
                this.session,
                {
                    service: this.#service,
                    color: this.#color,
                    release: this.release.id,
                    port: this.release.settings.port ?? 0,
                    health: this.release.settings.health,
                    secretValues: this.release.secretValues,
                    containers,
                    live,
                    policy: this.action.policy,
                },
                this.progress,
            );
        }
    }

    /** After a failure: out of traffic, stopped, and kept for its logs until the next `up`. */
    async #abandon(containers: ContainerInfo[], live: boolean): Promise<void> {
        this.progress.status(`stopping what could not be proved on ${this.#color}`);
        await this.#setSlots(containers.map(slotOf), "maint");
        await Promise.all(
            containers.map(({ id }) => stopContainer(this.session.engine, id, this.release.settings.stopGracePeriodMs)),
        );
        if (live) {
            // One that stays would be one too many of the live color. What was there before stays, for its logs.
            await Promise.all(this.#created.map(({ id }) => removeContainer(this.session.engine, id)));
        }
    }

    /** Proved: the file says what the memory says, Docker keeps it running, and the record knows. */
    async #end(containers: ContainerInfo[]): Promise<void> {
        const open = containers.map(slotOf);
        await this.session.enter("deploy: keep");
        await this.session.configure(files => {
            files.set(backendFile(this.#service, this.#color), this.#backendText(this.#color, this.action.block, open));
            return files;
        });
        const { restart } = this.release.settings;
        // Also where they are ready already: a reload for another service's sake meanwhile read the file as it was.
        await this.#setSlots(open, "ready");
        await Promise.all(containers.map(({ id }) => setRestartPolicy(this.session.engine, id, restart)));
        await this.session.enter("deploy: proved");
        const provedAt = (await this.session.engine.now()).toISOString();
        await this.session.record(this.#service, record => ({
            ...record,
            // A farewell that was owed to this color is void: it holds something else now.
            intent: record.intent?.kind === "leave" && record.intent.color === this.#color ? undefined : record.intent,
            [this.#color]: { ...record[this.#color], replicas: this.#replicas } satisfies RecordedColor,
            releases: {
                ...record.releases,
                [this.release.id]: { ...(record.releases[this.release.id] ?? this.release), proved: true, provedAt },
            },
        }));
    }

    async #setSlots(slots: number[], state: "ready" | "drain" | "maint"): Promise<void> {
        const workers = currentWorkers((await this.session.observe()).front).filter(worker =>
            worker.backends.has(backendName(this.#service, this.#color)),
        );
        assertEveryWorker(
            `${state} of ${this.#service}`,
            await this.session.runtime.setServers(
                workers,
                backendName(this.#service, this.#color),
                new Map(slots.map(slot => [slot, { state }])),
            ),
        );
    }

    #failed(
        error: Error,
        live: boolean,
        left = "the stopped containers are kept for their logs until the next up",
    ): Error {
        const kept = live ? `${this.#color} goes on serving as before` : `nothing was switched; ${left}`;
        return new Error(
            `${this.#service}: ${this.release.image} was not released on ${this.#color}: ${error.message}\n${kept}.`,
        );
    }
}
