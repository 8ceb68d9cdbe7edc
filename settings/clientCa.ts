import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { ReadPage } from "./errorPages";
import { isFields } from "./fields";
import type { IssueDetails } from "./leaves";

const wanted = "the path of a PEM file with the certificates of the authorities that sign your clients' certificates";

/**
 * The authorities of clients: a file that the program has read. For commands that only look, it is its path.
 * @returns their certificates, PEM; an empty text where the file was not read
 */
export const clientCa = z.unknown().transform((raw, context): string => {
    const { path, text } = isFields(raw) ? (raw as Partial<ReadPage>) : { path: raw, text: undefined };
    const isPath = typeof path === "string" && path.trim() !== "" && !path.includes("\0");
    const blocks = String(text ?? "").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const says = isPath && text !== undefined ? wrongAuthorities(blocks, Date.now()) : undefined;
    if (isPath && says === undefined) {
        return blocks.map(block => `${block.trim()}\n`).join("");
    }
    const details: IssueDetails = { wanted, example: "CA_FILE", ...(says !== undefined && { says }) };
    context.addIssue({ code: "custom", message: wanted, params: { ...details } });
    return z.NEVER;
});

/** @returns what is wrong with certificates of authorities; undefined where each is one */
function wrongAuthorities(blocks: readonly string[], nowMs: number): string | undefined {
    if (blocks.length === 0) {
        return `is a file without a certificate: it must be ${wanted}`;
    }
    return blocks.map((block, index) => wrongAuthority(block, index + 1, nowMs)).find(says => says !== undefined);
}

function wrongAuthority(block: string, number: number, nowMs: number): string | undefined {
    try {
        const { ca, subject = "", validToDate } = new X509Certificate(block);
        const name = subject.split("\n").at(-1);
        if (!ca) {
            return `is a file with a certificate that is no authority's: number ${number} (${name})`;
        }
        return validToDate.getTime() <= nowMs
            ? `is a file with a certificate that has expired on ${validToDate.toISOString()}: number ${number} (${name})`
            : undefined;
    } catch {
        return `is a file with a certificate that cannot be read: number ${number}`;
    }
}
