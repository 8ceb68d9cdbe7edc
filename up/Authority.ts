import type { IssuedCertificate, RenewalWindow } from "../model/RecordedCertificate";

/** An authority that issues certificates by ACME (RFC 8555). Its errors have its words. */
export interface Authority {
    /** The host of its directory, for messages. */
    readonly name: string;

    /** @returns a new private key, PEM */
    newKey(): Promise<string>;

    /**
     * Gets one certificate. The account is made where there is none yet for its key.
     * @throws Error with the authority's words, or why it does not answer
     */
    issue(order: CertificateOrder, steps: IssueSteps): Promise<IssuedCertificate>;

    /**
     * Asks when the authority would like a certificate to be renewed.
     * @returns undefined where it says nothing about that
     */
    renewalWindow(issued: IssuedCertificate): Promise<RenewalWindow | undefined>;
}

/** One certificate to get. */
export interface CertificateOrder {
    hosts: readonly string[];
    /** The account's private key, PEM. */
    accountKey: string;
    /** The certificate's private key, PEM. */
    key: string;
    /** URL of the order that an `up` that died has made with this key. @default none */
    order?: string;
    /** The authority's own certificate that this one renews. @default none */
    replaces?: IssuedCertificate;
}

/** What an order needs from relink meanwhile. */
export interface IssueSteps {
    /** Called once there is an order, with its URL. */
    ordered(url: string): Promise<void>;
    /** Makes the answer to a challenge visible to the authority. */
    answer(challenge: Challenge): Promise<void>;
    /** Removes it again, also where the authority refused it. */
    withdraw(challenge: Challenge): Promise<void>;
}

/** The authority's question whether a host is ours. */
export interface Challenge {
    /** Without `*.`. */
    host: string;
    /** What the URL ends with (HTTP-01). */
    token: string;
    /** The text behind that URL (HTTP-01), or of the TXT record (DNS-01). */
    answer: string;
}
