import { LinkValue } from "../model/LinkValue";
import type { ServiceRecord } from "../model/Record";
import { type DrainPolicy, drain } from "./drain";
import { pointTo } from "./pointTo";
import { removeRoutes } from "./route";
import type { Up } from "./Up";

/** How a link goes. */
export interface LastPolicy extends DrainPolicy {
    /** How long to wait for another `up` that has the lease. @default not at all */
    lockTimeoutMs?: number;
}

/**
 * Removes a service's link and routes, and waits until no request is open on either color. The deletion of the colors
 * comes after it.
 * @param incarnation which creation of the link is deleted. A later creation has taken over, and is left alone (rule 11).
 */
export async function unlink(up: Up, incarnation: number, policy: LastPolicy): Promise<void> {
    const { record, containers, isFrontRunning, isBackground } = await up.look();
    if (incarnation < (record.linkIncarnation ?? 0) || !isFrontRunning) {
        return;
    }
    // Also where HAProxy does not run: the record has to say it, or the colors would refuse to go.
    await up.journal.take(policy.lockTimeoutMs);
    await up.journal.enter("link: delete");
    if (isBackground) {
        await up.journal.record(record => ({ ...record, link: { live: "none" }, intent: undefined }));
        return;
    }
    await up.journal.record(withRemovalBegun);
    await removeRoutes(up);
    await pointTo(up, LinkValue.none());
    await up.journal.record(record => ({ ...record, link: { live: "none" }, intent: undefined, routes: [] }));
    for (const color of ["blue", "green"] as const) {
        await drain(up, { color, slots: containers[color].map(({ slot }) => slot) }, policy);
    }
    await up.front.removeLink();
}

/**
 * The record before anything is removed. Should the removal be interrupted and the service be wanted again, the next `up`
 * writes the link again. It leads to the same color if that cannot be confirmed. An open rolling release stays open, because
 * nothing else says of which releases the containers are: its intent says that the link may be gone.
 */
function withRemovalBegun(record: ServiceRecord): ServiceRecord {
    const { live } = record.link;
    if (live === "none") {
        return record;
    }
    if (record.intent?.kind === "roll") {
        return { ...record, intent: { ...record.intent, removes: true } };
    }
    const { [live]: color, releases } = record;
    const { release = "" } = color;
    const judgedBad = releases[release]?.judgedBad;
    // A release that was judged bad and stayed live is finished too, and stays judged bad.
    const verdict = judgedBad && { release, ...judgedBad };
    return { ...record, intent: { kind: "switch", from: live, to: live, release, verdict } };
}
