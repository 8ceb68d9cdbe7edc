import { z } from "zod";
import { chosenFor, duration, freeText, oneOf, textLike, withDefault } from "./leaves";
import { isNotBlank, shellCommand } from "./names";

const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

const directory = (example: string) =>
    freeText({ wanted: "an https URL of an ACME directory", example }, text => {
        const url = URL.canParse(text) ? new URL(text) : undefined;
        return url?.protocol === "https:" && url.username === "" && url.password === "";
    });

const renewAt = chosenFor<number | "auto">(raw => (raw === "auto" ? oneOf(["auto"]) : duration("240h")));

/** `relink:front.https.acme`. */
export const acmeSchema = z.strictObject({
    email: textLike(/^[^\s@,?<>]{1,64}@[A-Za-z0-9.-]{1,253}$/, {
        wanted: "one email address",
        example: "you@example.com",
    }).optional(),
    directory: withDefault(letsEncrypt, directory),
    directoryCa: freeText({ wanted: "the path of a PEM file", example: "CA_FILE" }, isNotBlank).optional(),
    profile: textLike(/^[A-Za-z0-9._-]{1,64}$/, {
        wanted: "the name of one of the authority's profiles",
        example: "shortlived",
    }).optional(),
    renewAt: renewAt.prefault("auto"),
    dnsHook: shellCommand("a shell command that sets and clears a TXT record").optional(),
});
