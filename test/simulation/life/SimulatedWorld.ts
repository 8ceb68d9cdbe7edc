import { parseRoutes } from "../../../haproxy/routes";
import { fingerprint } from "../../../look/fingerprint";
import { observedService } from "../../../look/observedService";
import { seen } from "../../../look/seen";
import type { Color } from "../../../model/Color";
import type { CommandHook } from "../../../model/CommandHook";
import type { ContainerInfo } from "../../../model/Container";
import { hasTraffic, idleColor, type Live } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import { emptyRecord, isBackground, prune, type ServiceRecord } from "../../../model/Record";
import type { Release } from "../../../model/Release";
import type { Route } from "../../../model/Route";
import type { World } from "../../../model/World";
import type { Seen } from "../../../up/Seen";
import { Broken } from "./Broken";
import type { History } from "./History";
import { addressesOf, type Blocks, blocksOf, type Container, infoOf } from "./SimulatedContainer";
import { hasFailover, SimulatedFront } from "./SimulatedFront";
import { SimulatedHaproxy } from "./SimulatedHaproxy";
import { SimulatedHost, type SimulatedLease } from "./SimulatedHost";

/**
 * One service in Docker, HAProxy, the record and Pulumi's state. All of it is data: what an `up` does to it is in the
 * files beside this one, what people and machines do to it in `byHand.ts`.
 */
export class SimulatedWorld {
    record: ServiceRecord;
    readonly front: SimulatedFront;
    containers: Container[] = [];
    readonly blocks: Blocks;
    readonly #addresses: Record<Color, string[]>;
    /** Pulumi's state has lost the service. */
    lost = false;
    /** The stack that it belongs to until this one takes it over. */
    formerOwner: string | undefined;
    history: History = { baked: new Set(), rolledBack: new Map(), hooks: new Set(), promotions: new Map() };
    /** The record before somebody damaged it, as long as nothing was written since. */
    copy: ServiceRecord | undefined;
    /** Counts calls that changed something. */
    calls = 0;
    #made = 0;
    /** The record that was last asked whether the service is a background service: it is asked for each container. */
    #asked?: { record: ServiceRecord; isBackground: boolean };

    /** @param index which of the host's services it is */
    constructor(
        readonly host = new SimulatedHost(new SimulatedHaproxy(["web"])),
        readonly service = "web",
        private readonly index = 0,
    ) {
        this.record = emptyRecord(service);
        this.front = new SimulatedFront(host.haproxy, service);
        host.services.set(service, this);
        this.blocks = blocksOf(index);
        this.#addresses = addressesOf(index);
    }

    /** @param host where the copy is. @default a copy of its host */
    clone(host = this.host.clone()): SimulatedWorld {
        const { service, index, record, front, containers, lost, formerOwner, history, copy: sound, calls } = this;
        const copy = Object.assign(new SimulatedWorld(host, service, index), {
            record,
            containers: containers.map(container => ({ ...container })),
            lost,
            formerOwner,
            copy: sound,
            history: {
                baked: new Set(history.baked),
                rolledBack: new Map(history.rolledBack),
                hooks: new Set(history.hooks),
                promotions: new Map(history.promotions),
            },
            calls,
        });
        copy.front.edited = [...front.edited];
        copy.#made = this.#made;
        return copy;
    }

    get lease(): SimulatedLease {
        return this.host.lease;
    }

    set lease(lease: SimulatedLease) {
        this.host.lease = lease;
    }

    get images(): Set<string> {
        return this.host.images;
    }

    /** Through the eyes of the program. */
    observe(): ObservedService {
        return this.outlook().observed;
    }

    /** What the program makes a plan from, and a function that fingerprints it as it is now. */
    outlook(): { observed: ObservedService; fingerprint: () => string } {
        const { service, lost, formerOwner } = this;
        const world = this.read(true);
        return {
            observed: { ...observedService(world, service), lost, formerOwner },
            fingerprint: () => fingerprint(world, service),
        };
    }

    /** Through the eyes of a provider in the middle of an `up`, who does not look at files. */
    look(): ObservedService {
        return observedService(this.read(), this.service);
    }

    /** All that there is, as the clients of Docker and HAProxy read it. */
    read(withFiles = false): World {
        const { memory } = this.front;
        const answers: Record<Color, (boolean | undefined)[]> = { blue: [], green: [] };
        for (const { color, slot, state, isSick } of this.containers) {
            answers[color][slot] ||= state === "running" && !isSick;
        }
        const world = {
            anchor: { name: "front", state: "running" },
            containers: this.containers.map(infoOf),
            generations: memory === undefined ? [] : [{ name: "front-gen-1" }],
            records: { services: new Map([[this.service, this.record]]) },
            front: {
                workers: this.front.workers(this.#addresses, (color, slot) => answers[color][slot]),
            },
            files: withFiles ? this.front.texts() : undefined,
        };
        return world as unknown as World;
    }

    /** As a procedure sees it. */
    seen(): Seen {
        return seen(this.read(), this.service);
    }

    /** No request comes to the service. */
    get isBackground(): boolean {
        const { record } = this;
        if (this.#asked?.record !== record) {
            this.#asked = { record, isBackground: isBackground(record) };
        }
        return this.#asked.isBackground;
    }

    /** The link that users follow now. */
    get link(): Live {
        return this.isBackground ? this.record.link.live : (this.front.memory?.link ?? "none");
    }

    /** The routes that lead to the service now. */
    routes(): Route[] {
        const found = parseRoutes(new Map(Object.entries(this.front.memory?.routes ?? {})));
        return found.filter(({ service }) => service === this.service).map(({ route }) => route);
    }

    on(color: Color): Container[] {
        return this.containers.filter(container => container.color === color).sort((a, b) => a.slot - b.slot);
    }

    /** Containers of ours on the live color that answer users now. */
    serving(): Container[] {
        return this.reached().filter(({ color }) => color === this.link);
    }

    /** The same on both colors: a canary has users too, and so has what answers by failover. */
    reached(): Container[] {
        const { link, front } = this;
        const service = { live: link, percent: front.memory?.percent ?? 0 };
        const failover = this.failover();
        return this.containers.filter(
            container =>
                (hasTraffic(service, container.color) || container.color === failover) &&
                this.#answers(container) &&
                container.imageId === this.record.releases[container.release]?.imageId,
        );
    }

    /** The same of the workers that a reload has replaced. */
    reachedByOld(): Container[] {
        const { front } = this;
        return front.old.flatMap(({ worker, held }) => {
            const service = { live: held.link ?? "none", percent: held.percent };
            const isOpen = ({ color, slot }: Container) =>
                held.slots[color]?.[slot] === "ready" && front.wasUp(worker, color, slot);
            const isAlone = hasFailover(held) && !this.containers.some(one => one.color === held.link && isOpen(one));
            return this.containers.filter(
                one => one.state === "running" && isOpen(one) && (isAlone || hasTraffic(service, one.color)),
            );
        });
    }

    /** The color that answers in place of the live one now. */
    failover(): Color | undefined {
        const { link, front } = this;
        const isPrepared = !this.isBackground && front.memory !== undefined && hasFailover(front.memory);
        const isLiveUp = this.containers.some(one => one.color === link && this.#answers(one));
        return isPrepared && !isLiveUp ? idleColor(link) : undefined;
    }

    /** All on the live color, or in its place, that answer users now, whoever made them. */
    answering(): Container[] {
        return this.isBackground
            ? this.serving()
            : this.containers.filter(one => one.color === (this.failover() ?? this.link) && this.#answers(one));
    }

    #answers({ color, slot, state, isSick }: Container): boolean {
        return state === "running" && !isSick && (this.isBackground || this.front.adminOf(color, slot) === "ready");
    }

    /** Whether HAProxy's health checks find something in a slot. */
    isUp(color: Color, slot: number): boolean {
        return this.on(color).some(one => one.slot === slot && one.state === "running" && !one.isSick);
    }

    /** The same, and HAProxy sends requests there. */
    isOpen(color: Color, slot: number): boolean {
        return this.isUp(color, slot) && this.front.adminOf(color, slot) === "ready";
    }

    /** The container at an address. */
    at(address: string): Container | undefined {
        return this.containers.find(container => container.address === address);
    }

    /** A container as Docker describes it. */
    infoOf(id: string): ContainerInfo | undefined {
        const container = this.containers.find(container => container.id === id);
        return container && infoOf(container);
    }

    create(color: Color, slot: number, release: Release, change: Partial<Container> = {}): Container {
        const { service } = this;
        const name = `front-${service}-${color}-${slot}`;
        if (this.containers.some(other => other.name === name)) {
            throw new Broken(`a second container would be called ${name}`);
        }
        const container: Container = {
            id: String(++this.#made).padStart(12, "0"),
            name,
            service,
            address: this.#addresses[color][slot - 1] ?? "",
            color,
            slot,
            release: release.id ?? "",
            imageId: release.imageId ?? release.digest,
            state: "created",
            restart: "no",
            open: false,
            ...change,
        };
        this.containers.push(container);
        return container;
    }

    /** Rule 2: no container with traffic or open requests is stopped before its drain. */
    stop(container: Container): void {
        if (container.state === "running" && container.open) {
            throw new Broken(`rule 2: ${container.name} is stopped before it was drained`);
        }
        Object.assign(container, { state: "exited", restart: "no", open: false });
    }

    remove(container: Container): void {
        this.stop(container);
        this.vanish(container);
    }

    /** It is gone, by whomever. */
    vanish(container: Container): void {
        this.containers = this.containers.filter(other => other !== container);
    }

    /** Somebody edits or loses the record; a copy of it may be put back as long as nothing was written since. */
    damage(record: ServiceRecord): void {
        this.copy ??= this.record;
        this.record = { ...record, serial: this.record.serial };
    }

    write(change: (record: ServiceRecord) => ServiceRecord): void {
        this.copy = undefined;
        this.record = { ...prune(change(this.record)), serial: this.record.serial + 1 };
        this.calls++;
    }

    /** Time passes: what users can reach has requests open, and the rules that hold at every moment are looked at. */
    tick(): void {
        const reached = this.isBackground ? [] : [...this.reached(), ...this.reachedByOld()];
        for (const container of reached) {
            container.open = true;
        }
        const { stable, releases } = this.record;
        if (stable !== undefined && releases[stable.release] !== undefined && !this.history.baked.has(stable.release)) {
            throw new Broken(`stable moves only after the bake: ${stable.release} was never judged`);
        }
    }

    /** A hook has run for a promotion. */
    hookRan(hook: CommandHook, promotion: number | undefined): void {
        this.history.hooks.add(`${hook} ${promotion}`);
    }
}

/** The first slot that no container has. */
export function freeSlot(world: SimulatedWorld, color: Color): number {
    const taken = new Set(world.on(color).map(({ slot }) => slot));
    return (
        Array.from({ length: world.blocks[color].size }, (_, index) => index + 1).find(slot => !taken.has(slot)) ?? 1
    );
}
