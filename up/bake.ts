import { farewellOf } from "../model/Intent";
import type { RecordedRelease } from "../model/Release";
import { trafficOf, trafficText } from "../model/trafficNoun";
import type { AnalysisResult } from "../plan/analysis";
import type { BakePolicy } from "./BakePolicy";
import { type Bake, Judgement } from "./Judgement";
import { takeBack } from "./takeBack";
import type { Up } from "./Up";

/**
 * Judges the release that has just become live, while its predecessor stays warm: by the hook postPromotion, and by what
 * HAProxy counts of its answers. Only then is the release stable. A canary that has got a share is judged in the same way,
 * and then its step is done. Does nothing where no judgement is open.
 * @throws SwitchFailed when the release was judged bad, and its link was moved back
 * @throws Error when it cannot be known whether the release is good
 */
export async function bake(up: Up, policy: BakePolicy): Promise<void> {
    const record = await up.journal.recorded();
    const { intent, releases } = record;
    const release = intent?.kind === "bake" ? releases[intent.release] : undefined;
    if (intent?.kind !== "bake" || release === undefined) {
        return;
    }
    const { step } = intent;
    const judged = step === undefined ? policy : { ...policy, bakeTimeMs: step.pauseMs, hooks: {} };
    const verdict = await new Judgement(up, judged, intent, release).run(record[intent.from].liveSince);
    if (verdict.kind === "bad") {
        await takeBack(up, intent, release, verdict.why, policy);
    }
    if (verdict.kind === "unknown") {
        throw unknown(up, intent, release, verdict);
    }
    await up.journal.enter("link: baked");
    if (step !== undefined) {
        await up.journal.record(record => ({ ...record, intent: undefined }));
        up.progress.info(
            `${intent.color} has ${trafficText(step.weight, trafficOf(release))} with ${release.image}: ${verdict.why}`,
        );
        return;
    }
    await up.journal.record(record => ({
        ...record,
        intent: farewellOf(intent),
        stable: { color: intent.color, release: release.id },
        releases: { ...record.releases, [release.id]: { ...(record.releases[release.id] ?? release), linked: true } },
    }));
    up.progress.info(`${release.image} is stable: ${verdict.why}`);
}

function unknown(
    { service }: Up,
    { step, color, from }: Bake,
    release: RecordedRelease,
    { why }: AnalysisResult,
): Error {
    const stays =
        step === undefined
            ? `The link stays on ${color}, and ${from} stays warm. `
            : `${color} keeps its ${trafficText(step.weight, trafficOf(release))}. `;
    return new Error(
        `${service}: nobody can say yet whether ${release.image} is good: ${why}. ${stays}` +
            "Run pulumi up again to judge it again; to go back, set the old image and run pulumi up",
    );
}
