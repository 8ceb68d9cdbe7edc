import { z } from "zod";
import { status } from "./health";
import { duration, firstOf, freeText, textLike, wholeNumber, withDefault } from "./leaves";
import { requestPath, shellCommand } from "./names";

const webhook = freeText({ wanted: "an http or https URL", example: "https://HOST/PATH" }, text => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
});

const http = z.strictObject({
    path: requestPath.prefault("/"),
    status: status.prefault("200-299"),
    body: freeText({ wanted: "a text that the answer must contain", example: "TEXT" }, text => text !== "").optional(),
    header: textLike(/^[A-Za-z0-9-]{1,64}: [\x20-\x7e]{1,256}$/, {
        wanted: "a header that the answer must have, NAME: VALUE",
        example: "content-type: text/html",
    }).optional(),
});

/** The keys of every hook. */
const common = {
    command: shellCommand("a shell command").optional(),
    webhook: webhook.optional(),
    timeout: withDefault("5m", duration),
    retries: wholeNumber(0, 100, 3).prefault(0),
};
/** A hook whose outcome decides whether the release goes on. */
const gate = { ...common, onTimeout: firstOf(["hold", "rollback", "continue"]) };

/** The user's own steps in a release. */
export const hooksSchema = z.strictObject({
    preDeploy: z.strictObject(gate).optional(),
    prePromotion: z.strictObject({ ...gate, http: http.optional() }).optional(),
    postPromotion: z.strictObject({ ...gate, http: http.optional() }).optional(),
    onRollback: z.strictObject(common).optional(),
});

/** Limits by which relink judges a release that has just become live, from HAProxy's counters. */
export const analysisSchema = z.strictObject({
    maxErrorRatio: withDefault("5%", example =>
        textLike(/^(?:100|\d{1,2}(?:\.\d{1,2})?)%$/, { wanted: "a percentage such as 5% or 0.5%", example }),
    ),
    maxLatency: duration("500ms").optional(),
    maxSlowdown: withDefault(3, usual => wholeNumber(2, 1000, usual)),
    minRequests: withDefault(10, usual => wholeNumber(1, 1_000_000, usual)),
    interval: withDefault("1s", duration),
});
