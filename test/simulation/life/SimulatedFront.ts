import { manifestFile } from "../../../haproxy/manifest";
import { backendFile, backendName, mapFile } from "../../../haproxy/names";
import type { Color } from "../../../model/Color";
import { LinkValue } from "../../../model/LinkValue";
import { hasTraffic } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import type { Admin, Held, SimulatedHaproxy, SoftStopped } from "./SimulatedHaproxy";

export const colors = ["blue", "green"] as const;

/** A worker that a reload has replaced, and what it holds of the service. */
interface OldWorker {
    worker: SoftStopped;
    held: Held;
}

/** HAProxy, as far as one service is concerned. */
export class SimulatedFront {
    /** Colors whose file somebody edited. */
    edited: Color[] = [];

    constructor(
        readonly haproxy: SimulatedHaproxy,
        readonly service: string,
    ) {}

    /** What the newest worker holds. Undefined while no generation runs. */
    get memory(): Held | undefined {
        return this.haproxy.memory?.[this.service];
    }

    get files(): Held {
        return this.haproxy.files[this.service]!;
    }

    /** Which worker is the newest one. */
    get worker(): number {
        return this.haproxy.worker;
    }

    /** Workers that were replaced and have not exited, oldest first. */
    get old(): OldWorker[] {
        return this.haproxy.old.map(worker => ({ worker, held: worker.configuration[this.service]! }));
    }

    /** All that an `up` could change, but for connections. */
    snapshot() {
        const { memory, files, worker, edited } = this;
        return { memory, files, worker, edited };
    }

    setSlots(color: Color, slots: number[], admin: Admin): void {
        const known = this.memory?.slots[color];
        for (const slot of known === undefined ? [] : slots) {
            known![slot] = admin;
        }
    }

    adminOf(color: Color, slot: number): Admin {
        return this.memory?.slots[color]?.[slot] ?? "maint";
    }

    /**
     * Before a reload: the file of a color with users gets the slots open that serve, as front/openServing.ts does it.
     * @param own paths of files that the process which reloads has written: these stay
     * @param isUp whether HAProxy's health checks find something in a slot
     */
    openServing(own: ReadonlySet<string>, isUp: (color: Color, slot: number) => boolean): void {
        const { memory, files, service } = this;
        for (const color of colors) {
            const written = files.slots[color];
            const isReached = hasTraffic({ live: memory?.link ?? "none", percent: memory?.percent ?? 0 }, color);
            const isAtPort = memory?.ports[color] === files.ports[color];
            if (!isReached || !isAtPort || written === undefined || own.has(backendFile(service, color))) {
                continue;
            }
            const known = Object.keys(memory?.slots[color] ?? {}).map(Number);
            for (const slot of known.filter(slot => this.adminOf(color, slot) === "ready" && isUp(color, slot))) {
                if (written[slot] !== "ready") {
                    written[slot] = "ready";
                    // The new text is relink's own.
                    this.edited = this.edited.filter(edited => edited !== color);
                }
            }
        }
    }

    /** The files of its configuration, as far as an observer reads them. */
    texts(): Map<string, string> {
        const { service } = this;
        const { link, routes, slots } = this.files;
        const texts = new Map([
            [mapFile("link"), link === undefined ? "" : `${service} ${linkValue(link, this.files)}\n`],
            [
                mapFile("routes"),
                Object.entries(routes)
                    .map(([key, value]) => `${key} ${value}\n`)
                    .join(""),
            ],
        ]);
        for (const color of colors) {
            const held = slots[color];
            if (held !== undefined) {
                const servers = Object.entries(held).map(
                    ([slot, admin]) => `    server slot-${slot} 10.0.0.1:80${admin === "ready" ? "" : " disabled"}\n`,
                );
                texts.set(backendFile(service, color), servers.join(""));
            }
        }
        const foreign = this.edited.map(color => `${"0".repeat(64)}  ${backendFile(service, color)}\n`);
        return foreign.length === 0 ? texts : texts.set(manifestFile, foreign.join(""));
    }

    /**
     * Its workers, as an observer sees them, the newest one first. A closed slot is not checked, and a soft-stopped worker
     * checks none: its slots stay as they were when it was replaced.
     * @param answers whether the container in a slot answers; undefined where there is none. Slots that nothing was told
     * of and that hold nothing are left out, because no procedure asks for them
     */
    workers(addresses: Record<Color, string[]>, answers: (c: Color, slot: number) => boolean | undefined) {
        const { memory, service } = this;
        const ofOld = ({ worker, held }: OldWorker) =>
            workerOf(service, held, true, {
                addresses,
                answers: (...slot) => this.wasUp(worker, ...slot) || undefined,
            });
        return memory === undefined
            ? []
            : [workerOf(service, memory, false, { addresses, answers }), ...this.old.map(ofOld)];
    }

    /** Whether the health checks of a soft-stopped worker found something in a slot last. */
    wasUp({ up }: SoftStopped, color: Color, slot: number): boolean {
        return up.has(`${this.service} ${color} ${slot}`);
    }
}

/** What is known of a slot beside what HAProxy holds of it. */
interface SlotLook {
    addresses: Record<Color, string[]>;
    answers: (color: Color, slot: number) => boolean | undefined;
}

/** One worker, as an observer sees it. */
function workerOf(service: string, memory: Held, old: boolean, { addresses, answers }: SlotLook) {
    const serversOf = (color: Color) => {
        const servers = new Map<number, object>();
        for (const [index, address] of addresses[color].entries()) {
            const slot = index + 1;
            const isAnswered = answers(color, slot);
            const known = memory.slots[color]?.[slot];
            if (known !== undefined || isAnswered !== undefined) {
                const admin = known ?? "maint";
                const up = admin !== "maint" && isAnswered === true;
                servers.set(slot, { slot, up, admin, address, port: memory.ports[color] });
            }
        }
        return servers;
    };
    const backends = new Map(
        colors
            .filter(color => memory.slots[color] !== undefined)
            .map(color => [backendName(service, color), { servers: serversOf(color) }]),
    );
    return {
        old,
        links: new Map(memory.link === undefined ? [] : [[service, linkValue(memory.link, memory)]]),
        routes: new Map(Object.entries(memory.routes)),
        releases: new Map(colors.map(color => [backendName(service, color), memory.releases[color]])),
        backends,
    };
}

function linkValue(link: ObservedService["live"], held: Held): LinkValue {
    const value = (link === "none" ? LinkValue.none() : LinkValue.to(link)).withPercent(held.percent);
    return hasFailover(held) ? value.withFailover() : value;
}

/** Whether the other color answers while no slot of the live one is up. A share for it takes the place of that. */
export function hasFailover({ link = "none", percent, failover }: Held): boolean {
    return failover && percent === 0 && link !== "none";
}
