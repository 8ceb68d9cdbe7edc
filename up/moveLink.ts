import { type Farewell, isRewriting, type SwitchIntent, targetOf } from "../model/Intent";
import { moveText } from "../model/LinkMove";
import type { LinkValue } from "../model/LinkValue";
import type { RecordedRelease } from "../model/Release";
import { shareText } from "../model/Share";
import type { CanaryStep } from "../model/StrategySettings";
import { trafficOf } from "../model/trafficNoun";
import type { Verdict } from "../model/Verdict";
import { isDeserted, isLeftToStrays } from "../plan/settle";
import { AnsweredWrongly, confirm } from "./confirm";
import { keptOn, madeNow, settleRecord, unconfirmed, withVerdict } from "./linkRecord";
import { linkTo, pointBack, pointTo } from "./pointTo";
import { isStop } from "./stop";
import type { Up } from "./Up";

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

/** Wrong answers after which the link is moved back. Users see these answers too, so few. */
export const wrongAnswers = 3;

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
 * Moves a service's link to a color that runs a proved release, or gives that color a share (docs/design.md#the-link):
 * intent, map file, every worker's memory, read back, a confirming request through the public listener, done. What cannot
 * be confirmed is moved back, a share to none.
 * @param release what the color runs that gains by it
 * @throws {@link SwitchFailed}
 */
export async function moveLink(up: Up, to: LinkValue, release: RecordedRelease, policy: SwitchPolicy): Promise<void> {
    // Between the switch and its confirmation users see the new release already: what can be done before is done here.
    const questions = await up.front.questions();
    let intent: SwitchIntent;
    try {
        intent = await begin(up, to, release, policy);
        const move = moveText(intent);
        up.progress.status(move);
        try {
            await pointTo(up, to);
            up.progress.status(`${move}: confirming through the public listener`);
            await up.journal.enter("link: confirm");
            const color = targetOf(intent);
            const what = `the switch to ${color} could not be confirmed`;
            await confirm(up, questions, { color, release, isShare: to.percent > 0, what, wrongAnswers });
        } catch (error) {
            throw isStop(error) ? error : await moveBack(up, intent, release, policy, error as Error);
        }
    } finally {
        await questions.end();
    }
    await up.journal.enter("link: confirmed");
    await orElse(
        settleRecord(up, intent, "confirmed"),
        () =>
            `${targetOf(intent)} serves, confirmed, but the record does not say so: run pulumi up again, it finishes the switch first`,
    );
}

/** Writes the intent. Where it cannot be written, nothing is done. */
async function begin(
    up: Up,
    { live: to, percent, sticky }: LinkValue,
    release: RecordedRelease,
    policy: SwitchPolicy,
): Promise<SwitchIntent> {
    await up.journal.enter("link: intent");
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
    const written = up.journal.record(record => {
        intent.from = record.link.live;
        return { ...record, intent };
    });
    await orElse(written, () => `nothing was switched: the link stays ${intent.from}. Run pulumi up again`);
    return intent;
}

/** Moves the link back after a switch that could not be confirmed. Returns what the user is told. */
async function moveBack(
    up: Up,
    intent: SwitchIntent,
    release: RecordedRelease,
    policy: SwitchPolicy,
    error: Error,
): Promise<Error> {
    const { from, to, percent } = intent;
    const target = targetOf(intent);
    const next = "Run pulumi up again: it finishes or undoes the switch first";
    // What is confirmed and stays is not judged by a repair: its link is not moved back.
    const judged = error instanceof AnsweredWrongly && error.byRelease && !isRewriting(intent);
    const reason = error.message.replace(release.image, "it");
    const verdict = judged ? { release: release.id, reason, retryToken: policy.retryToken } : undefined;
    const hasGone = await orElse(
        pointBack(up, linkTo(from), seen => !isDeserted(seen, from, target) && !isLeftToStrays(seen, from, target)),
        () => `${error.message}; the link could not be moved back to ${from}. ${next}`,
    );
    if (!hasGone) {
        const stays = percent === undefined ? `the link stays on ${to}` : `${target} keeps its ${shareText(percent)}`;
        if (verdict !== undefined) {
            const move = await madeNow(up, { from, to, percent, release: release.id, result: "kept" });
            await up.journal.record(record => withVerdict(keptOn(record, intent, move, verdict), intent.verdict));
        }
        const goOn = judged ? "Release something that works" : next;
        return new SwitchFailed(
            `${error.message}; ${stays}, since ${from} has no container that is ready. ${goOn}`,
            judged,
        );
    }
    const move = await madeNow(up, { from, to, percent, release: release.id, result: "moved back" });
    const back =
        from === "none"
            ? "the link was taken back"
            : from === to
              ? `${from} serves all ${trafficOf(release)} again`
              : `the link was moved back to ${from}`;
    await orElse(
        // A switch back that cannot be confirmed is no reason to forget why it was begun.
        up.journal.record(record => withVerdict(unconfirmed(record, move, verdict), intent.verdict)),
        () => `${error.message}; ${back}, but the record does not say so. ${next}`,
    );
    return new SwitchFailed(`${error.message}; ${back}`, judged);
}

/** Waits for a step; where it fails, its error says what that means for users. */
async function orElse<T>(step: Promise<T>, meaning: () => string): Promise<T> {
    try {
        return await step;
    } catch (error) {
        throw isStop(error) ? error : new Error(`${message(error)}; ${meaning()}`);
    }
}

function message(error: unknown): string {
    return (error as Error).message;
}
