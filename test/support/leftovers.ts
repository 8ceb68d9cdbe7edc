import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { readWorld } from "../../look/readWorld";
import type { Color } from "../../model/Color";
import { folders } from "../../model/folders";
import type { World } from "../../model/World";
import type { TestStack } from "./stack";

/** The end state of a service, to be compared as a whole. */
export interface EndState {
    live: string;
    /**
     * One line for each container of a color: slot, state, restart policy, image, and what HAProxy does with its slot.
     */
    blue: string[];
    green: string[];
    /** The record. */
    record: { confirmed: string; intent?: unknown; stable?: string; proved: boolean; replicas: number };
}

/** @returns the live state of a stack's service `web` */
export async function endState(stack: TestStack): Promise<EndState> {
    const world = await worldOf(stack);
    const record = world.records.services.get("web");
    const live = record?.link.live;
    if (world.front === undefined || record === undefined || live === undefined || live === "none") {
        throw new Error(`nothing is live: ${JSON.stringify(record)}`);
    }
    const links = world.front.workers.filter(({ old }) => !old).map(({ links }) => links.get("web")?.live);
    const release = record.releases[record[live].release ?? ""];
    return {
        live: [...new Set(links)].join(),
        blue: colorLines(world, "blue"),
        green: colorLines(world, "green"),
        record: {
            confirmed: live,
            intent: record.intent,
            stable: record.stable?.color,
            proved: release?.proved === true && release.linked && record.link.release === release.id,
            replicas: record[live].replicas,
        },
    };
}

/** @returns when the link was last confirmed, by the record */
export async function confirmedAt(stack: TestStack): Promise<string | undefined> {
    return (await worldOf(stack)).records.services.get("web")?.link.at;
}

/** @returns in words each thing that an `up` left when it died. After the next `up` there must be none. */
export async function leftovers(stack: TestStack): Promise<string[]> {
    const { containers } = await worldOf(stack);
    const { docker } = Engine.connect();
    const known = new Set(containers.map(({ name }) => name));
    const strangers = (await docker.listContainers({ all: true }))
        .map(({ Names }) => Names[0]?.slice(1) ?? "")
        .filter(name => name.startsWith(`${stack.front}-`) && !known.has(name));
    const odd = containers.filter(({ state, labels }) => labels["relink.service"] === undefined && state !== "running");
    const files = await inAnchor(stack, 'find /relink -name "*.new"; find /relink/config/versions/*/check -maxdepth 0');
    const [, expires, holder, owner] = (await inAnchor(stack, `cat ${folders.record}/lease`)).split("\n");
    const secrets = await inAnchor(
        stack,
        'for socket in /relink/run/master-*.sock; do echo "@1 show map /relink/config/current/maps/confirm.map" | ' +
            '(socat - "$socket" 2>/dev/null || true); done',
    );
    return [
        ...strangers.map(name => `container ${name} without our labels`),
        ...odd.map(({ name, state }) => `container ${name} is ${state}`),
        ...files
            .split("\n")
            .filter(path => path !== "")
            .map(path => `file ${path}`),
        ...(holder === "-" ? [] : [`lease of ${owner} until ${expires}`]),
        ...secrets
            .split("\n")
            .filter(line => line.startsWith("0x"))
            .map(() => "a one-time secret"),
    ];
}

function worldOf(stack: TestStack): Promise<World> {
    return readWorld(Engine.connect(), { project: "relink", stack: stack.name, front: stack.front });
}

function colorLines(world: World, color: Color): string[] {
    const workers = world.front?.workers.filter(({ old }) => !old) ?? [];
    const releases = world.records.services.get("web")?.releases ?? {};
    return world.containers
        .filter(({ labels }) => labels["relink.service"] === "web" && labels["relink.color"] === color)
        .map(({ labels, state, restartPolicy }) => {
            const slot = Number(labels["relink.slot"]);
            const image = releases[labels["relink.release"] ?? ""]?.image ?? "not recorded";
            const admin = workers.map(({ backends }) => backends.get(`web-${color}`)?.servers.get(slot)?.admin);
            return `${slot}: ${image} ${state}, ${restartPolicy}, ${[...new Set(admin)].join()}`;
        })
        .sort();
}

/** Runs a shell script as root in the anchor. */
export async function inAnchor(stack: TestStack, script: string): Promise<string> {
    return (await exec(Engine.connect(), stack.front, ["sh", "-c", script], { user: "0" })).stdout.trimEnd();
}
