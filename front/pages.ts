import { checked, currentFolder } from "../haproxy/names";
import { plainText } from "./plain";
import { replaceFiles } from "./replaceFiles";

/** The front's own pages: `maintenance`, or a status, and the name of the file with its text. */
export type Pages = Readonly<Record<string, string>>;

/** Seconds after which a client may ask again, for the statuses that pass. */
const retryAfter: Record<string, string> = { maintenance: " hdr retry-after 60", 503: " hdr retry-after 5" };

const contentTypes: Record<string, string> = {
    html: "text/html; charset=utf-8",
    txt: "text/plain; charset=utf-8",
    json: "application/json",
};

/** @returns the path of a page's file inside a version of the folder */
export function pageFile(name: string): string {
    return `pages/${checked("page", name)}`;
}

/** @returns the pages in place of those that HAProxy makes itself, or nothing without any */
export function errorPages(pages: Pages = {}): string {
    return Object.keys(pages)
        .filter(status => status !== "maintenance")
        .map(status => `    http-error status ${checked("status", status)} ${pageOf(pages, status)}\n`)
        .join("");
}

/**
 * Renders an answer of the front's own, from `return` on.
 * @param text a line of text, for a status without a page
 * @param retryAfter seconds after which a client may ask again. @default nothing is said of that
 */
export type Answer = (status: number, text: string, retryAfter?: number) => string;

/** @returns what renders the front's own answers, with a page in place of the line of text where there is one for the status */
export function answersWith(pages: Pages = {}): Answer {
    return (status, text, retryAfter) => {
        const retry = retryAfter === undefined ? "" : ` hdr retry-after ${retryAfter}`;
        return Object.hasOwn(pages, status)
            ? `return status ${status} ${contentOf(pages[status]!)}${retry}`
            : `return status ${status} ${plainText}${retry} string "${text}\\n"`;
    };
}

/** @returns the page of a service under maintenance */
export function maintenancePage(pages: Pages = {}): string {
    return Object.hasOwn(pages, "maintenance")
        ? pageOf(pages, "maintenance")
        : `${plainText}${retryAfter.maintenance} string "this service is under maintenance\\n"`;
}

function pageOf(pages: Pages, name: string): string {
    return `${contentOf(pages[name]!)}${retryAfter[name] ?? ""}`;
}

function contentOf(file: string): string {
    const type = contentTypes[file.slice(file.lastIndexOf(".") + 1)];
    return `content-type "${type}" file ${currentFolder}/${pageFile(file)} hdr cache-control no-store`;
}

/**
 * Replaces the files of all pages.
 * @param texts by the name of the file
 */
export function writePages(files: Map<string, string>, texts: Readonly<Record<string, string>>): void {
    const pages = Object.entries(texts).map(([name, text]): [string, string] => [pageFile(name), text]);
    replaceFiles(files, "pages/", pages);
}
