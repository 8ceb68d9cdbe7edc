import { mapPath } from "../haproxy/names";

/** Where an authority asks for the answer to its challenge (HTTP-01, RFC 8555, section 8.3). */
export const challengePath = "/.well-known/acme-challenge/";

/**
 * @returns the answers to the challenges of an authority, or nothing where the front gets no certificate in this way. A token that
 * the map does not have goes on to the service: an app may have challenges of its own
 */
export function challengeRules(isOn: boolean | undefined): string {
    const answer = `path,field(4,/),map_str(${mapPath("challenges")})`;
    return isOn
        ? `    # The challenge of an authority (ACME), on any host, while a certificate is ordered.
    http-request return status 200 content-type application/octet-stream lf-string "%[${answer}]" if { path_beg ${challengePath} } { ${answer} -m found }
`
        : "";
}
