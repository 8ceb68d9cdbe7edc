import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate, and the key that it was made with. */
export interface MadeCertificate {
    /** The certificate alone, PEM. */
    certificate: string;
    /** Its key, PEM (PKCS #8). */
    key: string;
}

export interface LeafOptions {
    /** DNS names. */
    hosts: readonly string[];
    /** From now, seconds. @default -60 */
    fromSeconds?: number;
    /** From now, seconds. @default 90 days */
    toSeconds?: number;
    /** Length of an RSA key. @default an elliptic key (P-256) */
    rsaBits?: number;
}

const day = 24 * 3600;

/** An authority with a root and one intermediate certificate. Nobody outside the test trusts it. */
export class Authority {
    private constructor(
        /** The root's certificate, PEM: what a client has to trust. */
        readonly root: string,
        /** The intermediate certificate, PEM: what a server sends behind its own. */
        readonly intermediate: string,
        private readonly issuer: string,
        private readonly key: CryptoKey,
    ) {}

    static async create(): Promise<Authority> {
        const rootKeys = await newKeys();
        const keys = await newKeys();
        const authority = [
            new x509.BasicConstraintsExtension(true, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ];
        const root = await x509.X509CertificateGenerator.create({
            ...(await identity("CN=relink test root", rootKeys.publicKey)),
            ...validity(-60, 3650 * day),
            issuer: "CN=relink test root",
            signingKey: rootKeys.privateKey,
            signingAlgorithm: algorithm,
            extensions: authority,
        });
        const intermediate = await x509.X509CertificateGenerator.create({
            ...(await identity("CN=relink test intermediate", keys.publicKey)),
            ...validity(-60, 3650 * day),
            issuer: root.subject,
            signingKey: rootKeys.privateKey,
            signingAlgorithm: algorithm,
            extensions: authority,
        });
        return new Authority(pemOf(root), pemOf(intermediate), intermediate.subject, keys.privateKey);
    }

    /** Issues a certificate by the intermediate one. */
    async issue({ hosts, fromSeconds = -60, toSeconds = 90 * day, rsaBits }: LeafOptions): Promise<MadeCertificate> {
        const keys = rsaBits === undefined ? await newKeys() : await newRsaKeys(rsaBits);
        const leaf = await x509.X509CertificateGenerator.create({
            ...(await identity(`CN=${hosts[0] ?? "nobody"}`, keys.publicKey)),
            ...validity(fromSeconds, toSeconds),
            issuer: this.issuer,
            signingKey: this.key,
            signingAlgorithm: algorithm,
            extensions:
                hosts.length === 0
                    ? []
                    : [new x509.SubjectAlternativeNameExtension(hosts.map(value => ({ type: "dns" as const, value })))],
        });
        const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
        return { certificate: pemOf(leaf), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
    }

    /** A value for `relink:certificates`: certificate, intermediate certificate and key. */
    async bundle(options: LeafOptions): Promise<string> {
        const { certificate, key } = await this.issue(options);
        return [certificate, this.intermediate, key].join("\n");
    }
}

/** A certificate that no authority has issued. */
export async function selfSigned(host: string): Promise<MadeCertificate> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: `CN=${host}`,
        keys,
        signingAlgorithm: algorithm,
        ...validity(-60, 90 * day),
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }])],
    });
    const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { certificate: pemOf(certificate), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}

function newKeys(): Promise<CryptoKeyPair> {
    return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}

function newRsaKeys(modulusLength: number): Promise<CryptoKeyPair> {
    const publicExponent = new Uint8Array([1, 0, 1]);
    const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength, publicExponent };
    return crypto.subtle.generateKey(rsa, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}

async function identity(subject: string, publicKey: CryptoKey) {
    const serialNumber = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString("hex");
    return { subject, publicKey, serialNumber };
}

function validity(fromSeconds: number, toSeconds: number) {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
    return { notBefore: at(fromSeconds), notAfter: at(toSeconds) };
}

function pemOf(certificate: x509.X509Certificate): string {
    return certificate.toString("pem");
}
