import { certificatePath, currentFolder } from "../haproxy/names";
import type { TlsListener } from "../model/FrontSettings";
import { shortDigest } from "../text/shortDigest";
import { replaceFiles } from "./replaceFiles";

/**
 * Most certificates that are named on the listener's own line. HAProxy takes 64 words a line: two for each certificate, and up to
 * 14 for all else.
 */
const mostOnLine = 25;

/** What the path of the list begins with, inside a version of the files. */
const prefix = "data/certificates-";

/** @returns the words of the listener's line that name its certificates: each one, or the file with the list of them */
export function certificateWords({ certificates }: TlsListener): string {
    const paths = certificates.map(certificatePath);
    return certificates.length <= mostOnLine
        ? paths.map(path => `crt ${path}`).join(" ")
        : `crt-list ${currentFolder}/${listFile(paths)}`;
}

/** Writes the list of the certificates, where the listener's line needs one, and removes any other. */
export function writeCertificateList(files: Map<string, string>, tls: TlsListener | undefined): void {
    const paths = tls?.certificates.map(certificatePath) ?? [];
    replaceFiles(files, prefix, paths.length > mostOnLine ? [[listFile(paths), textOf(paths)]] : []);
}

/** @returns the list's file. Its name changes with its text, so that HAProxy's configuration does too */
function listFile(paths: readonly string[]): string {
    return `${prefix}${shortDigest(textOf(paths))}.txt`;
}

/** A list of HAProxy's (`crt-list`). Its first certificate is for clients that name no host, or one that no certificate covers. */
function textOf(paths: readonly string[]): string {
    return paths.map(path => `${path}\n`).join("");
}
