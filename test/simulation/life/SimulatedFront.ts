import { manifestFile } from "../../../haproxy/manifest";
import { backendFile, backendName, mapFile } from "../../../haproxy/names";
import type { Color } from "../../../model/Color";
import { LinkValue } from "../../../model/LinkValue";
import type { ObservedService } from "../../../model/ObservedService";

export const colors = ["blue", "green"] as const;

/** What a slot of a backend is told. A slot that is not there is closed. */
export type Admin = "ready" | "drain" | "maint";

/** What HAProxy holds of one service, in its memory or in its files. */
export interface Held {
    /** Undefined where there is no such service. */
    link?: ObservedService["live"];
    /** Share of requests that the color which the link does not name gets. */
    percent: number;
    /** Route key -> value. */
    routes: Record<string, string>;
    /** Undefined where there is no such backend. */
    slots: Record<Color, Record<number, Admin> | undefined>;
    releases: Record<Color, string | undefined>;
    ports: Record<Color, number>;
}

/** HAProxy, as far as one service is concerned: the memory of its newest worker, and its files. */
export class SimulatedFront {
    /** Undefined while no generation runs. */
    memory?: Held;
    files: Held = nothingHeld();
    /** Counts its workers: each start and each reload makes another one. */
    worker = 0;
    /** Colors whose file somebody edited. */
    edited: Color[] = [];

    clone(): SimulatedFront {
        return Object.assign(new SimulatedFront(), {
            memory: this.memory && copyOf(this.memory),
            files: copyOf(this.files),
            worker: this.worker,
            edited: [...this.edited],
        });
    }

    /** A start or a reload: what was only in the memory is gone. */
    load(): void {
        this.memory = copyOf(this.files);
        this.worker++;
    }

    /** Writes files; `reloads` where HAProxy can only learn it by a reload. */
    configure(change: (files: Held) => void, reloads = false): void {
        change(this.files);
        if (reloads && this.memory !== undefined) {
            this.load();
        }
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

    /** The files of its configuration, as far as an observer reads them. */
    texts(): Map<string, string> {
        const { link, percent, routes, slots } = this.files;
        const texts = new Map([
            [mapFile("link"), link === undefined ? "" : `web ${linkValue(link, percent)}\n`],
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
                texts.set(backendFile("web", color), servers.join(""));
            }
        }
        const foreign = this.edited.map(color => `${"0".repeat(64)}  ${backendFile("web", color)}\n`);
        return foreign.length === 0 ? texts : texts.set(manifestFile, foreign.join(""));
    }

    /**
     * Its worker, as an observer sees it. A closed slot is not checked.
     * @param answers whether the container in a slot answers; undefined where there is none. Slots that nothing was told
     * of and that hold nothing are left out, because no procedure asks for them
     */
    workers(addresses: Record<Color, string[]>, answers: (c: Color, slot: number) => boolean | undefined) {
        const { memory } = this;
        if (memory === undefined) {
            return [];
        }
        const serversOf = (color: Color) =>
            addresses[color].flatMap((address, index) => {
                const slot = index + 1;
                const isAnswered = answers(color, slot);
                const known = memory.slots[color]?.[slot];
                if (known === undefined && isAnswered === undefined) {
                    return [];
                }
                const admin = known ?? "maint";
                const up = admin !== "maint" && isAnswered === true;
                return [[slot, { slot, up, admin, address, port: memory.ports[color] }] as const];
            });
        const backends = new Map(
            colors
                .filter(color => memory.slots[color] !== undefined)
                .map(color => [backendName("web", color), { servers: new Map(serversOf(color)) }]),
        );
        return [
            {
                old: false,
                links: new Map(memory.link === undefined ? [] : [["web", linkValue(memory.link, memory.percent)]]),
                routes: new Map(Object.entries(memory.routes)),
                releases: new Map(colors.map(color => [backendName("web", color), memory.releases[color]])),
                backends,
            },
        ];
    }
}

function linkValue(link: ObservedService["live"], percent: number): LinkValue {
    return (link === "none" ? LinkValue.none() : LinkValue.to(link)).withPercent(percent);
}

export function nothingHeld(): Held {
    return {
        percent: 0,
        routes: {},
        slots: { blue: undefined, green: undefined },
        releases: { blue: undefined, green: undefined },
        ports: { blue: 0, green: 0 },
    };
}

function copyOf({ link, percent, routes, slots, releases, ports }: Held): Held {
    const { blue, green } = slots;
    return {
        link,
        percent,
        routes: { ...routes },
        slots: { blue: blue && { ...blue }, green: green && { ...green } },
        releases: { ...releases },
        ports: { ...ports },
    };
}
