import { checked } from "../haproxy/names";
import type { PublicRules } from "../model/FrontSettings";
import type { Answer } from "./pages";

/** The header and the cookie that open the private preview by its secret. */
export const previewHeader = "x-relink-preview";
export const previewCookie = "relink-preview";

type Preview = Pick<Partial<PublicRules>, "previewSecretSha256">;

/**
 * Renders who gets the private preview. HAProxy has the secret's hash alone, and compares hashes, so that the time of a
 * comparison tells nothing. Neither the header nor the cookie reaches an app.
 * @returns the lines, or nothing where it is off
 */
export function previewSecretRules({ previewSecretSha256: hash }: Preview, answer: Answer): string {
    if (hash === undefined) {
        return "";
    }
    const isHash = `sha2(256),hex -m str ${checked("hash", hash).toUpperCase()}`;
    return `    # The private preview: whoever sends the secret, whose hash this is, reaches the idle color by the public listener.
    http-request ${answer(400, "this cookie is there twice")} if { req.cook_cnt(${previewCookie}) gt 1 }
    http-request set-var(txn.preview) bool(true) if { req.fhdr(${previewHeader}),${isHash} } || { req.cook(${previewCookie}),${isHash} }
    http-request del-header ${previewHeader}
    http-request replace-header cookie '^(.*; *)?${previewCookie}=[^;]*(; *)?(.*)$' '\\1\\3' if { req.cook(${previewCookie}) -m found }
`;
}

/** @returns the line that takes `preview.` from the host of a private preview, before its route is looked up */
export function previewHostRule({ previewSecretSha256: hash }: Preview): string {
    return hash === undefined
        ? ""
        : "    http-request set-var(txn.host) var(txn.host),regsub(^preview[.],) if { var(txn.preview) -m bool }\n";
}

/** @returns the lines that choose the idle color, and keep its answers out of every cache */
export function previewColorRules({ previewSecretSha256: hash }: Preview): string {
    return hash === undefined
        ? ""
        : `    http-request set-var(txn.color) var(txn.link),field(2,:) if { var(txn.preview) -m bool } !{ var(txn.confirmed) -m bool }
    http-after-response set-header cache-control "private, no-store" if { var(txn.preview) -m bool }
`;
}
