import { checked, currentFolder } from "../haproxy/names";
import { plainText } from "./plain";

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

const ownAnswer = new RegExp(`return status (\\d{3}) ${plainText}((?: hdr retry-after \\d+)?) string "[^"]*"`, "g");

/** @returns the text of a section, with a page in place of each line of text that the front answers with that status */
export function withPages(section: string, pages: Pages = {}): string {
    return section.replace(ownAnswer, (answer, status: string, retry: string) => {
        if (!Object.hasOwn(pages, status)) {
            return answer;
        }
        return `return status ${status} ${contentOf(pages[status]!)}${retry}`;
    });
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
    for (const path of [...files.keys()].filter(path => path.startsWith("pages/"))) {
        files.delete(path);
    }
    for (const [name, text] of Object.entries(texts)) {
        files.set(pageFile(name), text);
    }
}
