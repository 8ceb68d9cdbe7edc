import { X509Certificate } from "node:crypto";
import { Authority } from "../../support/certificates";
import { tlsVisit } from "../../support/tlsVisit";

/** The host that a tool serves over TLS. An authority of its own issues the certificates. */
export class Site {
    readonly host = "shop.example.com";
    private newest = "";

    private constructor(private readonly authority: Authority) {}

    static async create(): Promise<Site> {
        return new Site(await Authority.create());
    }

    /** What a client has to trust, PEM. */
    get ca(): string {
        return this.authority.root;
    }

    /** Issues a new certificate. @returns it, with that of its issuer, and its key, PEM */
    async issue(): Promise<{ chain: string; key: string }> {
        const { certificate, key } = await this.authority.issue({ hosts: [this.host] });
        this.newest = new X509Certificate(certificate).fingerprint;
        return { chain: [certificate, this.authority.intermediate].join("\n"), key };
    }

    /** @throws Error unless a new connection gets the newest certificate */
    async expectNewest(url: string): Promise<void> {
        const { fingerprint } = await tlsVisit(Number(new URL(url).port), { ca: this.ca, serverName: this.host });
        if (fingerprint !== this.newest) {
            throw new Error(`${url} still serves the certificate from before the renewal`);
        }
    }
}
