import { z } from "zod";
import { userName } from "./access";
import { errorPages } from "./errorPages";
import { headerName } from "./headerName";
import { chosenFor, duration, flag, leaf, listOf, oneOf, textLike, wholeNumber } from "./leaves";
import { exactHost, requestPath } from "./names";
import { frontLines } from "./rawLines";

/** Where a host redirects to: another host, or a scheme, a host and optionally a port. */
const redirectTarget = leaf(
    { wanted: "a host such as example.com, or https://example.com, without a path", example: "example.com" },
    raw => {
        // A text of an object could be anything: `String` throws for some.
        const text = typeof raw === "string" ? raw : "";
        const [, origin = "", host = ""] = /^(https?:\/\/)?([^/:]+)(?::\d{1,5})?$/.exec(text) ?? [];
        const isHost = exactHost.safeParse(host).success;
        const hasPort = text.length > origin.length + host.length;
        return isHost && (origin !== "" || !hasPort) ? text.toLowerCase() : undefined;
    },
);

/** The name of a header, in lower case, that the front does not set itself. */
const responseHeader = headerName(
    {
        wanted: "the name of a header that HAProxy does not set itself, such as x-frame-options",
        example: "x-frame-options",
    },
    isOurs,
);

/** What HAProxy writes for the message itself, and relink's own headers. HSTS has a setting of its own. */
function isOurs(name: string): boolean {
    const frame = [
        "connection",
        "content-length",
        "transfer-encoding",
        "upgrade",
        "keep-alive",
        "te",
        "trailer",
        "date",
    ];
    return [...frame, "set-cookie", "strict-transport-security"].includes(name) || name.startsWith("x-relink-");
}

/** The value of a header. It has no letter that means something within HAProxy's double quotes; `%` is doubled there. */
const headerValue = textLike(/^(?! )[ !#%-[\]-~]{1,1000}(?<! )$/, {
    wanted: 'a text of 1 to 1000 printable letters of ASCII without ", $ and a backslash',
    example: "DENY",
});

const bytesPerUnit: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A number of bytes. */
const size = leaf({ wanted: 'a size such as "512k", "10m" or "2g", or bytes', example: "10m" }, raw => {
    const match = typeof raw === "string" ? /^(\d{1,9})([bkmg])$/i.exec(raw) : null;
    const bytes = match ? Number(match[1]) * bytesPerUnit[match[2]!.toLowerCase()]! : raw;
    return Number.isSafeInteger(bytes) && (bytes as number) >= 1 ? (bytes as number) : undefined;
});

const longestRateMs = 3_600_000;

/** Requests in a time, `100/10s`. */
const rate = leaf(
    { wanted: "requests in a time of 1s to 1h, such as 100/10s, at most 1000000 of them", example: "100/10s" },
    raw => {
        const [, requests, period] = typeof raw === "string" ? (/^([1-9]\d{0,6})\/(\S+)$/.exec(raw) ?? []) : [];
        const parsed = duration("10s").safeParse(period);
        const fits = parsed.success && parsed.data >= 1000 && parsed.data <= longestRateMs && Number(requests) <= 1e6;
        return fits ? { requests: Number(requests), periodMs: parsed.data } : undefined;
    },
);

/** What one client address may do. */
const limits = z
    .strictObject({
        body: size.optional(),
        rate: rate.optional(),
        connections: wholeNumber(1, 4000, 100).optional(),
    })
    .prefault({});

/** What is worth compressing: texts. Images and archives are compressed already. */
const usualTypes = [
    "text/html",
    "text/css",
    "text/plain",
    "text/xml",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/xml",
    "image/svg+xml",
];

const mediaType = textLike(/^[a-z]{1,20}\/[a-z0-9][a-z0-9.+-]{0,80}$/, {
    wanted: "a media type in lower case such as text/html",
    example: "text/html",
});

/** The media types that are compressed: a list, or `true` for the usual ones. */
const compression = chosenFor<string[]>(raw =>
    Array.isArray(raw) ? listOf(mediaType) : flag().transform(isOn => (isOn ? usualTypes : [])),
);

/** What the public listener does besides routing, as keys of `relink:front`. */
export const publicRulesShape = {
    redirects: z.record(exactHost, redirectTarget).prefault({}),
    responseHeaders: z.record(responseHeader, headerValue).prefault({}),
    accessLog: oneOf(["json"]).optional(),
    haproxy: frontLines,
    limits,
    compression: compression.optional(),
    proxyProtocol: flag().prefault(false),
    healthPath: requestPath.optional(),
    errorPages,
    statistics: listOf(userName).optional(),
};
