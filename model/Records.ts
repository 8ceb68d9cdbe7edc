import type { LeaseFile } from "./Lease";
import { emptyRecord, type ServiceRecord } from "./Record";
import type { RecordedCertificate } from "./RecordedCertificate";

/** All records of a front. */
export interface Records {
    services: Map<string, ServiceRecord>;
    /** The random key of its release ids; undefined before the first `up`. */
    key?: Buffer;
    /**
     * Counts the creations of the front's configuration. Deleting an older one does nothing: docs/design.md, rule 11.
     */
    frontIncarnation: number;
    /** The stacks that the front has belonged to, the present one last; undefined before the front was adopted. */
    owners?: string[];
    /** Whether an `up` has begun to change the front and was not done with it. @default undefined (it has not) */
    isUnsettled?: boolean;
    /** The certificates that relink got itself, by name; without those where only some services were read. @default none */
    certificates?: ReadonlyMap<string, RecordedCertificate>;
    /** The lease of the `up` that works on the front. */
    lease?: LeaseFile;
}

/** @returns a service's record; an empty one where there is none */
export function recordOf(records: Records, service: string): ServiceRecord {
    return records.services.get(service) ?? emptyRecord(service);
}
