import type { Color } from "../../../model/Color";
import { idleColor } from "../../../model/Live";
import { emptyRecord } from "../../../model/Record";
import { freeSlot, type SimulatedWorld } from "./SimulatedWorld";

/** What people do to a service without relink, and what befalls the machine. Each says whether there was anything to do. */
type Deed = (world: SimulatedWorld, which: number) => boolean;

/** What somebody changes by hand. */
export const edits = {
    "link moved in HAProxy's memory": ({ front, link }) => {
        if (front.memory?.link === undefined || link === "none") {
            return false;
        }
        Object.assign(front.memory, { link: idleColor(link), failover: false });
        return true;
    },
    "link moved in the map file": ({ front }) => {
        const { link = "none" } = front.files;
        if (link === "none") {
            return false;
        }
        Object.assign(front.files, { link: idleColor(link), failover: false });
        return true;
    },
    "share changed in the map file": ({ front }, which) => {
        if ((front.files.link ?? "none") === "none") {
            return false;
        }
        Object.assign(front.files, { percent: which % 2 === 0 ? 0 : 1 + which, failover: false });
        return true;
    },
    "some requests sent to the other color": ({ front, link }, which) => {
        if (front.memory === undefined || link === "none") {
            return false;
        }
        Object.assign(front.memory, { percent: 1 + (which % 100), failover: false });
        return true;
    },
    "live container removed": (world, which) => removed(world, liveColor(world), which),
    "idle container removed": (world, which) => removed(world, idleColor(world.record.link.live), which),
    "live container stopped": (world, which) => stopped(world, liveColor(world), which),
    "idle container stopped": (world, which) => stopped(world, idleColor(world.record.link.live), which),
    "container replaced by another image": (world, which) => {
        const container = world.containers[which % Math.max(1, world.containers.length)];
        if (container === undefined) {
            return false;
        }
        Object.assign(container, { imageId: "sha256:foreign", state: "running", isForeign: true, open: false });
        return true;
    },
    "container added with our labels": (world, which) => {
        const color: Color = which % 2 === 0 ? "blue" : "green";
        const release = world.record.releases[world.record[color].release ?? ""];
        if (release === undefined) {
            return false;
        }
        const slot = freeSlot(world, color);
        const name = `somebody-${world.containers.length}-${slot}`;
        if (world.containers.some(other => other.name === name)) {
            return false;
        }
        world.create(color, slot, release, { name, state: "running", restart: "no", isForeign: true });
        return true;
    },
    "container of a stranger's release": (world, which) => {
        const color: Color = which % 2 === 0 ? "blue" : "green";
        const container = world.on(color)[0];
        if (container === undefined) {
            return false;
        }
        Object.assign(container, { release: "stranger", imageId: "sha256:foreign", isForeign: true, open: false });
        return true;
    },
    "slot closed in HAProxy's memory": ({ front, link }, which) => {
        const slots = link === "none" ? {} : (front.memory?.slots[link] ?? {});
        const open = Object.keys(slots).filter(slot => slots[Number(slot)] === "ready");
        const slot = open[which % Math.max(1, open.length)];
        if (slot === undefined) {
            return false;
        }
        slots[Number(slot)] = "maint";
        return true;
    },
    "file of a color edited": ({ front, record }) => {
        const { live } = record.link;
        if (live === "none" || front.files.slots[live] === undefined || front.edited.includes(live)) {
            return false;
        }
        front.edited.push(live);
        return true;
    },
    "map of releases edited": ({ front, record }) => {
        const { live } = record.link;
        if (live === "none" || front.memory === undefined) {
            return false;
        }
        front.memory.releases[live] = "somebody's";
        return true;
    },
    "restart policy changed": (world, which) => {
        const live = world.on(liveColor(world));
        const container = live[which % Math.max(1, live.length)];
        // In the middle of a rolling release it is how a container is known to be proved.
        if (container === undefined || world.record.intent?.kind === "roll") {
            return false;
        }
        container.restart = "no";
        return true;
    },
    "image removed": ({ images }, which) => {
        const image = [...images][which % Math.max(1, images.size)];
        return image !== undefined && images.delete(image);
    },
    "record: the confirmed link edited": world => {
        const { record } = world;
        if (record.link.live === "none" || record.intent !== undefined) {
            return false;
        }
        world.damage({ ...record, link: { ...record.link, live: idleColor(record.link.live) } });
        return true;
    },
    "record: the number of replicas edited": world => {
        const { record } = world;
        const { live } = record.link;
        if (live === "none" || record.intent !== undefined) {
            return false;
        }
        world.damage({ ...record, [live]: { ...record[live], replicas: record[live].replicas + 1 } });
        return true;
    },
    "record lost": world => {
        if (world.record.serial === 0) {
            return false;
        }
        world.damage(emptyRecord(world.service));
        return true;
    },
    "Pulumi's state lost": world => {
        const known = !world.lost && world.record.serial > 0;
        world.lost = true;
        return known;
    },
    "stack renamed": world => {
        world.formerOwner = "shop/old";
        return world.record.serial > 0;
    },
} satisfies Record<string, Deed>;

/** What befalls the containers of the live color. Docker keeps them running, so this is no drift. */
export const illnesses = {
    "live containers get sick": world => {
        const live = world.on(liveColor(world)).filter(({ state, isSick }) => state === "running" && !isSick);
        for (const container of live) {
            container.isSick = true;
        }
        return live.length > 0;
    },
    "sick containers get well": world => {
        const sick = world.containers.filter(({ isSick }) => isSick);
        for (const container of sick) {
            container.isSick = false;
        }
        return sick.length > 0;
    },
} satisfies Record<string, Deed>;

/** What befalls the machine. Files stay; what was only in a memory is gone. */
export const restarts = {
    "HAProxy restarted": ({ front }) => {
        if (front.memory === undefined) {
            return false;
        }
        front.haproxy.load();
        return true;
    },
    // By its own means: only relink looks at the links before a reload.
    "HAProxy reloaded": ({ front, host }) => {
        host.loadAgain(80);
        return front.memory !== undefined;
    },
    "HAProxy's container removed": world => {
        const ran = world.front.memory !== undefined;
        world.front.haproxy.stop();
        closeAll(world);
        return ran;
    },
    "anchor restarted": world => {
        closeAll(world);
        if (world.front.memory !== undefined) {
            world.front.haproxy.load();
        }
        return true;
    },
    "Docker daemon restarted": world => {
        closeAll(world);
        for (const container of world.containers) {
            const comesBack = container.restart !== "no" && container.state === "running";
            container.state = comesBack ? "running" : container.state === "created" ? "created" : "exited";
        }
        if (world.front.memory !== undefined) {
            world.front.haproxy.load();
        }
        return true;
    },
} satisfies Record<string, (world: SimulatedWorld) => boolean>;

export type Edit = keyof typeof edits;
export type Illness = keyof typeof illnesses;
export type Restart = keyof typeof restarts;

function liveColor({ record }: SimulatedWorld): Color {
    return record.link.live === "none" ? "blue" : record.link.live;
}

function removed(world: SimulatedWorld, color: Color, which: number): boolean {
    const all = world.on(color);
    const container = all[which % Math.max(1, all.length)];
    if (container === undefined) {
        return false;
    }
    world.vanish(container);
    return true;
}

function stopped(world: SimulatedWorld, color: Color, which: number): boolean {
    const all = world.on(color).filter(({ state }) => state === "running");
    const container = all[which % Math.max(1, all.length)];
    if (container === undefined) {
        return false;
    }
    Object.assign(container, { state: "exited", open: false });
    return true;
}

/** Connections end with the process that had them. */
function closeAll(world: SimulatedWorld): void {
    for (const container of world.containers) {
        container.open = false;
    }
}
