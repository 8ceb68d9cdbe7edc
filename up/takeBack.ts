import type { Color } from "../model/Color";
import type { SwitchIntent } from "../model/Intent";
import { LinkValue } from "../model/LinkValue";
import type { RecordedRelease } from "../model/Release";
import { shareText } from "../model/Share";
import { trafficOf } from "../model/trafficNoun";
import type { Verdict } from "../model/Verdict";
import { type BakePolicy, hookContextOf } from "./BakePolicy";
import { confirm } from "./confirm";
import type { Bake } from "./Judgement";
import { settleRecord, withVerdict } from "./linkRecord";
import { SwitchFailed, wrongAnswers } from "./moveLink";
import { pointBack } from "./pointTo";
import type { Up } from "./Up";

/**
 * Moves the link back to the predecessor of a release that was judged bad, at once and once only. Where the predecessor
 * has no container that is ready, the link stays, because a bad answer is better than none.
 * @throws SwitchFailed always, with what happened
 */
export async function takeBack(
    up: Up,
    bake: Bake,
    bad: RecordedRelease,
    why: string,
    policy: BakePolicy,
): Promise<never> {
    const verdict = { release: bad.id, reason: why, retryToken: policy.retryToken };
    const release = await goBack(up, bake, verdict);
    const { color, from, step } = bake;
    if (release === undefined) {
        return stay(
            up,
            verdict,
            from,
            step === undefined ? `The link stays on ${color}` : `${color} keeps its ${shareText(step.weight)}`,
        );
    }
    const hook = await runHook(up, bake, bad, why, policy);
    throw new SwitchFailed(
        `${up.service}: ${bad.image} was judged bad${step === undefined ? "" : ` at ${shareText(step.weight)}`}: ${why}. ` +
            (step === undefined
                ? `The link was moved back to ${from}, which`
                : `All ${trafficOf(bad)} go to ${from} again, which`) +
            ` serves ${release.image}${hook}. ` +
            "It is not tried again until its image, its settings or retryToken change",
        true,
    );
}

/**
 * Moves the link back to the predecessor, unless the predecessor has no container that is ready.
 * @returns what serves from then on; undefined where the link stayed, with the intent to move it back still open
 */
async function goBack(up: Up, { color, from, step }: Bake, verdict: Verdict): Promise<RecordedRelease | undefined> {
    const { [from]: predecessor, releases } = await up.journal.recorded();
    const release = releases[predecessor.release ?? ""];
    await up.journal.enter("link: back");
    if (release === undefined) {
        return undefined;
    }
    up.progress.status(`moving the link back to ${from}: ${verdict.reason}`);
    const back = { kind: "switch", to: from, release: release.id, verdict } as const;
    const intent: SwitchIntent = step === undefined ? { ...back, from: color } : { ...back, from, percent: 0 };
    await up.journal.record(record => ({ ...record, intent }));
    return (await bringBack(up, from, intent)) ? release : undefined;
}

/** Not confirmed: the predecessor was, before the release that was judged bad. @returns whether the link went back */
async function bringBack(up: Up, to: Color, intent: SwitchIntent): Promise<boolean> {
    const hasGone = await pointBack(up, LinkValue.to(to), seen => seen[to].ready > 0);
    if (hasGone) {
        await settleRecord(up, intent, "moved back");
    }
    return hasGone;
}

/**
 * Moves the link back where an interrupted `up` was about to. That one would have failed, and this one may succeed: so it asks
 * whether the predecessor answers. Whatever that says, the link does not go to the bad release again.
 * @throws SwitchFailed where the predecessor has no container that is ready; AnsweredWrongly; DeadlineExceeded
 */
export async function goOnBack(up: Up, to: Color, intent: SwitchIntent, verdict: Verdict): Promise<void> {
    const { [to]: predecessor, releases } = await up.journal.recorded();
    const release = releases[predecessor.release ?? ""];
    const questions = await up.front.questions();
    try {
        if (release === undefined || !(await bringBack(up, to, intent))) {
            return await stay(up, verdict, to, `The link stays on ${intent.from}`);
        }
        await up.journal.enter("link: confirm");
        const what = `${up.service}: the link was moved back to ${to}, but that could not be confirmed`;
        await confirm(up, questions, { color: to, release, what, wrongAnswers });
    } finally {
        await questions.end();
    }
}

/** The link cannot go back. The verdict is written all the same: the next release must not wait for another one. */
async function stay(up: Up, verdict: Verdict, from: Color, stays: string): Promise<never> {
    const { releases } = await up.journal.recorded();
    await up.journal.record(record => withVerdict({ ...record, intent: undefined }, verdict));
    throw new SwitchFailed(
        `${up.service}: ${releases[verdict.release]?.image} was judged bad (${verdict.reason}), but the link cannot be ` +
            `moved back: ${from} has no container that is ready. ${stays}. Release something that works`,
        true,
    );
}

/** Runs onRollback, where the user has it. @returns its outcome as the end of a sentence */
async function runHook(
    up: Up,
    { color }: Bake,
    bad: RecordedRelease,
    why: string,
    policy: BakePolicy,
): Promise<string> {
    const { onRollback } = policy.hooks;
    if (onRollback === undefined) {
        return "";
    }
    const { text } = await up.hooks.run({
        settings: onRollback,
        context: { ...hookContextOf("onRollback", up.service, color, bad, policy), reason: why },
        ask: () => Promise.reject(new Error("no request")),
        secretValues: Object.values(bad.secretValues),
    });
    return `; ${text}`;
}
