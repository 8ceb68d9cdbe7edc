import type { HttpsSettings } from "../model/FrontSettings";
import { type DueReason, dueReason, type RecordedCertificate } from "../model/RecordedCertificate";

/** What an `up` does about a certificate, by its reason. */
const sentences: Record<DueReason, (hosts: string, from: string) => string> = {
    missing: (hosts, from) => `gets a certificate for ${hosts} from ${from}, before a link or a route opens`,
    moved: (hosts, from) => `gets another certificate for ${hosts} from ${from}, as the settings ask for`,
    due: (hosts, from) => `renews the certificate for ${hosts} from ${from}. npm run renew does that alone`,
    unfinished: hosts => `brings the certificate for ${hosts} to HAProxy, which an up or a renewal has left behind`,
};

/** @returns what an `up` does about the certificates that relink gets itself, in words; nothing where none is due */
export function certificatePlan(
    https: HttpsSettings | undefined,
    recorded: ReadonlyMap<string, RecordedCertificate>,
    nowMs: number,
): string[] {
    const { managed = [], acme } = https ?? {};
    return managed.flatMap(wanted => {
        const why = dueReason(wanted, recorded.get(wanted.name), acme, nowMs);
        const from = wanted.by === "acme" && acme !== undefined ? new URL(acme.directory).host : "relink itself";
        return why === undefined ? [] : [sentences[why](wanted.hosts.join(", "), from)];
    });
}
