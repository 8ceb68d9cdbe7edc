import { X509Certificate } from "node:crypto";

/** DER of the id of the extension Authority Key Identifier, 2.5.29.35. */
const authorityKeyId = Buffer.from("0603551d23", "hex");

/**
 * @param pem a certificate, and others behind it
 * @returns its id in questions about its renewal (ARI): the issuer's key and the serial number (RFC 9773, section 4.1); undefined
 * where it does not name the issuer's key
 */
export function renewalId(pem: string): string | undefined {
    const certificate = new X509Certificate(pem);
    const key = issuersKey(certificate.raw);
    const digits = certificate.serialNumber;
    const serial = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
    // A DER integer whose first bit is set would be negative.
    const signed = serial[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), serial]) : serial;
    return key && `${key.toString("base64url")}.${signed.toString("base64url")}`;
}

/** Reads `04 LENGTH 30 LENGTH 80 LENGTH KEY` behind the extension's id. All of these lengths are below 128. */
function issuersKey(der: Buffer): Buffer | undefined {
    const at = der.indexOf(authorityKeyId);
    const value = at < 0 ? Buffer.alloc(0) : der.subarray(at + authorityKeyId.length);
    const length = value[5] ?? 0;
    return value[0] === 0x04 && value[2] === 0x30 && value[4] === 0x80 ? value.subarray(6, 6 + length) : undefined;
}
