import type { CertificateRecords, RecordedAccount, RecordedCertificate } from "../model/RecordedCertificate";
import type { Journal } from "./Journal";

/** What the record says of the front itself, and the lease that a change of it needs. */
export interface FrontJournal extends Pick<Journal, "enter"> {
    /** The stack that this `up` is of, `project/stack`. */
    readonly stack: string;

    /**
     * Takes the lease, unless this process has it already.
     * @param adoptFrom another stack that the front may belong to. @default no other
     * @throws LeaseHeld when another `up` has it, NotOwner when the front belongs to another stack
     */
    take(adoptFrom?: string): Promise<void>;

    /**
     * Writes that the front belongs to the stack of this `up`.
     * @param former the owner by the labels, for a front whose record does not name one yet
     */
    own(former: string): Promise<void>;

    /** Writes how often the front's configuration was created. */
    writeIncarnation(incarnation: number): Promise<void>;

    /**
     * Writes the stack's random key, unless the record has it already.
     * @throws Error when the record has another key
     */
    ensureKey(key: Buffer): Promise<void>;

    /** Writes that this `up` begins to change the front. Where it dies, the next one changes it again. */
    begin(): Promise<void>;

    /** Writes that the front is as this `up` wants it. */
    settle(): Promise<void>;

    /** @returns the account and the certificates that relink got itself, with their keys */
    certificates(): Promise<CertificateRecords>;

    /** Writes the account at an authority. */
    writeAccount(account: RecordedAccount): Promise<void>;

    /** Writes what is known of one certificate that relink gets itself. */
    writeCertificate(certificate: RecordedCertificate): Promise<void>;

    /** Removes such a certificate. */
    removeCertificate(name: string): Promise<void>;
}
