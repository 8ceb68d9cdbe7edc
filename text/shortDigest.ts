import { createHash } from "node:crypto";

/** @returns 12 hexadecimal digits of a text's SHA-256: for names that change with what they name */
export function shortDigest(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
