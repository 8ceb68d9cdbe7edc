import type { Intent } from "../model/Intent";
import { idleColor } from "../model/Live";
import type { Recovery } from "../plan/Plan";
import type { BakePolicy } from "./BakePolicy";
import { bake } from "./bake";
import { follow } from "./failover";
import { begunMeanwhile, linkAgain, recoverSwitch, withdraw } from "./recoverSwitch";
import type { Up } from "./Up";

/**
 * Puts right what comes before anything else: a switch half-way or a judgement before its end, which an `up` that died left
 * open, a canary's share that is not wanted any more, or a link that an interrupted removal has taken away.
 */
export async function recover(up: Up, recovery: Recovery | undefined, policy: BakePolicy): Promise<void> {
    if (recovery === undefined) {
        return;
    }
    const { kind, percent = 0 } = recovery;
    const { intent } = await up.journal.recorded();
    if (intent?.kind === "switch" && (kind === "withdraw" || kind === "bake" || kind === "prepare")) {
        // Neither is planned beside one. It may take back what was judged bad, and nobody else knows that verdict.
        throw begunMeanwhile(up.service);
    }
    if (kind === "withdraw") {
        await withdraw(up, recovery);
        return recovery.judges ? judge(up, recovery, policy) : undefined;
    }
    if (kind === "failover") {
        return follow(up, recovery, policy.retryToken);
    }
    if (kind === "prepare") {
        return; // it is written where the release is refused
    }
    if (kind === "relink") {
        return linkAgain(up, recovery);
    }
    if (kind === "bake" && percent > 0) {
        return bake(up, policy);
    }
    if (kind === "bake") {
        return judge(up, recovery, policy);
    }
    await recoverSwitch(up, recovery, policy.retryToken);
    if (!recovery.leaves) {
        await bake(up, policy);
    }
}

/** Judges the live release from the beginning, unless its judgement was under way. */
async function judge(up: Up, { live, release }: Recovery, policy: BakePolicy): Promise<void> {
    const { releases } = await up.journal.recorded();
    if (live === "none" || release === undefined || releases[release]?.linked !== false) {
        return; // the deployment before this link has had it judged
    }
    const until = new Date((await up.clock.hostNow()).getTime() + policy.bakeTimeMs).toISOString();
    await up.journal.record(record => {
        const known = record.intent?.kind === "bake" ? record.intent : undefined;
        const begun: Extract<Intent, { kind: "bake" }> = {
            kind: "bake",
            color: live,
            from: idleColor(live),
            release,
            until,
        };
        return { ...record, intent: known ?? begun };
    });
    await bake(up, policy);
}
