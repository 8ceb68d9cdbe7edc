import { createContainer, removeContainer, startContainer, stopContainer } from "../docker/containers";
import { renderBackend } from "../front/configuration";
import { tellSlots } from "../front/tellSlots";
import { readMap, writeMapEntry } from "../haproxy/maps";
import { backendFile, backendName } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/runtime";
import { answeredLink } from "../look/answeredLink";
import { observeEverything } from "../look/observe";
import { type AddressBlock, slotAddress, slotsFor } from "../model/addresses";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { runs, slotOf } from "../model/Container";
import { LinkValue } from "../model/LinkValue";
import type { PolicySettings } from "../model/PolicySettings";
import type { RecordedRelease } from "../model/Release";
import { frontNames, stackLabels } from "../model/Target";
import { containersOf, currentWorkers, type World } from "../model/World";
import type { DeploymentAction } from "../providers/Deployment";
import type { Session } from "../providers/Session";
import { upOf } from "../providers/upOf";
import type { SlotState } from "./Backend";
import { drain } from "./drain";
import type { Progress } from "./Progress";
import { prove } from "./proof";

/**
 * One color of a service: its containers on the Docker host and their slots in HAProxy, as deployments change them. A
 * service without a port (a worker) has containers alone; whatever concerns slots is nothing to do there.
 */
export class ColorPlace {
    readonly backend: string;
    /** Requests come here. */
    readonly fronted: boolean;

    constructor(
        readonly session: Session,
        readonly service: string,
        readonly color: Color,
        /** The release whose settings the backend is rendered from. */
        private readonly release: RecordedRelease,
        private readonly action: Pick<DeploymentAction, "block" | "otherBlock" | "policy" | "rolling"> & {
            /** When the deployment has to be done, milliseconds since the epoch of this machine's clock. @default never */
            deadline?: number;
        },
        private readonly progress: Progress,
    ) {
        this.backend = backendName(service, color);
        this.fronted = release.settings.port !== undefined;
    }

    /** How many slots it has. */
    get slots(): number {
        return this.action.block?.size ?? slotsFor(this.release.settings.maxReplicas);
    }

    /** Whether there is such a slot. */
    isSlot(slot: number): boolean {
        return Number.isInteger(slot) && slot >= 1 && slot <= this.slots;
    }

    /** Name of a slot's container. */
    nameOf(slot: number): string {
        return frontNames(this.session.target.front).container(this.service, this.color, slot);
    }

    /** Its containers now, by slot. */
    containers(world: World): ContainerInfo[] {
        return containersOf(world, this.service, this.color);
    }

    /** Of these containers, the ones that users' requests go to now; of a worker, the ones that run. */
    serving(world: World, containers: ContainerInfo[]): ContainerInfo[] {
        const workers = currentWorkers(world.front);
        return containers.filter(
            container =>
                container.state === "running" &&
                (!this.fronted ||
                    workers.every(
                        ({ backends }) => backends.get(this.backend)?.servers.get(slotOf(container))?.admin === "ready",
                    )),
        );
    }

    /** Whether HAProxy looks for a container's slot where that container is: labels alone say what anybody wrote. */
    isReached(world: World, container: ContainerInfo): boolean {
        const workers = currentWorkers(world.front);
        return (
            workers.length > 0 &&
            workers.every(({ backends }) => {
                const server = backends.get(this.backend)?.servers.get(slotOf(container));
                return server?.up === true && server.address === container.address;
            })
        );
    }

    /** Refuses to go on where the release's port or health check would take these down before anything replaces them. */
    async requireSameChecks(strangers: ContainerInfo[]): Promise<void> {
        const { files } = await observeEverything(this.session.engine, this.session.target);
        const held = checksOf(files?.get(backendFile(this.service, this.color)) ?? "");
        if (held !== checksOf(this.#backendText(this.color, []))) {
            const names = strangers.map(({ name }) => name).join(" ");
            throw new Error(
                `${this.service}: users are answered by ${names}, which the record does not know, and ` +
                    `${this.release.image} has another port or health check: they would lose the one before the other ` +
                    `is proved. Nothing was changed. To go on: put back the record that knows them, or do without ` +
                    `them: docker rm -f ${names}`,
            );
        }
    }

    /** Refuses to go on unless HAProxy has all of these up, in every worker that takes new connections. */
    async requireUp(containers: ContainerInfo[]): Promise<void> {
        const workers = currentWorkers((await this.session.observe([this.service])).front);
        const down = containers.filter(container =>
            this.fronted
                ? !workers.every(({ backends }) => backends.get(this.backend)?.servers.get(slotOf(container))?.up)
                : !runs(container),
        );
        if (down.length > 0) {
            throw new Error(
                `${this.service}: ${down.map(({ name }) => name).join(", ")} would have to stay, but ${this.fronted ? "HAProxy has it down" : "it does not run"}. ` +
                    `No container of ${this.color} was taken away. Look at its log (docker logs ${down[0]?.name}), then run pulumi up again`,
            );
        }
    }

    /** The color's backend in HAProxy's files: these slots take traffic, all others are closed. */
    async write(open: number[]): Promise<void> {
        if (this.fronted) {
            await this.session.configure(files => {
                files.set(backendFile(this.service, this.color), this.#backendText(this.color, open));
                return files;
            });
        }
    }

    /** The same, together with all else that HAProxy's files hold of a color that is about to run a release. */
    async configure(open: number[], release: string): Promise<void> {
        if (!this.fronted) {
            return;
        }
        const other: Color = this.color === "blue" ? "green" : "blue";
        const { otherBlock } = this.action;
        const answered = answeredLink(await this.session.observe([this.service]), this.service);
        await this.session.configure(files => {
            files.set(backendFile(this.service, this.color), this.#backendText(this.color, open));
            if (otherBlock !== undefined && !files.has(backendFile(this.service, other))) {
                files.set(backendFile(this.service, other), this.#backendText(other, [], otherBlock));
            }
            writeMapEntry(files, "releases", this.backend, release);
            // A first release too can be looked at, by the hook before its promotion for one, before it is linked.
            if (otherBlock !== undefined && !readMap(files, "link").has(this.service)) {
                writeMapEntry(files, "link", this.service, LinkValue.none(this.color));
            }
            // Somebody may have edited it in the file, which a reload reads: users stay where they are answered.
            if (answered !== undefined) {
                writeMapEntry(files, "link", this.service, answered);
            }
            return files;
        });
        const workers = (await this.session.observe([this.service])).front?.workers ?? [];
        assertEveryWorker(
            `the release of ${this.backend}`,
            await this.session.runtime.setMap(workers, "releases", this.backend, release),
        );
    }

    #backendText(color: Color, open: number[], block: AddressBlock | undefined = this.action.block): string {
        const { port = 0, health, timeouts } = this.release.settings;
        if (block === undefined) {
            throw new Error(`${this.service}: the plan has no addresses for ${color}; run pulumi up again`);
        }
        return renderBackend({
            service: this.service,
            color,
            port,
            health,
            serverTimeoutMs: timeouts.serverMs,
            slots: Array.from({ length: block.size }, (_, index) => ({
                number: index + 1,
                address: slotAddress(block, index + 1),
                enabled: open.includes(index + 1),
            })),
        });
    }

    /** Tells every worker that takes new connections. */
    async setSlots(slots: number[], state: SlotState): Promise<void> {
        if (this.fronted && slots.length > 0) {
            await this.#tell(() => new Map(slots.map(slot => [slot, { state }])));
        }
    }

    /**
     * Tells every worker that takes new connections that these slots take traffic and no other does. A container that
     * somebody removed by hand has left its slot open: whoever gets its address next would have users before any proof.
     */
    async openOnly(open: number[]): Promise<void> {
        if (!this.fronted) {
            return;
        }
        await this.#tell(workers => {
            const left = workers.flatMap(({ backends }) => {
                const servers = backends.get(this.backend)?.servers.values() ?? [];
                return [...servers].filter(({ admin, slot }) => admin !== "maint" && !open.includes(slot));
            });
            const changes = new Map<number, { state: SlotState }>(left.map(({ slot }) => [slot, { state: "maint" }]));
            for (const slot of open) {
                changes.set(slot, { state: "ready" });
            }
            return changes;
        });
    }

    #tell(changesOf: Parameters<typeof tellSlots>[3]): Promise<void> {
        return tellSlots(this.session, this.service, this.color, changesOf);
    }

    /** Waits until nothing is open on these slots. Those of a live color are out of traffic already. */
    async drain(slots: number[]): Promise<void> {
        if (this.fronted && slots.length > 0) {
            const { service, color } = this;
            const { policy, deadline } = this.action;
            const up = upOf(this.session, service, this.progress);
            await drain(up, { color, slots }, { ...policy, deadline });
        }
    }

    /** Creates the container of a slot, not started. @returns its id. */
    create(slot: number, release: RecordedRelease): Promise<string> {
        const { session, service, color } = this;
        const { network } = frontNames(session.target.front);
        const { block } = this.action;
        return createContainer(session.engine, {
            name: this.nameOf(slot),
            imageId: release.imageId ?? release.digest,
            release: release.settings,
            secretValues: release.secretValues,
            labels: {
                ...stackLabels(session.target),
                "relink.front": session.target.front,
                "relink.service": service,
                "relink.color": color,
                "relink.slot": String(slot),
                "relink.release": release.id,
            },
            env: { RELINK_SERVICE: service, RELINK_COLOR: color, RELINK_RELEASE: release.id },
            // Nobody has to find a worker.
            network: { name: network, address: block && slotAddress(block, slot) },
        });
    }

    start(id: string, release: RecordedRelease): Promise<void> {
        return startContainer(this.session.engine, id, release.secretValues);
    }

    /** Proves containers, after which their slots take traffic. */
    async prove(
        containers: ContainerInfo[],
        release: RecordedRelease,
        live: boolean,
        isVain?: () => boolean,
    ): Promise<void> {
        if (containers.length === 0) {
            return;
        }
        await prove(upOf(this.session, this.service, this.progress), {
            color: this.color,
            release,
            containers,
            live,
            policy: this.#proofPolicy(containers),
            deadline: this.action.deadline,
            isVain,
        });
    }

    /** A rolling service has its own times; where nothing checks a container's health, all it can do is to run. */
    #proofPolicy(containers: ContainerInfo[]): Pick<PolicySettings, "minHealthyTimeMs" | "healthyDeadlineMs"> {
        const { policy, rolling } = this.action;
        if (rolling === undefined) {
            return policy;
        }
        const unchecked = !this.fronted && containers.every(({ health }) => health === undefined);
        const minHealthyTimeMs = (unchecked ? rolling.waitMs : policy.minHealthyTimeMs) + rolling.waitAfterHealthyMs;
        // What is waited for beyond that is not the container's to hurry.
        const more = minHealthyTimeMs - policy.minHealthyTimeMs;
        return { minHealthyTimeMs, healthyDeadlineMs: rolling.healthcheckTimeoutMs + Math.max(0, more) };
    }

    /** Removes containers that nothing is open on: their slots are closed for good. */
    async remove(containers: ContainerInfo[], slots = containers.map(slotOf)): Promise<void> {
        await this.setSlots(slots, "maint");
        this.progress.status(`removing ${containers.length} containers of ${this.color}`);
        await this.stop(containers);
        await Promise.all(containers.map(({ id }) => removeContainer(this.session.engine, id)));
    }

    /** Takes containers that could not be proved out of traffic, and stops them. */
    async abandon(containers: ContainerInfo[]): Promise<void> {
        this.progress.status(`stopping what could not be proved on ${this.color}`);
        await this.setSlots(containers.map(slotOf), "maint");
        await this.stop(containers);
    }

    /** Each with the grace of its own release. */
    async stop(containers: ContainerInfo[]): Promise<void> {
        const { releases } = await this.session.recorded(this.service);
        await Promise.all(
            containers.map(({ id, labels }) => {
                const settings = releases[labels["relink.release"] ?? ""]?.settings ?? this.release.settings;
                return stopContainer(this.session.engine, id, settings.stopGracePeriodMs);
            }),
        );
    }
}

/** What in a backend's file decides whether a container is up: its port and the health check, in whichever slots. */
function checksOf(backend: string): string {
    const lines = backend.split("\n").filter(line => /^\s+(server|option httpchk|http-check) /.test(`${line} `));
    return lines.map(line => line.replace(/ disabled$/, "")).join("\n");
}
