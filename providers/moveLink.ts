import { LinkValue } from "../haproxy/LinkValue";
import { writeMapEntry } from "../haproxy/maps";
import { backendName } from "../haproxy/names";
import { assertEveryWorker, type Worker } from "../haproxy/runtime";
import {
    type Farewell,
    idleColor,
    isGivingBack,
    isRewriting,
    type Live,
    nextOf,
    type SwitchIntent,
    targetOf,
    type Verdict,
} from "../release/Observed";
import type { RecordedRelease } from "../release/Release";
import { isDeserted, type Recovery } from "../release/settle";
import type { CanaryStep, Color } from "../settings/Settings";
import { type Answer, Questions } from "./confirm";
import { LeaseLost } from "./Lease";
import { type LinkMove, moveText, withMove } from "./linkHistory";
import { containersOf, observedService, slotOf, type World } from "./observe";
import { Interrupted } from "./parent";
import type { Progress } from "./progress";
import type { ServiceRecord } from "./Record";
import { recordOf } from "./RecordStore";
import type { Session } from "./Session";
import { until } from "./until";

/** The switch could not be confirmed, so the link was moved back. */
export class SwitchFailed extends Error {
    constructor(
        message: string,
        /** The new release itself answered, and wrongly. */
        readonly judgedBad: boolean,
    ) {
        super(message);
    }
}

/** How long the public listener may take to show the new release. The switch itself takes milliseconds. */
const confirmMs = 10_000;
/** Wrong answers after which the link is moved back. Users see these answers too, so few. */
const wrongAnswers = 3;

/** What a switch needs to know of the policy. */
export interface SwitchPolicy {
    retryToken?: string;
    /** What becomes of the previous color; unset, it stays warm. */
    farewell?: Farewell;
    /** How long the release is judged once it is live; without it, it is stable at once. */
    bakeMs?: number;
    /** What is recorded of the release that the link leaves. */
    verdict?: Verdict;
    /** The step of a canary that this is. */
    step?: CanaryStep;
}

/**
 * Moves a service's link to a color that runs a proved release, or gives that color a share (DESIGN section 5): intent,
 * map file, every worker's memory, read back, a confirming request through the public listener, done. What cannot be
 * confirmed is moved back, a share to none.
 * @param release what the color runs that gains by it
 * @throws {@link SwitchFailed}
 */
export async function moveLink(
    session: Session,
    service: string,
    to: LinkValue,
    release: RecordedRelease,
    policy: SwitchPolicy,
    progress: Progress,
): Promise<void> {
    // Between the switch and its confirmation users see the new release already: what can be done before is done here.
    const questions = await Questions.begin(session, service);
    let intent: SwitchIntent;
    try {
        intent = await begin(session, service, to, release, policy);
        const what = moveText(intent);
        progress.status(what);
        try {
            await pointTo(session, service, to);
            progress.status(`${what}: confirming through the public listener`);
            await session.enter("link: confirm");
            await confirm(questions, targetOf(intent), release, to.percent > 0);
        } catch (error) {
            throw isStop(error) ? error : await moveBack(session, service, intent, release, policy, error as Error);
        }
    } finally {
        await questions.end();
    }
    await session.enter("link: confirmed");
    await orElse(
        settleRecord(session, service, intent, "confirmed"),
        () =>
            `${targetOf(intent)} serves, confirmed, but the record does not say so: run pulumi up again, it finishes the switch first`,
    );
}

/** Writes the intent. Where it cannot be written, nothing is done. */
async function begin(
    session: Session,
    service: string,
    { live: to, percent, sticky }: LinkValue,
    release: RecordedRelease,
    policy: SwitchPolicy,
): Promise<SwitchIntent> {
    await session.enter("link: intent");
    if (to === "none") {
        throw new Error("a switch has a color to go to");
    }
    const { farewell, bakeMs, verdict, step } = policy;
    const share = percent > 0 ? { percent, sticky, step } : {};
    const intent: SwitchIntent = {
        kind: "switch",
        from: "none",
        to,
        release: release.id,
        farewell,
        bakeMs,
        verdict,
        ...share,
    };
    const written = session.record(service, record => {
        intent.from = record.link.live;
        return { ...record, intent };
    });
    await orElse(written, () => `nothing was switched: the link stays ${intent.from}. Run pulumi up again`);
    return intent;
}

/** Moves the link back after a switch that could not be confirmed. Returns what the user is told. */
async function moveBack(
    session: Session,
    service: string,
    intent: SwitchIntent,
    release: RecordedRelease,
    policy: SwitchPolicy,
    error: Error,
): Promise<Error> {
    const { from, to, percent } = intent;
    const target = targetOf(intent);
    const next = "Run pulumi up again: it finishes or undoes the switch first";
    // What is confirmed and stays is not judged by a repair: its link is not moved back.
    const judged = error instanceof SwitchFailed && error.judgedBad && !isRewriting(intent);
    const reason = error.message.replace(release.image, "it");
    const verdict = judged ? { release: release.id, reason, retryToken: policy.retryToken } : undefined;
    if (isDeserted(observedService(await session.observe([service]), service), from, target)) {
        const stays = percent === undefined ? `the link stays on ${to}` : `${target} keeps its ${percent} %`;
        if (verdict !== undefined) {
            const move = await madeNow(session, { from, to, percent, release: release.id, result: "kept" });
            await session.record(service, record => withVerdict(keptOn(record, intent, move, verdict), intent.verdict));
        }
        const goOn = judged ? "Release something that works" : next;
        return new SwitchFailed(
            `${error.message}; ${stays}, since ${from} has no container that is ready. ${goOn}`,
            judged,
        );
    }
    await orElse(
        pointTo(session, service, linkTo(from), "memory"),
        () => `${error.message}; the link could not be moved back to ${from}. ${next}`,
    );
    const move = await madeNow(session, { from, to, percent, release: release.id, result: "moved back" });
    const back =
        from === "none"
            ? "the link was taken back"
            : from === to
              ? `${from} serves all requests again`
              : `the link was moved back to ${from}`;
    await orElse(
        // A switch back that cannot be confirmed is no reason to forget why it was begun.
        session.record(service, record => withVerdict(unconfirmed(record, move, verdict), intent.verdict)),
        () => `${error.message}; ${back}, but the record does not say so. ${next}`,
    );
    return new SwitchFailed(`${error.message}; ${back}`, judged);
}

/** Somebody else is in charge now, or nobody wants this any more: nothing more is done. */
function isStop(error: unknown): boolean {
    return error instanceof Interrupted || error instanceof LeaseLost;
}

/** Waits for a step; where it fails, its error says what that means for users. */
async function orElse<T>(step: Promise<T>, meaning: () => string): Promise<T> {
    try {
        return await step;
    } catch (error) {
        throw isStop(error) ? error : new Error(`${message(error)}; ${meaning()}`);
    }
}

/** Finishes or undoes a switch that an interrupted `up` left open. Does nothing when there is none. */
export async function recoverSwitch(
    session: Session,
    service: string,
    { kind, live, release: id, percent = 0 }: Recovery,
    retryToken: string | undefined,
    progress: Progress,
): Promise<void> {
    const { intent, releases } = recordOf((await session.observe([service])).records, service);
    if (intent?.kind !== "switch") {
        return;
    }
    const isPlanned = kind === "finish" ? live === intent.to && id === intent.release : live === intent.from;
    if (!isPlanned) {
        throw new Error(
            `${service}: another up has begun a switch since this one was planned. Nothing was done. Run pulumi up again`,
        );
    }
    const release = id === undefined ? undefined : releases[id];
    progress.status(`${kind === "finish" ? "finishing" : "taking back"} the interrupted switch`);
    if (kind === "finish" && isGivingBack(intent)) {
        return giveBack(session, service, intent);
    }
    if (kind === "finish" && live !== "none" && release !== undefined) {
        // The whole switch once more, so that it is moved back if it still cannot be confirmed.
        const { farewell, bakeMs, verdict, step, sticky } = intent;
        const to = LinkValue.to(live).withPercent(percent, sticky);
        await moveLink(session, service, to, release, { retryToken, farewell, bakeMs, verdict, step }, progress);
        return;
    }
    await session.enter("link: undo");
    // Not confirmed: it was, before the switch that is taken back, and a sick old release must not block the fix.
    await pointTo(session, service, linkTo(live));
    if (live !== "none" && release !== undefined) {
        const back = { from: intent.to, to: live, release: release.id, verdict: intent.verdict };
        await settleRecord(session, service, back, "taken back");
    } else {
        const move = await madeNow(session, { from: intent.to, to: "none", result: "taken back" });
        await session.record(service, now => ({
            ...now,
            intent: undefined,
            link: { live: "none" },
            history: withMove(now, move),
        }));
    }
}

/** Takes a canary's share back: everything goes to the live color. Does nothing where there is none. */
export async function withdraw(
    session: Session,
    service: string,
    { live, release: id = "" }: Recovery,
    progress: Progress,
): Promise<void> {
    const { link, releases } = recordOf((await session.observe([service])).records, service);
    if (live === "none" || link.percent === undefined) {
        return;
    }
    progress.status(`link: ${live} serves all requests`);
    await session.enter("link: intent");
    const intent: SwitchIntent = { kind: "switch", from: live, to: live, percent: 0, release: releases[id]?.id ?? id };
    await session.record(service, record => ({ ...record, intent }));
    await giveBack(session, service, intent);
}

/** Everything goes to the live color again. Not confirmed: it was, when it became live. */
async function giveBack(session: Session, service: string, intent: SwitchIntent): Promise<void> {
    await pointTo(session, service, LinkValue.to(intent.to));
    await session.enter("link: confirmed");
    await settleRecord(session, service, intent, intent.verdict === undefined ? "confirmed" : "moved back");
}

/** The link to one color alone. */
function linkTo(live: Live): LinkValue {
    return live === "none" ? LinkValue.none(idleColor(live)) : LinkValue.to(live);
}

/**
 * Writes the link to the file and to every worker that can follow it, and reads it back.
 * @param first The file: should anything die in between, a restarted HAProxy lands on the color that was proved. The
 * memory: users leave a color that answers wrongly at once, and the open intent covers the rest.
 */
export async function pointTo(
    session: Session,
    service: string,
    link: LinkValue,
    first: "file" | "memory" = "file",
): Promise<void> {
    const value = link.toString();
    const toMemory = async () => {
        const world = await session.observe([service]);
        const workers = world.front?.workers ?? [];
        const able = workers.filter(
            worker => !worker.old || link.reached.every(color => canServe(worker, world, service, color)),
        );
        await session.enter("link: memory");
        assertEveryWorker(`the link of ${service}`, await session.runtime.setMap(able, "link", service, value));
    };
    if (first === "memory") {
        await toMemory();
    }
    await session.enter("link: file");
    await session.configure(files => {
        writeMapEntry(files, "link", service, value);
        return files;
    });
    // Also where it was there already: a reload meanwhile read the file as it was.
    await toMemory();
}

/**
 * Whether a soft-stopped worker can follow the link: its own slots of the target are usable. Its slots can no longer be
 * changed; where they are not usable it keeps its old link until it has exited, or its connections would get a 503.
 */
function canServe(worker: Worker, world: World, service: string, color: Color): boolean {
    const backend = worker.backends.get(backendName(service, color));
    const containers = containersOf(world, service, color).filter(({ state }) => state === "running");
    const port = observedService(world, service)[color].release?.settings.port;
    return (
        backend !== undefined &&
        containers.length > 0 &&
        containers.every(container => {
            const server = backend.servers.get(slotOf(container));
            const isThere = server?.address === container.address && server?.port === port;
            return isThere && server?.up && server.admin === "ready";
        })
    );
}

/** Asks through the public listener until the new release has answered well, or wrongly too often. */
async function confirm(
    questions: Questions,
    color: Color,
    release: RecordedRelease,
    /** Of a share the link alone would give our request to the other color now and then. */
    isShare: boolean,
): Promise<void> {
    let wrong = 0;
    let itself = false;
    await until(
        async seen => {
            let answer: Answer;
            try {
                answer = await questions.ask("http", release.settings.health, isShare ? color : undefined);
            } catch (error) {
                seen(message(error));
                return undefined;
            }
            seen(`the public listener answered ${answer.text}`);
            // HAProxy itself: every worker has the link, and no container there is up any more.
            const nobody = answer.release === undefined && answer.status === 503;
            if (!nobody && (answer.color !== color || answer.release !== release.id)) {
                await questions.renew();
                return undefined;
            }
            itself ||= !nobody;
            if ((nobody || !answer.good) && ++wrong >= wrongAnswers) {
                const what = nobody ? "was not healthy any more at" : `answered ${answer.status} to`;
                throw new SwitchFailed(`${release.image} ${what} the confirming request`, itself);
            }
            return answer.good && !nobody ? true : undefined;
        },
        { deadline: Date.now() + confirmMs, what: `the switch to ${color} could not be confirmed` },
    );
}

/**
 * A switch is done: its color is the last confirmed one, and, unless it is still to be judged, what a rollback goes back to.
 * A verdict on it from an earlier try is void.
 */
export async function settleRecord(
    session: Session,
    service: string,
    done: Omit<SwitchIntent, "kind">,
    result: LinkMove["result"],
): Promise<void> {
    const { from, to, release, percent, sticky } = done;
    const move = await madeNow(session, { from, to, percent, release, result });
    const intent = nextOf(done, new Date(move.at));
    await session.record(service, record => {
        const { [release]: _void, ...judgedBad } = record.judgedBad;
        const known = record.releases[release] as RecordedRelease;
        // A share is not all of it, and what is gone back to is as stable, and as bad, as it was.
        const isBack = result !== "confirmed" || isGivingBack(done);
        const isStable = percent !== undefined || isBack ? known.linked : intent?.kind !== "bake";
        const isBad = isBack && !known.linked;
        const linked = { ...known, linked: isStable || known.linked, judgedBad: isBad ? known.judgedBad : undefined };
        const settled = {
            ...record,
            intent,
            link: {
                live: to,
                release: percent === undefined ? release : record[to as Color].release,
                ...(percent === undefined || isGivingBack(done) ? {} : { percent, sticky }),
                at: move.at,
                by: move.by,
            },
            history: withMove(record, move),
            stable: isStable && percent === undefined ? { color: to, release } : record.stable,
            releases: { ...record.releases, [release]: linked },
            judgedBad,
        };
        return withVerdict(settled, done.verdict);
    });
}

/** A move of the link that ends now, by us. */
async function madeNow(session: Session, move: Omit<LinkMove, "at" | "by" | "image">): Promise<LinkMove> {
    return { at: (await session.engine.now()).toISOString(), by: session.lease.owner, ...move };
}

/** Users stay with a release that was judged bad: it is what is confirmed, and neither stable nor tried again. */
function keptOn(
    record: ServiceRecord,
    { to, release, percent, sticky }: SwitchIntent,
    move: LinkMove,
    verdict: Verdict,
): ServiceRecord {
    const { at, by } = move;
    const link = percent === undefined ? { live: to, release, at, by } : { ...record.link, percent, sticky, at, by };
    return { ...unconfirmed(record, move, verdict), link };
}

function unconfirmed(record: ServiceRecord, move: LinkMove, verdict: Verdict | undefined): ServiceRecord {
    const { percent: _percent, sticky: _sticky, ...link } = record.link;
    return withVerdict({ ...record, link, intent: undefined, history: withMove(record, move) }, verdict);
}

/** The release as it was, with the reason why it is not tried again by itself. */
export function withVerdict(record: ServiceRecord, verdict: Verdict | undefined): ServiceRecord {
    const judged = verdict && record.releases[verdict.release];
    if (verdict === undefined || judged === undefined) {
        return record;
    }
    const { reason, retryToken } = verdict;
    const releases = { ...record.releases, [verdict.release]: { ...judged, judgedBad: { reason, retryToken } } };
    return { ...record, releases };
}

function message(error: unknown): string {
    return (error as Error).message;
}
