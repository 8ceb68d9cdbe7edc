import { z } from "zod";
import { leaf, oneOf, textLike } from "./leaves";
import { exactHost } from "./names";
import { frontLines } from "./rawLines";

/** Where a host redirects to: another host, or a scheme, a host and optionally a port. */
const redirectTarget = leaf(
    { wanted: "a host such as example.com, or https://example.com, without a path", example: "example.com" },
    raw => {
        const [, origin = "", host = ""] = /^(https?:\/\/)?([^/:]+)(?::\d{1,5})?$/.exec(String(raw)) ?? [];
        const isHost = exactHost.safeParse(host).success;
        const hasPort = String(raw).length > origin.length + host.length;
        return isHost && (origin !== "" || !hasPort) ? String(raw).toLowerCase() : undefined;
    },
);

/** The name of a header, in lower case, that the front does not set itself. */
const headerName = leaf(
    {
        wanted: "the name of a header that HAProxy does not set itself, such as x-frame-options",
        example: "x-frame-options",
    },
    raw => {
        const name = typeof raw === "string" ? raw.toLowerCase() : "";
        return /^[a-z][a-z0-9-]{0,63}$/.test(name) && !isOurs(name) ? name : undefined;
    },
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

/** What the public listener does besides routing, as keys of `relink:front`. */
export const publicRulesShape = {
    redirects: z.record(exactHost, redirectTarget).prefault({}),
    responseHeaders: z.record(headerName, headerValue).prefault({}),
    accessLog: oneOf(["json"]).optional(),
    haproxy: frontLines,
};
