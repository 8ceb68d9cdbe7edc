import { removeContainer, stopContainer } from "../docker/containers";
import { canFollow } from "../front/softStopped";
import { endHandovers, removeRoutes, takeRoutes } from "../front/takeRoutes";
import { tellSlots } from "../front/tellSlots";
import { openOn } from "../haproxy/drain";
import { removeMapEntry } from "../haproxy/maps";
import { backendFile, backendName } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/runtime";
import { isWorker, observedService } from "../look/observe";
import type { Color } from "../model/Color";
import { slotOf } from "../model/Container";
import { Duration } from "../model/Duration";
import { defaults } from "../model/defaults";
import { type Farewell, isGivingBack } from "../model/Intent";
import { LinkValue } from "../model/LinkValue";
import type { Live } from "../model/Live";
import type { ActionPolicy } from "../model/PolicySettings";
import { linkedTo } from "../model/Record";
import { recordOf } from "../model/Records";
import type { RecordedRelease } from "../model/Release";
import { parseRoute, placeOf, type Route, routeText } from "../model/Route";
import { containersOf, type World } from "../model/World";
import type { Handover } from "../plan/handovers";
import { type HookRun, verifyHookRan } from "../plan/hookRuns";
import type { Recovery, Walk } from "../plan/Plan";
import { type BakePolicy, bakeMsOf } from "../up/BakePolicy";
import { bake } from "../up/bake";
import { deadlineOf } from "../up/deadline";
import { deployColor } from "../up/deployColor";
import { drain } from "../up/drain";
import { moveLink } from "../up/moveLink";
import type { Progress } from "../up/Progress";
import { pointTo } from "../up/pointTo";
import { recover } from "../up/recover";
import { begunMeanwhile, withdraw } from "../up/recoverSwitch";
import { retain } from "../up/retention";
import { linkObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { acts, type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "./resource";
import { Session } from "./Session";
import { upOf } from "./upOf";

/** What the link's resource has to do. */
export interface LinkAction extends HookRun {
    /** Why nothing may be done: thrown here, so that this service's row says it. */
    refusal?: string;
    /** The link that the plan was made from, once an interrupted switch is settled. */
    from: Live;
    /** The share of the color that is not live by then, percent. */
    percent: number;
    /** Id of the release that the color that gains must run, proved. */
    expect?: string;
    /** Containers that must be ready on it, once its walk is done. */
    replicas: number;
    /** Shares that it gets before the link moves there, or stays. */
    walk?: Walk;
    recovery?: Recovery;
    /** Somebody changed the link by hand: it is written again, also where HAProxy's memory is right. */
    restore: boolean;
    /** A farewell that an earlier `up` began and still owes. */
    leave?: { color: Color; farewell: Farewell };
    policy: ActionPolicy;
    bake: BakePolicy;
    /** Places that other services of the config claim (`placeOf` a route), or end themselves: those are left alone. */
    claimedByOthers: string[];
    /** Places that others give up for routes of this service. */
    handovers: Handover[];
}

export interface LinkInputs extends CommonInputs<LinkAction> {
    service: string;
    /** The color that users reach. */
    link: Live;
    /** Who else gets a share of the requests: `green 25 %`. */
    share?: string;
    /** Which requests come to it, as {@link routeText} writes them. */
    routes: string[];
}

/** The switch: which color of a service users reach, and which requests come to it. */
export const link = {
    check,

    async create(inputs: LinkInputs) {
        const session = Session.for(inputs.__target);
        const { linkIncarnation = 0 } = await session.record(inputs.service, record => ({
            ...record,
            linkIncarnation: (record.linkIncarnation ?? 0) + 1,
        }));
        const id = resourceId(`${inputs.__target.front}/${inputs.service}`, linkIncarnation);
        try {
            if (acts(undefined, inputs)) {
                await relink(session, inputs);
            }
        } catch (error) {
            throw failedCreate(id, inputs, error);
        }
        return { id, outs: inputs };
    },

    async update(_id: string, olds: LinkInputs, news: LinkInputs) {
        const session = Session.for(news.__target);
        await (acts(olds, news) ? relink(session, news) : session.lease.inherit());
        return { outs: news };
    },

    async read(id: string, props: LinkInputs) {
        return readBack(id, props, await linkObserved(Session.for(props.__target), props.service));
    },

    async delete(id: string, props: LinkInputs) {
        await unlink(Session.for(props.__target), props, incarnationOf(id));
    },
};

async function relink(session: Session, inputs: LinkInputs): Promise<void> {
    const { service, link: to, __plan: action } = inputs;
    if (action === undefined) {
        throw new Error(`${service}: the plan for its link is incomplete; run pulumi up again`);
    }
    const progress = progressFor(inputs.__urn);
    const up = upOf(session, service, progress);
    if (action.refusal === undefined || action.recovery !== undefined) {
        await session.lease.take(action.policy.lockTimeoutMs);
        await recover(up, action.recovery, action.bake);
    }
    if (action.refusal !== undefined) {
        throw new Error(`${service}: ${action.refusal}`);
    }
    const world = await session.observe([service]);
    const { live: from, percent } = observedService(world, service);
    if (from !== action.from || percent !== action.percent) {
        const link = (live: Live, share: number) => (share > 0 ? `${live} with ${share} % elsewhere` : live);
        throw new Error(
            `${service}: the link is ${link(from, percent)}, but the plan was made when it was ` +
                `${link(action.from, action.percent)}. Nothing was done. Run pulumi up again`,
        );
    }
    const { previousColor, retryToken } = action.policy;
    const farewell = previousColor === "keep" ? undefined : previousColor;
    const target = action.walk?.color ?? to;
    const { intent } = recordOf(world.records, service);
    // A share that is all that answers users stays, whoever began to take it back (settle).
    const isOpen = intent?.kind === "switch" && !(isGivingBack(intent) && percent > 0);
    if (target !== from && !action.restore && (isOpen || intent?.kind === "roll")) {
        throw begunMeanwhile(service, intent.kind === "roll" ? "rolling release" : "switch");
    }
    if (to !== "none" && target !== "none" && target !== from) {
        verifyHookRan(service, "prePromotion", action);
        const started = Date.now();
        const release = readyRelease(world, inputs, action, target, action.walk?.steps[0]?.replicas);
        const { prePromotion } = action.hooks;
        if (prePromotion !== undefined && prePromotion !== recordOf(world.records, service).hooks.prePromotion) {
            await session.record(service, record => ({ ...record, hooks: { ...record.hooks, prePromotion } }));
        }
        if (release.settings.port === undefined) {
            return own(session, service, to, release);
        }
        await walkTo(session, inputs, action, from, progress);
        if (action.restore && release.judgedBad !== undefined) {
            // Users get back what there is. That is no new try: it is neither confirmed nor judged, and stays judged bad.
            progress.status(`writing the link to ${to} again`);
            await pointTo(up, LinkValue.to(to));
        } else if (to === target) {
            // What was live before and is warm needs no second judgement.
            const bakeMs = release.linked ? undefined : bakeMsOf(action.bake);
            await moveLink(up, LinkValue.to(to), release, { retryToken, farewell, bakeMs });
            progress.info(
                `link ${from} => ${to}, confirmed through the public listener after ${Date.now() - started} ms`,
            );
        }
    }
    if (to !== "none" && to === from) {
        const { link, [to]: color } = recordOf(world.records, service);
        if (link.percent !== undefined && inputs.share === undefined && action.walk === undefined) {
            await withdraw(up, { kind: "withdraw", live: to, release: color.release });
        } else if (action.restore) {
            progress.status(`writing the link to ${to} again`);
            await pointTo(up, LinkValue.to(to).withPercent(link.percent ?? 0, link.sticky));
        }
    }
    await route(session, inputs, action, progress);
    await bake(up, action.bake);
    if (to !== "none" && to !== from) {
        await retain(session, service, action.policy.keepReleases, progress);
    }
    if (to !== "none" && from !== "none" && to !== from) {
        await leave(session, service, { color: from, farewell }, action, progress);
    } else if (action.leave !== undefined) {
        await leave(session, service, action.leave, action, progress);
    }
}

/**
 * Gives a new release one share of the requests after another, each judged before the next, and before each of them the
 * containers that it needs.
 */
async function walkTo(
    session: Session,
    inputs: LinkInputs,
    action: LinkAction,
    from: Live,
    progress: Progress,
): Promise<void> {
    const { service } = inputs;
    if (action.walk === undefined) {
        return;
    }
    const up = upOf(session, service, progress);
    const { color, steps, sticky } = action.walk;
    for (const step of steps) {
        if (from === "none") {
            throw new Error(`${service}: a canary needs a release that is live`);
        }
        const release = await grown(session, inputs, action, color, step.replicas ?? action.replicas, progress);
        const share = LinkValue.to(from).withPercent(step.weight, sticky);
        const { retryToken } = action.policy;
        await moveLink(up, share, release, { retryToken, step });
        progress.info(`${color} gets ${step.weight} % of the requests, confirmed through the public listener`);
        await bake(up, action.bake);
    }
    if (inputs.link === color) {
        await grown(session, inputs, action, color, action.replicas, progress);
    }
}

/** The release of a canary once it has so many containers, all of them proved. It never loses one by that. */
async function grown(
    session: Session,
    inputs: LinkInputs,
    action: LinkAction,
    color: Color,
    replicas: number,
    progress: Progress,
): Promise<RecordedRelease> {
    const { service } = inputs;
    const world = await session.observe([service]);
    const { replicas: held, block } = recordOf(world.records, service)[color];
    const release = readyRelease(world, inputs, action, color, Math.min(held, replicas));
    if (held >= replicas) {
        return release;
    }
    const { policy } = action;
    const how = { block, policy, restore: false, hooks: {}, deadline: deadlineOf(policy), kind: "scale" } as const;
    await deployColor(upOf(session, service, progress), { ...how, color, release, replicas });
    return readyRelease(await session.observe([service]), inputs, action, color, replicas);
}

/** No request goes to a service without a port: the record alone says which color is its own. */
async function own(session: Session, service: string, to: Color, release: RecordedRelease): Promise<void> {
    await session.enter("link: confirmed");
    const at = (await session.engine.now()).toISOString();
    await session.record(service, record => linkedTo(record, to, release, { at, by: session.lease.owner }));
}

/**
 * The release that the link goes to. Never on hope: exactly the one expected, proved, and with its full capacity, or what a
 * step of a canary says.
 */
function readyRelease(
    world: World,
    inputs: LinkInputs,
    action: LinkAction,
    to: Color,
    replicas = action.replicas,
): RecordedRelease {
    const color = observedService(world, inputs.service)[to];
    const release = color.release;
    const refuse = (why: string) =>
        new Error(`${inputs.service}: the link stays, since ${to} ${why}. Run pulumi up again without --target`);
    if (release === undefined || release.id !== action.expect) {
        throw refuse(`runs release ${release?.id ?? "none"}, not the expected ${action.expect}`);
    }
    if (!release.proved) {
        throw refuse(`runs ${release.image}, which is not proved`);
    }
    const { judgedBad } = release;
    if (!action.restore && judgedBad !== undefined && judgedBad.retryToken === action.policy.retryToken) {
        throw refuse(`runs ${release.image}, which was judged bad meanwhile (${judgedBad.reason})`);
    }
    if (color.ready < replicas) {
        throw refuse(`has ${color.ready} of ${replicas} containers ready`);
    }
    return release;
}

/** Brings the service's routes to what the config says. */
async function route(session: Session, inputs: LinkInputs, action: LinkAction, progress: Progress): Promise<void> {
    const { service } = inputs;
    const routes = inputs.routes.map(parseRoute);
    const { routes: held } = observedService(await session.observe([service]), service);
    const gone = held.filter(route => !isIn(routes, route) && !action.claimedByOthers.includes(placeOf(route)));
    if (gone.length === 0 && routes.every(route => isIn(held, route))) {
        return;
    }
    progress.status(`routes: ${inputs.routes.join(", ")}`);
    await session.enter("link: routes");
    await takeRoutes(session, service, routes, action.claimedByOthers);
    await endHandovers(session, action.handovers);
    await session.record(service, record => ({ ...record, routes }));
}

function isIn(routes: readonly Route[], route: Route): boolean {
    return routes.some(other => routeText(other) === routeText(route));
}

/** What happens to the color that has just lost its traffic (`previousColor`). */
async function leave(
    session: Session,
    service: string,
    { color, farewell }: { color: Color; farewell?: Farewell },
    action: LinkAction,
    progress: Progress,
): Promise<void> {
    const world = await session.observe([service]);
    const open = openOn(world.front?.workers ?? [], backendName(service, color)).requests;
    if (farewell === undefined) {
        if (open > 0) {
            progress.info(`${color} stays warm and finishes its ${open} open ${open === 1 ? "request" : "requests"}`);
        }
        return;
    }
    const containers = containersOf(world, service, color);
    const slots = containers.map(slotOf);
    await drain(session, { service, color, slots }, action.policy, progress);
    progress.status(`${farewell === "stop" ? "stopping" : "removing"} ${containers.length} containers of ${color}`);
    await session.enter("link: leave");
    await closeSlots(session, service, color, slots);
    const { releases, [color]: recorded } = recordOf(world.records, service);
    const graceMs = releases[recorded.release ?? ""]?.settings.stopGracePeriodMs ?? 10_000;
    if (farewell === "remove") {
        await session.record(service, record => ({
            ...record,
            [color]: { ...record[color], replicas: 0, release: undefined },
        }));
    }
    const results = await Promise.allSettled(
        containers.map(async ({ id }) => {
            await stopContainer(session.engine, id, graceMs);
            if (farewell === "remove") {
                await removeContainer(session.engine, id);
            }
        }),
    );
    const failed = results.find(result => result.status === "rejected");
    if (failed !== undefined) {
        // The release itself is done and confirmed. What is owed stays in the record.
        progress.warn(
            `${color} could not be ${farewell === "stop" ? "stopped" : "removed"}: ${(failed.reason as Error).message}. ` +
                "Users are not affected, and the next up tries it again",
        );
        return;
    }
    await session.enter("link: left");
    await session.record(service, record => ({ ...record, intent: undefined }));
    progress.info(`${color} was drained and ${farewell === "stop" ? "stopped" : "removed"}`);
}

/** A slot without a container is in maintenance, in HAProxy's memory and in its file. */
async function closeSlots(session: Session, service: string, color: Color, slots: number[]): Promise<void> {
    // First the file: a reload for another service's sake in between must not open them again.
    await session.configure(files => {
        const text = files.get(backendFile(service, color));
        if (text !== undefined) {
            files.set(backendFile(service, color), text.replace(/^(\s+server \S+ \S+)$/gm, "$1 disabled"));
        }
        return files;
    });
    await tellSlots(session, service, color, () => new Map(slots.map(slot => [slot, { state: "maint" }])));
}

/** Removes the link and the routes; the deletion of the colors comes after it. */
async function unlink(session: Session, inputs: LinkInputs, incarnation: number): Promise<void> {
    const { service, __urn } = inputs;
    const progress = progressFor(__urn);
    const world = await session.observe([service]);
    const isOlder = incarnation < (recordOf(world.records, service).linkIncarnation ?? 0);
    if (isOlder || world.anchor?.state !== "running") {
        return;
    }
    // Without HAProxy there is nobody to tell, but the record has to say it, or the colors would refuse to go.
    await session.lease.take();
    await session.enter("link: delete");
    if (isWorker(recordOf(world.records, service))) {
        await session.record(service, record => ({ ...record, link: { live: "none" }, intent: undefined }));
        return;
    }
    await removeRoutes(session, service);
    await pointTo(upOf(session, service, progress), LinkValue.none());
    await session.record(service, record => ({ ...record, link: { live: "none" }, intent: undefined, routes: [] }));
    for (const color of ["blue", "green"] as const) {
        const slots = containersOf(world, service, color).map(slotOf);
        const policy = inputs.__plan?.policy;
        await drain(
            session,
            { service, color, slots },
            {
                drainTimeoutMs: policy?.drainTimeoutMs ?? Duration.millisecondsOf(defaults.drainTimeout),
                progressDeadlineMs: policy?.progressDeadlineMs ?? Duration.millisecondsOf(defaults.progressDeadline),
                onDrainTimeout: "close",
            },
            progress,
        );
    }
    await session.configure(files => {
        removeMapEntry(files, "link", service);
        return files;
    });
    // Those that run by now: another service's end may have reloaded HAProxy meanwhile, while the file still had the link.
    const left = await session.observe([service]);
    const workers = (left.front?.workers ?? []).filter(worker => canFollow(worker, left, service, LinkValue.none()));
    assertEveryWorker(
        `the end of the link of ${service}`,
        await session.runtime.deleteMapEntry(workers, "link", service),
    );
}
