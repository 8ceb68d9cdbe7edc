import type { SwitchIntent } from "../model/Intent";
import { LinkValue } from "../model/LinkValue";
import type { RecordedRelease } from "../model/Release";
import { shareText } from "../model/Share";
import { trafficOf } from "../model/trafficNoun";
import type { Verdict } from "../model/Verdict";
import { type BakePolicy, hookContextOf } from "./BakePolicy";
import type { Bake } from "./Judgement";
import { settleRecord, withVerdict } from "./linkRecord";
import { SwitchFailed } from "./moveLink";
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
        // The verdict is written all the same: the next release must not wait until this one is judged again.
        await up.journal.record(record => withVerdict({ ...record, intent: undefined }, verdict));
        throw new SwitchFailed(
            `${up.service}: ${bad.image} was judged bad (${why}), but the link cannot be moved back: ` +
                `${from} has no container that is ready. ` +
                (step === undefined
                    ? `The link stays on ${color}. `
                    : `${color} keeps its ${shareText(step.weight)}. `) +
                "Release something that works",
            true,
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
    const hasGone = await pointBack(up, LinkValue.to(from), seen => seen[from].ready > 0);
    if (hasGone) {
        await settleRecord(up, intent, "moved back");
    }
    return hasGone ? release : undefined;
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
