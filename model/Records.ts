import type { LeaseFile } from "./Lease";
import { emptyRecord, type ServiceRecord } from "./Record";

/** All records of a front, and the random key of its release ids. */
export interface Records {
    services: Map<string, ServiceRecord>;
    key?: Buffer;
    /** Counts the creations of the front's configuration. Deleting an older one does nothing: docs/design.md, rule 11. */
    frontIncarnation: number;
    /** Stacks that the front has belonged to, the present one last; none before it was written down. */
    owners?: string[];
    /** Who is at work on the front. */
    lease?: LeaseFile;
}

/** What a service's record says, or an empty one. */
export function recordOf(records: Records, service: string): ServiceRecord {
    return records.services.get(service) ?? emptyRecord(service);
}
