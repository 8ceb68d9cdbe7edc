import { z } from "zod";
import { shortDigest } from "../text/shortDigest";
import { isFields } from "./fields";
import { type IssueDetails, leaf } from "./leaves";

/**
 * Largest text of a page, bytes. HAProxy answers from one buffer (`tune.bufsize`, 16 kB), in which the headers have to fit
 * too.
 */
const largest = 12_000;

/** What HAProxy or the front answers itself, once it has read a request. For others HAProxy has its own pages (400, 408). */
const names = ["maintenance", "400", "401", "403", "404", "405", "413", "429", "500", "502", "503", "504"];

/** `maintenance`, or a status. */
const pageName = leaf({ wanted: `one of ${names.join(", ")}`, example: "503" }, raw =>
    names.includes(String(raw)) ? String(raw) : undefined,
);

const wanted = "the path of a page, a file that ends in .html, .txt or .json";

/** A page whose file was read. Only the program reads files. For commands that only look, a page is its path. */
export interface ReadPage {
    path: string;
    text: string;
}

const page = z.unknown().transform((raw, context): { ending: string; text: string } => {
    const { path, text = "" } = isFields(raw) ? (raw as Partial<ReadPage>) : { path: raw };
    const ending = typeof path === "string" ? /\.(html|txt|json)$/.exec(path)?.[1] : undefined;
    const says = ending === undefined ? undefined : wrongText(text);
    if (ending !== undefined && says === undefined) {
        return { ending, text };
    }
    const details: IssueDetails = { wanted, example: "pages/503.html", ...(says !== undefined && { says }) };
    context.addIssue({ code: "custom", message: wanted, params: { ...details } });
    return z.NEVER;
});

function wrongText(text: string): string | undefined {
    const bytes = Buffer.byteLength(text);
    if (bytes > largest) {
        return `is a file of ${bytes} bytes, but must have at most ${largest}: HAProxy answers it from one buffer`;
    }
    return text.includes("\0") ? "is a file that is not text" : undefined;
}

/** The front's own pages, by name. */
export const errorPages = z
    .record(pageName, page)
    .transform(pages =>
        Object.fromEntries(
            Object.entries(pages).map(([name, { ending, text }]) => [
                name,
                { file: `${name}-${shortDigest(text)}.${ending}`, text },
            ]),
        ),
    )
    .prefault({});
