import { z } from "zod";
import type { RedirectStatus } from "../model/FrontSettings";
import { acmeSchema } from "./acme";
import { clientCa } from "./clientCa";
import { firstOf, flag, leaf, listOf, oneOf, port, textLike } from "./leaves";

/** The name of a certificate. HAProxy's file is named after it. */
export const certificateName = textLike(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
    wanted: "the name of a certificate: lower case letters, digits, . _ and -",
    example: "NAME",
});

const redirects = [301, 302, 308] as const;

/** The status of a redirect to HTTPS. */
export const redirectStatus = leaf({ wanted: "301, 302 or 308", example: "301" }, raw =>
    redirects.includes(raw as RedirectStatus) ? (raw as RedirectStatus) : undefined,
);

/** What `Strict-Transport-Security` may say (RFC 6797, section 6.1). */
const hsts = textLike(/^max-age=\d{1,10}(?:; includeSubDomains)?(?:; preload)?$/, {
    wanted: "max-age=SECONDS, optionally followed by ; includeSubDomains and ; preload",
    example: "max-age=31536000",
});

/** `relink:front.https`. */
export const httpsSchema = z.strictObject({
    port: port(443).optional().meta({ default: "http.port + 363" }),
    certificates: listOf(certificateName).prefault([]),
    acme: acmeSchema.optional(),
    selfSigned: flag().prefault(false),
    default: certificateName.optional().meta({ default: "the first certificate" }),
    minVersion: firstOf(["TLSv1.2", "TLSv1.3"]),
    hsts: hsts.optional(),
    clientCa: clientCa.optional(),
    clientVerify: oneOf(["required", "optional"]).optional().meta({ default: "required" }),
    http3: flag().prefault(false),
});
