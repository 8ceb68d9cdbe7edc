import { type HookContext, type HookOutcome, runHook } from "../hooks/runHook";
import type { AnalysisSettings } from "../model/AnalysisSettings";
import type { Color } from "../model/Color";
import type { HookSettings, HooksSettings } from "../model/HooksSettings";
import { LinkValue } from "../model/LinkValue";
import { farewellOf, type Intent, idleColor, type SwitchIntent } from "../model/Observed";
import { recordOf } from "../model/Records";
import type { RecordedRelease } from "../model/Release";
import type { World } from "../model/World";
import type { Verdict } from "../plan/analysis";
import type { Recovery } from "../plan/settle";
import { Questions } from "../providers/confirm";
import type { Session } from "../providers/Session";
import { Comparison } from "./Comparison";
import { settleRecord, withVerdict } from "./linkRecord";
import { SwitchFailed } from "./moveLink";
import type { Progress } from "./Progress";
import { pointBack } from "./pointTo";
import { begunMeanwhile, recoverSwitch, withdraw } from "./recoverSwitch";

/** How a release is judged once it is live. */
export interface BakePolicy {
    bakeTimeMs: number;
    analysis: AnalysisSettings;
    hooks: Pick<HooksSettings, "postPromotion" | "onRollback">;
    retryToken?: string;
    /** What requests of hooks have as their Host. */
    host: string;
    url: string;
}

type Bake = Extract<Intent, { kind: "bake" }>;

/** Fastest that a service is asked, milliseconds, however short the judgement is. */
const fastestLookMs = 50;
/** More looks than a judgement needs requests: HAProxy counts an answer a moment after it is there. */
const looksToSpare = 2;

/** How long a promotion is judged, milliseconds; undefined where nothing judges it. */
export function bakeMsOf({ bakeTimeMs, hooks }: BakePolicy): number | undefined {
    return bakeTimeMs === 0 && hooks.postPromotion === undefined ? undefined : bakeTimeMs;
}

/**
 * Puts right what comes before anything else: a switch half-way or a judgement before its end, which an `up` that died left
 * open, or a canary's share that is not wanted any more.
 */
export async function recover(
    session: Session,
    service: string,
    recovery: Recovery | undefined,
    policy: BakePolicy,
    progress: Progress,
): Promise<void> {
    if (recovery === undefined) {
        return;
    }
    const { kind, live, release, percent = 0 } = recovery;
    const { intent, releases } = await session.recorded(service);
    if (intent?.kind === "switch" && (kind === "withdraw" || kind === "bake")) {
        // Neither is planned beside one. It may take back what was judged bad, and nobody else knows that verdict.
        throw begunMeanwhile(service);
    }
    if (kind === "withdraw") {
        return withdraw(session, service, recovery, progress);
    }
    if (kind === "bake" && percent > 0) {
        return bake(session, service, policy, progress);
    }
    if (kind === "bake" && live !== "none" && release !== undefined) {
        if (releases[release]?.linked !== false) {
            return; // the deployment before this link has had it judged
        }
        const until = new Date((await session.engine.now()).getTime() + policy.bakeTimeMs).toISOString();
        await session.record(service, record => {
            const known = record.intent?.kind === "bake" ? record.intent : undefined;
            const begun: Bake = { kind: "bake", color: live, from: idleColor(live), release, until };
            return { ...record, intent: known ?? begun };
        });
    } else {
        await recoverSwitch(session, service, recovery, policy.retryToken, progress);
    }
    await bake(session, service, policy, progress);
}

/**
 * Judges the release that has just become live, while its predecessor stays warm: by the hook postPromotion, and by what
 * HAProxy counts of its answers. Only then is it stable. The same for a canary that has got a share: then its step is done.
 * Does nothing where nothing is to be judged.
 * @throws {@link SwitchFailed} when it was judged bad and the link was moved back; an Error when nobody could know.
 */
export async function bake(session: Session, service: string, policy: BakePolicy, progress: Progress): Promise<void> {
    const world = await session.observe([service]);
    const { intent, releases } = recordOf(world.records, service);
    const release = intent?.kind === "bake" ? releases[intent.release] : undefined;
    if (intent?.kind !== "bake" || release === undefined) {
        return;
    }
    const { step } = intent;
    const judged = step === undefined ? policy : { ...policy, bakeTimeMs: step.pauseMs, hooks: {} };
    const verdict = await new Judgement(session, service, judged, intent, release, progress).run(world);
    if (verdict.kind === "bad") {
        await moveBack(session, service, intent, release, verdict.why, policy, progress);
    }
    if (verdict.kind === "unknown") {
        throw new Error(
            `${service}: nobody can say yet whether ${release.image} is good: ${verdict.why}. ` +
                (step === undefined
                    ? `The link stays on ${intent.color}, and ${intent.from} stays warm. `
                    : `${intent.color} keeps its ${step.weight} % of the requests. `) +
                `Run pulumi up again to judge it again; ` +
                "to go back, set the old image and run pulumi up",
        );
    }
    await session.enter("link: baked");
    if (step !== undefined) {
        await session.record(service, record => ({ ...record, intent: undefined }));
        progress.info(`${intent.color} has ${step.weight} % of the requests with ${release.image}: ${verdict.why}`);
        return;
    }
    await session.record(service, record => ({
        ...record,
        intent: farewellOf(intent),
        stable: { color: intent.color, release: release.id },
        releases: { ...record.releases, [release.id]: { ...(record.releases[release.id] ?? release), linked: true } },
    }));
    progress.info(`${release.image} is stable: ${verdict.why}`);
}

/** One release in its first time with users. */
class Judgement {
    #hook: HookOutcome | undefined;

    constructor(
        private readonly session: Session,
        private readonly service: string,
        private readonly policy: BakePolicy,
        private readonly intent: Bake,
        private readonly release: RecordedRelease,
        private readonly progress: Progress,
    ) {}

    async run(world: World): Promise<Verdict> {
        const { bakeTimeMs, analysis, hooks } = this.policy;
        const comparison = new Comparison(
            this.service,
            this.intent,
            world.front?.workers ?? [],
            recordOf(world.records, this.service)[this.intent.from].liveSince,
        );
        const questions = await Questions.begin(this.session, this.service);
        const hook = this.#runHook(hooks.postPromotion, questions).then(outcome => {
            this.#hook = outcome;
        });
        // Requests of ours alone are enough: silence is no success, and no reason to wait for ever.
        const lookMs = Math.max(
            fastestLookMs,
            Math.min(analysis.intervalMs, Math.floor(bakeTimeMs / (analysis.minRequests + looksToSpare))),
        );
        const least = Math.min(bakeTimeMs, analysis.minRequests * lookMs * 2);
        const left = Math.max(
            new Date(this.intent.until).getTime() - (await this.session.engine.now()).getTime(),
            least,
        );
        const deadline = Date.now() + left;
        let verdict: Verdict = { kind: "good", why: "nothing was to be judged by numbers" };
        // A look takes time itself, and a slow one more: what is missing at the end is asked for then, one after the other.
        let extraLooks = analysis.minRequests + looksToSpare;
        const goesOn = () => Date.now() < deadline || (verdict.kind === "unknown" && extraLooks-- > 0);
        try {
            while (bakeTimeMs > 0 && goesOn() && this.#hook?.kind !== "failed") {
                verdict = await this.#look(comparison, questions);
                if (verdict.kind === "bad") {
                    return verdict;
                }
                const { step } = this.intent;
                const where = step === undefined ? "" : ` at ${step.weight} %`;
                const leftMs = Math.max(0, deadline - Date.now());
                const seconds = Math.ceil(leftMs / 1000);
                this.progress.status(`judging ${this.release.image}${where}, ${seconds} s left: ${verdict.why}`);
                await new Promise(resolve => setTimeout(resolve, Math.min(lookMs, Math.max(fastestLookMs, leftMs))));
            }
            if (this.#hook === undefined && hooks.postPromotion !== undefined) {
                this.progress.status("waiting for hooks.postPromotion");
            }
            await hook;
        } finally {
            await questions.end();
        }
        return this.#withHook(verdict);
    }

    #withHook(verdict: Verdict): Verdict {
        const outcome = this.#hook;
        if (outcome === undefined || outcome.kind === "passed") {
            return verdict;
        }
        return { kind: outcome.kind === "failed" ? "bad" : "unknown", why: outcome.text };
    }

    async #look(comparison: Comparison, questions: Questions): Promise<Verdict> {
        await this.session.enter("link: bake");
        const { step, color } = this.intent;
        if (step?.analysis === false) {
            return { kind: "good", why: "it was not judged" };
        }
        try {
            const asked = step === undefined ? undefined : color;
            const answer = await questions.ask("http", this.release.settings.health, asked);
            if (answer.release === undefined) {
                // A reload for another service's sake meanwhile: its workers do not know us.
                await questions.renew();
            }
        } catch {
            // What HAProxy counted of it is what counts; a front that does not answer at all says nothing of the release.
        }
        try {
            const { front } = await this.session.observe([this.service]);
            return comparison.judge(front?.workers ?? [], this.policy.analysis);
        } catch (error) {
            return { kind: "unknown", why: `HAProxy could not be asked: ${(error as Error).message}` };
        }
    }

    async #runHook(hook: HookSettings | undefined, questions: Questions): Promise<HookOutcome | undefined> {
        if (hook === undefined) {
            return undefined;
        }
        return runHook(
            hook,
            contextOf("postPromotion", this.service, this.intent.color, this.release, this.policy),
            (path, timeoutMs) => questions.get("http", path, this.policy.host, timeoutMs),
            Object.values(this.release.secretValues),
            line => this.progress.status(`hooks.postPromotion: ${line}`),
        );
    }
}

/**
 * Moves the link back to the predecessor, at once and once only. Never to a color that has nobody to answer: then it stays
 * where it is, which is the less bad of the two.
 * @throws {@link SwitchFailed} always, with what happened.
 */
async function moveBack(
    session: Session,
    service: string,
    bake: Bake,
    bad: RecordedRelease,
    why: string,
    policy: BakePolicy,
    progress: Progress,
): Promise<never> {
    const { color, from, step } = bake;
    const verdict = { release: bad.id, reason: why, retryToken: policy.retryToken };
    const release = await goBack(session, service, bake, verdict, progress);
    if (release === undefined) {
        // A verdict all the same: what is released next must not wait until this one is judged once more.
        await session.record(service, record => withVerdict({ ...record, intent: undefined }, verdict));
        throw new SwitchFailed(
            `${service}: ${bad.image} was judged bad (${why}), but the link cannot be moved back: ` +
                `${from} has no container that is ready. ` +
                (step === undefined ? `The link stays on ${color}. ` : `${color} keeps its ${step.weight} %. `) +
                "Release something that works",
            true,
        );
    }
    const { onRollback } = policy.hooks;
    const context = { ...contextOf("onRollback", service, color, bad, policy), reason: why };
    const outcome =
        onRollback &&
        (await runHook(
            onRollback,
            context,
            () => Promise.reject(new Error("no request")),
            Object.values(bad.secretValues),
        ));
    throw new SwitchFailed(
        `${service}: ${bad.image} was judged bad${step === undefined ? "" : ` at ${step.weight} %`}: ${why}. ` +
            (step === undefined
                ? `The link was moved back to ${from}, which`
                : `All requests go to ${from} again, which`) +
            ` serves ${release.image}${outcome === undefined ? "" : `; ${outcome.text}`}. ` +
            "It is not tried again until its image, its settings or retryToken change",
        true,
    );
}

/**
 * The link goes back to the predecessor, unless nobody is ready there by then.
 * @returns what serves from then on; undefined where the link stayed, with the intent to move it back still open
 */
async function goBack(
    session: Session,
    service: string,
    { color, from, step }: Bake,
    verdict: NonNullable<SwitchIntent["verdict"]>,
    progress: Progress,
): Promise<RecordedRelease | undefined> {
    const { [from]: predecessor, releases } = await session.recorded(service);
    const release = releases[predecessor.release ?? ""];
    await session.enter("link: back");
    if (release === undefined) {
        return undefined;
    }
    progress.status(`moving the link back to ${from}: ${verdict.reason}`);
    const back = { kind: "switch", to: from, release: release.id, verdict } as const;
    const intent: SwitchIntent = step === undefined ? { ...back, from: color } : { ...back, from, percent: 0 };
    await session.record(service, record => ({ ...record, intent }));
    const hasGone = await pointBack(session, service, LinkValue.to(from), seen => seen[from].ready > 0);
    if (hasGone) {
        await settleRecord(session, service, intent, "moved back");
    }
    return hasGone ? release : undefined;
}

function contextOf(
    hook: HookContext["hook"],
    service: string,
    color: Color,
    { image, id }: RecordedRelease,
    { url }: BakePolicy,
): HookContext {
    return { hook, service, color, image, release: id, url };
}
