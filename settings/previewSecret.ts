import { createHash } from "node:crypto";
import { z } from "zod";
import type { IssueDetails } from "./leaves";

/** Hashes of what a command prints that failed or got nothing: with one of these, the preview would be open to everybody. */
const hashesOfNothing = ["", "\n", " ", "\r\n"].map(text => createHash("sha256").update(text).digest("hex"));

const wanted =
    "the SHA-256 of a random secret, 64 hexadecimal digits, as printf %s SECRET | sha256sum prints it. " +
    "The secret itself is not stored";

/** The hash of the secret of the private preview. No message repeats the value: it may be the secret itself. */
export const previewSecretSha256 = z.unknown().transform((raw, context): string => {
    const hash = typeof raw === "string" ? raw.toLowerCase() : "";
    const isHash = /^[0-9a-f]{64}$/.test(hash);
    if (isHash && !hashesOfNothing.includes(hash)) {
        return hash;
    }
    const says = `${isHash ? "is the hash of nothing" : "is not such a hash"}: it must be ${wanted}`;
    const details: IssueDetails = { says, example: "HASH" };
    context.addIssue({ code: "custom", message: "hash", params: { ...details } });
    return z.NEVER;
});
