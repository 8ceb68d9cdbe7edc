import type { ServiceRecord } from "../model/Record";
import type { CertificateRecords } from "../model/RecordedCertificate";
import type { Phase } from "./phases";

/** The record of one service, and the lease that a change of it needs. */
export interface Journal {
    /** Who holds the lease, for people: `user@host, stack project/stack, process 123`. */
    readonly owner: string;

    /**
     * Marks the beginning of a step that changes something.
     * @throws Interrupted when the CLI has gone, LeaseLost when another `up` has taken over
     */
    enter(phase: Phase): Promise<void>;

    /**
     * Takes the lease, once per process.
     * @param waitMs how long to wait for another `up` that holds it, milliseconds. @default 0
     * @throws LeaseHeld
     */
    take(waitMs?: number): Promise<void>;

    /** Removes the record, because nothing is left of the service. */
    forget(): Promise<void>;

    /** @returns the record as it is now. */
    recorded(): Promise<ServiceRecord>;

    /**
     * Changes the record and writes it. Changes take place one after the other.
     * @returns the record as it was written
     */
    record(change: (record: ServiceRecord) => ServiceRecord): Promise<ServiceRecord>;

    /** @returns the certificates of the front that relink got itself. */
    certificates(): Promise<Pick<CertificateRecords, "certificates">>;
}
