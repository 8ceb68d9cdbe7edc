import { z } from "zod";
import { headerName } from "./headerName";
import { flag, freeText, listOf, port } from "./leaves";
import { host, routePath } from "./names";

/**
 * Headers that a route cannot ask for: HAProxy reads or writes them for the message itself, `hosts` is for the host, what
 * a proxy says is not the client's, and nobody should write a password here.
 */
const otherHeaders =
    /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|cookie|authorization|forwarded|x-forwarded-.*|x-real-ip|x-relink-.*)$/;

/** The name of a request's header, in lower case. */
const routeHeader = headerName(
    {
        wanted:
            "the name of a header that the client chooses, such as x-version, of at most 64 letters, digits and -; " +
            "not host, cookie, authorization, x-forwarded-* or one about the connection",
        example: "VALUE",
    },
    name => otherHeaders.test(name),
);

/** The whole value of a header, or `*` for any. */
const headerValue = freeText(
    {
        wanted: "the whole value of the header: 1 to 100 letters of visible ASCII, and spaces within; or * for any value",
        example: "2",
    },
    text => /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/.test(text),
);

/** What every route has; a service has these keys as the short form of one. */
export const routeShape = {
    hosts: listOf(host).optional().meta({ default: "*" }),
    paths: listOf(routePath).prefault(["/"]),
    stripPath: flag().prefault(false),
};

/** One entry of `routes`: each of its hosts with each of its paths, for requests with these headers. */
export const routeSchema = z.strictObject({
    ...routeShape,
    headers: z.record(routeHeader, headerValue).prefault({}),
    port: port(9000).optional(),
});

type Entry = z.output<typeof routeSchema>;

/** A route of the list, or the short form, which has fewer keys. */
export type RouteConfig = Pick<Entry, keyof typeof routeShape> & Partial<Entry>;
