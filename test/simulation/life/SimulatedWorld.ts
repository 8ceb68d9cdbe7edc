import { fingerprint } from "../../../look/fingerprint";
import { observedService } from "../../../look/observedService";
import { seen } from "../../../look/seen";
import type { Color } from "../../../model/Color";
import type { CommandHook } from "../../../model/CommandHook";
import type { ContainerInfo } from "../../../model/Container";
import { hasTraffic, type Live } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import { emptyRecord, prune, type ServiceRecord } from "../../../model/Record";
import type { Release } from "../../../model/Release";
import type { World } from "../../../model/World";
import type { Seen } from "../../../up/Seen";
import { Broken } from "./Broken";
import type { History } from "./History";
import { addresses, blocks, type Container, infoOf } from "./SimulatedContainer";
import { SimulatedFront } from "./SimulatedFront";

/** Who is at work on the front. */
export interface SimulatedLease {
    epoch: number;
    holder?: number;
    /** Its holder is dead, or has not been heard of for too long. */
    free: boolean;
}

/**
 * One service in Docker, HAProxy, the record and Pulumi's state. All of it is data: what an `up` does to it is in the
 * files beside this one, what people and machines do to it in `byHand.ts`.
 */
export class SimulatedWorld {
    record: ServiceRecord = emptyRecord("web");
    front = new SimulatedFront();
    containers: Container[] = [];
    lease: SimulatedLease = { epoch: 0, free: true };
    /** Ids of images on the Docker host. */
    images = new Set<string>();
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

    clone(): SimulatedWorld {
        const { record, front, containers, lease, images, lost, formerOwner, history, copy: sound, calls } = this;
        const copy = Object.assign(new SimulatedWorld(), {
            record,
            front: front.clone(),
            containers: containers.map(container => ({ ...container })),
            lease: { ...lease },
            images: new Set(images),
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
        copy.#made = this.#made;
        return copy;
    }

    /** All that could change, as text: equal texts, nothing was touched. */
    snapshot(): string {
        const { record, front, containers, images } = this;
        return JSON.stringify([record, front, containers.map(({ open: _, ...rest }) => rest), [...images]]);
    }

    /** Through the eyes of the program. */
    observe(): ObservedService {
        return {
            ...observedService(this.#world(true), "web"),
            lost: this.lost,
            formerOwner: this.formerOwner,
        };
    }

    /** Through the eyes of a provider in the middle of an `up`, who does not look at files. */
    look(): ObservedService {
        return observedService(this.#world(false), "web");
    }

    fingerprint(): string {
        return fingerprint(this.#world(false), "web");
    }

    #world(withFiles: boolean): World {
        const { memory } = this.front;
        const answers = new Map<string, boolean>();
        for (const { color, slot, state, isSick } of this.containers) {
            const key = `${color} ${slot}`;
            answers.set(key, answers.get(key) === true || (state === "running" && !isSick));
        }
        const world = {
            anchor: { name: "front", state: "running" },
            containers: this.containers.map(infoOf),
            generations: memory === undefined ? [] : [{ name: "front-gen-1" }],
            records: { services: new Map([["web", this.record]]) },
            front: {
                workers: this.front.workers(addresses, (color, slot) => answers.get(`${color} ${slot}`)),
            },
            ...(withFiles ? { files: this.front.texts() } : {}),
        };
        return world as unknown as World;
    }

    /** As a procedure sees it. */
    seen(): Seen {
        return seen(this.#world(false), "web");
    }

    /** The link that users follow now. */
    get link(): Live {
        return this.front.memory?.link ?? "none";
    }

    on(color: Color): Container[] {
        return this.containers.filter(container => container.color === color).sort((a, b) => a.slot - b.slot);
    }

    /** Containers of ours on the live color that answer users now. */
    serving(): Container[] {
        return this.reached().filter(({ color }) => color === this.link);
    }

    /** The same on both colors: a canary has users too. */
    reached(): Container[] {
        const { link, front } = this;
        const service = { live: link, percent: front.memory?.percent ?? 0 };
        return this.containers.filter(
            container =>
                hasTraffic(service, container.color) &&
                this.#answers(container) &&
                container.imageId === this.record.releases[container.release]?.imageId,
        );
    }

    /** All on the live color that answer users now, whoever made them. */
    answering(): Container[] {
        return this.containers.filter(container => container.color === this.link && this.#answers(container));
    }

    #answers({ color, slot, state, isSick }: Container): boolean {
        return state === "running" && !isSick && this.front.adminOf(color, slot) === "ready";
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
        return this.containers.find(({ color, slot }) => addresses[color][slot - 1] === address);
    }

    /** A container as Docker describes it. */
    infoOf(id: string): ContainerInfo | undefined {
        const container = this.containers.find(container => container.id === id);
        return container && infoOf(container);
    }

    create(color: Color, slot: number, release: Release, change: Partial<Container> = {}): Container {
        const name = `front-web-${color}-${slot}`;
        if (this.containers.some(other => other.name === name)) {
            throw new Broken(`a second container would be called ${name}`);
        }
        const container: Container = {
            id: String(++this.#made).padStart(12, "0"),
            name,
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
        for (const container of this.reached()) {
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
    return Array.from({ length: blocks[color].size }, (_, index) => index + 1).find(slot => !taken.has(slot)) ?? 1;
}
