import { generationOf } from "../look/generations";
import { usersOf } from "../model/ownership";
import type { Target } from "../model/Target";
import { currentWorkers, type World } from "../model/World";

/** The front, as `npm run status` shows it. */
export interface FrontStatus {
    name: string;
    /** State of the anchor's container; `missing` before the first `up`. */
    anchor: string;
    /** The stack that owns it, `project/stack`, where this one only uses it. */
    owner?: string;
    /** The stacks that use it beside its owner, and their services, where there are some. */
    users?: Record<string, string[]>;
    /** Where users reach it on the Docker host. */
    port?: number;
    /** Containers of HAProxy, with its version where it answers. */
    generations: { number: number; haproxy?: string; startedAt?: string }[];
    /** Clients' open connections, idle ones included. `old` are those of soft-stopped workers. */
    connections: { current: number; old: number };
}

/** @returns the front of a world. */
export function frontStatus(world: World, { front: name, uses }: Pick<Target, "front" | "uses">): FrontStatus {
    const { anchor, generations, front, records, owner } = world;
    const users = usersOf(records);
    const workers = front?.workers ?? [];
    const connections = (old: boolean) =>
        workers.filter(worker => worker.old === old).reduce((sum, { connections }) => sum + connections, 0);
    const port = Number(anchor?.labels["relink.front.http.port"]);
    return {
        name,
        anchor: anchor?.state ?? "missing",
        ...(uses ? { owner } : users.size > 0 && { users: Object.fromEntries(users) }),
        ...(port > 0 ? { port } : {}),
        generations: generations.map(container => ({
            number: generationOf(container),
            haproxy: front?.generations.find(({ name }) => name === String(generationOf(container)))?.version,
            startedAt: container.startedAt?.toISOString(),
        })),
        connections: { current: connections(false), old: connections(true) },
    };
}

/** @returns what is wrong with the front, with the next step. */
export function frontProblems(
    { anchor, generations, front }: World,
    { uses }: Pick<Target, "uses">,
    haproxyProblem: string | undefined,
): string[] {
    if (anchor === undefined && uses) {
        return ["there is no such front on this Docker host, so nothing is public. The stack that owns it makes it"];
    }
    if (anchor === undefined) {
        return ["there is no front on this Docker host yet, so nothing is public. pulumi up makes it"];
    }
    const record = "the links below are those that were last confirmed";
    if (anchor.state !== "running") {
        return [
            `the front's container ${anchor.name} does not run (${anchor.status}), so nothing is public; ${record}. ` +
                `Start it: docker start ${anchor.name}; or run pulumi up, which does that too`,
        ];
    }
    if (generations.length === 0 && currentWorkers(front).length > 0) {
        return [
            "HAProxy's own container does not run. A stand-in in the front's container serves meanwhile. pulumi up mends it",
        ];
    }
    if (generations.length === 0) {
        return [`HAProxy does not run, so nothing is public; ${record}. pulumi up starts it`];
    }
    const [name] = generations.map(({ name }) => name).slice(-1);
    if (front === undefined) {
        return [`HAProxy does not answer (${haproxyProblem}); ${record}. Its log: docker logs ${name}`];
    }
    return currentWorkers(front).length === 0
        ? [`HAProxy has no worker that takes requests; ${record}. Its log: docker logs ${name}`]
        : [];
}
