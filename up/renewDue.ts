import type { ManagedCertificate } from "../model/FrontSettings";
import { dueReason, type RecordedCertificate, renewalOf } from "../model/RecordedCertificate";
import type { Authority } from "./Authority";
import type { FrontUp } from "./FrontUp";
import { type Managed, markInstalled, obtain } from "./manageCertificates";
import { isStop } from "./stop";

/** What became of one certificate. */
export interface Renewal {
    hosts: readonly string[];
    /** `missing`: there is none yet, which an `up` gets. */
    outcome: "not due" | "renewed" | "failed" | "missing";
    /** The certificate that HAProxy has afterwards. @default undefined (none) */
    issued?: RecordedCertificate["issued"];
    /** Why it failed. @default it did not */
    error?: string;
}

/**
 * Renews certificates that relink got itself and that are due, and nothing else. Takes the lease only where something is due. Where
 * an authority gives none, the one that is there stays.
 * @param recorded the certificates in the record
 */
export async function renewDue(
    up: FrontUp,
    managed: Managed,
    recorded: ReadonlyMap<string, RecordedCertificate>,
): Promise<Renewal[]> {
    const asked = await withWindows(up, managed, recorded);
    const nowMs = (await up.clock.hostNow()).getTime();
    const isDue = (wanted: ManagedCertificate) => {
        const certificate = asked.get(wanted.name);
        return certificate !== undefined && dueReason(wanted, certificate, managed.acme, nowMs) !== undefined;
    };
    const isChanged = (wanted: ManagedCertificate) => asked.get(wanted.name) !== recorded.get(wanted.name);
    if (managed.certificates.some(wanted => isDue(wanted) || isChanged(wanted))) {
        await up.journal.take();
    }
    const renewals: Renewal[] = [];
    for (const wanted of managed.certificates) {
        const before = asked.get(wanted.name);
        const { hosts } = wanted;
        if (before === undefined) {
            renewals.push({ hosts, outcome: "missing" });
        } else if (isDue(wanted)) {
            renewals.push(await renew(up, managed, wanted, before));
        } else {
            if (isChanged(wanted)) {
                await up.journal.writeCertificate(before);
            }
            renewals.push({ hosts, outcome: "not due", issued: before.issued });
        }
    }
    return renewals;
}

/** @returns those certificates that were issued, with what their authority says by now about their renewal */
async function withWindows(
    up: FrontUp,
    { certificates, acme }: Managed,
    recorded: ReadonlyMap<string, RecordedCertificate>,
): Promise<Map<string, RecordedCertificate>> {
    const known = new Map<string, RecordedCertificate>();
    const authority = acme && up.authority(acme);
    for (const { name, by } of certificates) {
        const certificate = recorded.get(name);
        if (certificate?.issued !== undefined) {
            const isAsked = by === "acme" && acme?.renewBeforeMs === undefined;
            known.set(name, isAsked ? await withWindow(up, authority!, certificate) : certificate);
        }
    }
    return known;
}

/** @returns the certificate as it is, where the authority says nothing else or does not answer */
async function withWindow(
    up: FrontUp,
    authority: Authority,
    certificate: RecordedCertificate,
): Promise<RecordedCertificate> {
    const issued = certificate.issued!;
    try {
        const window = await authority.renewalWindow(issued);
        if (window?.from === issued.window?.from && window?.to === issued.window?.to) {
            return certificate;
        }
        return {
            ...certificate,
            issued: { ...issued, window, renewAfter: renewalOf(issued, {}, window, Math.random()) },
        };
    } catch (error) {
        up.progress.warn(
            `${authority.name} does not say when ${issued.hosts.join(", ")} should be renewed: ${(error as Error).message}`,
        );
        return certificate;
    }
}

/** The file before the memory, so that a restart of HAProxy does not bring back the one before. */
async function renew(
    up: FrontUp,
    { acme }: Managed,
    wanted: ManagedCertificate,
    before: RecordedCertificate,
): Promise<Renewal> {
    const { name, hosts } = wanted;
    try {
        const nowMs = (await up.clock.hostNow()).getTime();
        const isHere = dueReason(wanted, before, acme, nowMs) === "unfinished";
        const { issued } = isHere ? before : await obtain(up, wanted, acme);
        await up.journal.enter("front: certificates");
        await up.generations.replaceCertificate(name, issued!);
        await markInstalled(up, [name]);
        return { hosts, outcome: "renewed", issued };
    } catch (error) {
        if (isStop(error)) {
            throw error;
        }
        return { hosts, outcome: "failed", issued: before.issued, error: (error as Error).message };
    }
}
