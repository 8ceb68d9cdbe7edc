import { z } from "zod";
import type { ServiceAccess } from "../model/ServiceAccess";
import { flag, type IssueDetails, listOf, textLike } from "./leaves";
import { network } from "./names";

/** The name of a user of `relink:users`. */
export const userName = textLike(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/, {
    wanted: "the name of a user: letters, digits, . _ @ and -",
    example: "NAME",
});

/** Stands for a hash whose value was not read: the CLI does not print it. */
export const unreadHash = Symbol("hash");

/**
 * SHA-256 and SHA-512 of crypt(3): all of HAProxy's images know them. HAProxy hashes the password of each request, so a
 * function that takes long would let everybody stop it with wrong passwords.
 */
const hashPattern = /^\$([56])\$(?:rounds=(\d+)\$)?[./A-Za-z0-9]{1,16}\$([./A-Za-z0-9]+)$/;
const hashLength: Record<string, number> = { 5: 43, 6: 86 };
const rounds = { least: 1000, most: 10_000 };

/** The hash of a password. The messages repeat nothing of the value. */
export const passwordHash = z.unknown().transform((raw, context): string => {
    if (raw === unreadHash) {
        return "";
    }
    const says = typeof raw === "string" ? wrongHash(raw.trim()) : `is ${raw === undefined ? "missing" : "not a text"}`;
    if (says === undefined) {
        return (raw as string).trim();
    }
    const wanted = "it must be the hash of a password, as openssl passwd -6 prints it";
    const details: IssueDetails = { says: `${says}: ${wanted}`, example: "HASH" };
    context.addIssue({ code: "custom", message: "hash", params: { ...details } });
    return z.NEVER;
});

/** @returns what is wrong with a hash; undefined where it is one */
function wrongHash(text: string): string | undefined {
    const [, kind = "", count, digest = ""] = hashPattern.exec(text) ?? [];
    if (digest.length !== hashLength[kind]) {
        return /^\$(?:2[abxy]?|y|gy|7|1|argon2\w+)\$/.test(text)
            ? "is a hash of another kind, which some images of HAProxy do not know or which takes long for each request"
            : "is not a hash, or not a whole one. A password itself is not stored";
    }
    const isFit = count === undefined || (Number(count) >= rounds.least && Number(count) <= rounds.most);
    return isFit
        ? undefined
        : `has ${count} rounds, but HAProxy hashes at each request: from ${rounds.least} to ${rounds.most}`;
}

/** Who may ask a service, as its keys. */
export const accessShape = {
    auth: z.strictObject({ basic: listOf(userName).optional() }).prefault({}),
    allow: listOf(network).optional(),
    maintenance: flag().prefault(false),
};

/** @returns who may ask a service, or undefined where everybody may */
export function buildAccess({
    auth: { basic },
    allow,
    maintenance,
}: z.output<z.ZodObject<typeof accessShape>>): ServiceAccess | undefined {
    const access = {
        ...(basic !== undefined && { basic }),
        ...(allow !== undefined && { allow }),
        ...(maintenance && { maintenance }),
    };
    return Object.keys(access).length > 0 ? access : undefined;
}
