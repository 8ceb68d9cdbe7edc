import { generationOf } from "../look/generations";
import { isReady } from "../look/isReady";
import { observedService } from "../look/observedService";
import { openRequests, serverOf } from "../look/openRequests";
import type { Color } from "../model/Color";
import { slotOf } from "../model/Container";
import type { ServerStat } from "../model/FrontState";
import type { Intent } from "../model/Intent";
import type { LinkMove } from "../model/LinkMove";
import { hasTraffic, idleColor, type Live, shareOf } from "../model/Live";
import { linkHistory } from "../model/linkHistory";
import type { ObservedService } from "../model/ObservedService";
import { recordOf } from "../model/Records";
import { routeText } from "../model/Route";
import type { ServiceSettings } from "../model/ServiceSettings";
import { containersOf, currentWorkers, type World } from "../model/World";
import { findDrift } from "../plan/drift";
import type { ColorState } from "../plan/Plan";
import { asObserved } from "../plan/unchanged";
import type { OpenStack } from "./OpenStack";

/** What `npm run status -- --json` prints. Times are of the Docker host's clock. */
export interface StackStatus {
    project: string;
    stack: string;
    at: string;
    /** Whether everything is as it was last confirmed, and ready. */
    ok: boolean;
    /** Where the links come from: HAProxy itself or, while it does not answer, the record. */
    source: "haproxy" | "record";
    front: FrontStatus;
    services: ServiceStatus[];
    /** What is wrong with the stack as a whole, with the next step. */
    problems: string[];
}

export interface FrontStatus {
    name: string;
    /** State of the anchor's container; `missing` before the first `up`. */
    anchor: string;
    /** Where users reach it on the Docker host. */
    port?: number;
    /** Containers of HAProxy, with its version where it answers. */
    generations: { number: number; haproxy?: string; startedAt?: string }[];
    /** Clients' connections now, idle ones among them; old ones are those of workers that serve only what they have. */
    connections: { current: number; old: number };
}

export interface ServiceStatus {
    name: string;
    live: Live;
    /** Who else gets a share of the requests, `green 25 %`; null where nobody does. */
    share: string | null;
    /** The color that a rollback goes to. */
    stable: Live;
    idle: Color;
    routes: string[];
    /** What the config asks for; null where the service is not in it, or the config is wrong. */
    wanted: { image: string; replicas: number } | null;
    /** What needs somebody's attention, with the next step. */
    problems: string[];
    /** What an `up` that died has begun. */
    unfinished: Intent | null;
    blue: ColorStatus;
    green: ColorStatus;
    /** Moves of the link, newest first. */
    history: LinkMove[];
}

export interface ColorStatus {
    state: ColorState;
    release: {
        id: string;
        image: string;
        digest: string;
        proved: boolean;
        /** Unknown for what an earlier version of relink has proved. */
        provedAt: string | null;
        ageSeconds: number | null;
        judgedBad: string | null;
    } | null;
    replicas: number;
    running: number;
    ready: number;
    /** Requests in work or waiting; WebSockets are among them. */
    open: number;
    /** Of those, the ones in workers that take no new connections. */
    openInOldWorkers: number;
    containers: ContainerStatus[];
}

export interface ContainerStatus {
    name: string;
    slot: number;
    /** Docker's words. */
    docker: string;
    /** HAProxy's words, such as `UP` or `DOWN L7STS 500`; null while it does not answer. */
    haproxy: string | null;
    ready: boolean;
    open: number;
    startedAt: string | null;
    restarts: number;
    /** It is not of the color's release. */
    stray: boolean;
}

/** What an opened stack is at this moment. Pure: all reading has been done. */
export function stackStatus(opened: Omit<OpenStack, "live">, at: Date): StackStatus {
    const { target, settings, problems, world, haproxyProblem } = opened;
    const names = new Set([...world.records.services.keys(), ...(settings?.services ?? []).map(({ name }) => name)]);
    const services = [...names].sort().map(name =>
        serviceStatus(
            world,
            name,
            settings?.services.find(service => service.name === name),
            at,
        ),
    );
    const found = [...frontProblems(world, haproxyProblem), ...configProblem(problems.length)];
    return {
        project: target.project,
        stack: target.stack,
        at: at.toISOString(),
        ok: found.length === 0 && services.every(({ problems }) => problems.length === 0),
        source: world.front === undefined ? "record" : "haproxy",
        front: frontStatus(world, target.front),
        services,
        problems: found,
    };
}

function frontProblems({ anchor, generations, front }: World, haproxyProblem: string | undefined): string[] {
    if (anchor === undefined) {
        return ["there is no front on this Docker host yet, so nothing is public. pulumi up makes it"];
    }
    const record = "what is said below of links is what was last confirmed";
    if (anchor.state !== "running") {
        return [
            `the front's container ${anchor.name} does not run (${anchor.status}), so nothing is public; ${record}. ` +
                `Start it: docker start ${anchor.name}; or run pulumi up, which does that too`,
        ];
    }
    if (generations.length === 0 && currentWorkers(front).length > 0) {
        return [
            "HAProxy's own container does not run; a stand-in within the front's container serves. pulumi up mends it",
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

function configProblem(count: number): string[] {
    const settings = count === 1 ? "1 setting is" : `${count} settings are`;
    return count === 0 ? [] : [`${settings} wrong in the config; pulumi preview says which. What is live is shown`];
}

function frontStatus({ anchor, generations, front }: World, name: string): FrontStatus {
    const workers = front?.workers ?? [];
    const connections = (old: boolean) =>
        workers.filter(worker => worker.old === old).reduce((sum, { connections }) => sum + connections, 0);
    const port = Number(anchor?.labels["relink.front.http.port"]);
    return {
        name,
        anchor: anchor?.state ?? "missing",
        ...(port > 0 ? { port } : {}),
        generations: generations.map(container => ({
            number: generationOf(container),
            haproxy: front?.generations.find(({ name }) => name === String(generationOf(container)))?.version,
            startedAt: container.startedAt?.toISOString(),
        })),
        connections: { current: connections(false), old: connections(true) },
    };
}

function serviceStatus(world: World, name: string, wanted: ServiceSettings | undefined, at: Date): ServiceStatus {
    const observed = observedService(world, name);
    return {
        name,
        live: observed.live,
        share: shareOf(observed) ?? null,
        stable: observed.stable?.color ?? "none",
        idle: idleColor(observed.live),
        routes: observed.routes.map(routeText),
        wanted: wanted === undefined ? null : { image: wanted.release.image, replicas: wanted.replicas },
        problems: serviceProblems(world, observed),
        unfinished: observed.intent ?? null,
        blue: colorStatus(world, observed, "blue", at),
        green: colorStatus(world, observed, "green", at),
        history: linkHistory(recordOf(world.records, name)).reverse(),
    };
}

function serviceProblems(world: World, observed: ObservedService): string[] {
    const { live, intent } = observed;
    const unfinished =
        intent === undefined
            ? []
            : [`an up that died has left a ${intent.kind} unfinished. The next pulumi up settles it`];
    const drift = intent?.kind === "switch" ? [] : findDrift(observed).map(({ what, fix }) => `drift: ${what}. ${fix}`);
    if (live === "none" || drift.length > 0 || world.front === undefined) {
        return [...unfinished, ...drift];
    }
    const sick = (["blue", "green"] as const)
        .filter(color => hasTraffic(observed, color) && observed[color].ready < observed[color].running)
        .map(color => {
            const { ready, running } = observed[color];
            return `${ready} of ${running} containers of ${color} are ready; npm run logs -- ${observed.name} --color ${color} shows why`;
        });
    return [...unfinished, ...sick];
}

function colorStatus(world: World, observed: ObservedService, color: Color, at: Date): ColorStatus {
    const { release, replicas, running, ready } = observed[color];
    const { name } = observed;
    const { requests, perWorker } = openRequests(world, name, color);
    const since = release?.provedAt;
    return {
        state: asObserved(observed)[color].state,
        release: release
            ? {
                  id: release.id,
                  image: release.image,
                  digest: release.digest,
                  proved: release.proved,
                  provedAt: since ?? null,
                  ageSeconds: since === undefined ? null : Math.round((at.getTime() - Date.parse(since)) / 1000),
                  judgedBad: release.judgedBad?.reason ?? null,
              }
            : null,
        replicas,
        running,
        ready,
        open: requests,
        openInOldWorkers: perWorker.filter(({ old }) => old).reduce((sum, { requests }) => sum + requests, 0),
        containers: containersOf(world, name, color).map(container => {
            const slot = slotOf(container);
            const server = serverOf(world, name, color, slot);
            return {
                name: container.name,
                slot,
                docker: container.status,
                haproxy: server === undefined ? null : wordsOf(server),
                ready: world.front !== undefined && isReady(world, name, color, container),
                open: openRequests(world, name, color, slot).requests,
                startedAt: container.startedAt?.toISOString() ?? null,
                restarts: container.restartCount,
                stray: observed[color].strays.includes(container.name),
            };
        }),
    };
}

function wordsOf({ status, checkStatus, checkCode, admin }: ServerStat): string {
    const failed = /^DOWN/.test(status)
        ? [checkStatus, checkCode].filter(word => word !== undefined && word !== "")
        : [];
    return [admin === "maint" ? "MAINT" : status, ...failed].join(" ");
}
