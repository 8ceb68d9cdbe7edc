import { z } from "zod";
import type { UserMatch } from "../model/StrategySettings";
import { isFields } from "./fields";
import { headerName } from "./headerName";
import { chosenFor, leaf, textLike } from "./leaves";

/** The name of a header that a client sends. relink's own headers never choose, and cookies have a key of their own. */
const requestHeader = headerName(
    { wanted: "the name of a request's header other than cookie and host, such as x-beta", example: "x-beta" },
    name => name.startsWith("x-relink-") || ["cookie", "host"].includes(name),
);

const cookieName = leaf(
    { wanted: "the name of a cookie: letters, digits, _ . and -, not relink-...", example: "beta" },
    raw =>
        typeof raw === "string" && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(raw) && !/^relink-/i.test(raw)
            ? raw
            : undefined,
);

/** The whole value of a header, within HAProxy's double quotes. */
const headerValue = textLike(/^(?! )[ !#%-[\]-~]{1,200}(?<! )$/, {
    wanted: 'a text of 1 to 200 printable letters of ASCII without ", $ and a backslash',
    example: "yes",
});

/** The whole value of a cookie, as RFC 6265 has it (https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1), without `$`. */
const cookieValue = textLike(/^[!#%-+\--:<-[\]-~]{1,200}$/, {
    wanted: 'a text of 1 to 200 printable letters of ASCII without space, ", $, comma, semicolon and a backslash',
    example: "yes",
});

const byHeader = z.strictObject({ header: requestHeader, value: headerValue });
const byCookie = z.strictObject({ cookie: cookieName, value: cookieValue.optional() });

/** Users who are chosen by what their requests carry. */
export const userMatch = chosenFor<UserMatch>(raw => (isFields(raw) && "cookie" in raw ? byCookie : byHeader));
