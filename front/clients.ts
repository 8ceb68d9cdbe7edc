import { checked, currentFolder } from "../haproxy/names";
import type { TlsListener } from "../model/FrontSettings";
import type { Answer } from "./pages";
import { replaceFiles } from "./replaceFiles";

/** The header that tells an app whose certificate a client has shown. */
export const subjectHeader = "x-client-subject";

/** Longest subject, characters: HAProxy keeps 1,024 bytes for all headers that it adds. */
const longestSubject = 500;

/** What the path of the authorities' file begins with, inside a version of the files. */
const prefix = "data/clients-";

/** The subject as RFC 2253 writes it. It escapes control characters, so that no name of a client adds a header. */
const subject = "ssl_c_s_dn(,0,rfc2253)";

/** True where the client has shown a certificate that one of the authorities has signed, also in a resumed session. */
const isVerified = "{ ssl_c_used } { ssl_c_verify 0 }";

/** @returns the words of the listener's line about clients' certificates, with a space before them, or nothing where clients have none */
export function clientWords({ clients }: TlsListener): string {
    return clients === undefined
        ? ""
        : ` ca-file ${currentFolder}/${authoritiesFile(clients)} verify ${clients.verify}`;
}

/**
 * @returns what tells the app whose certificate a client has shown, or nothing where clients have none. Where they must have one, nobody
 * else reaches a service, also without TLS; relink's own confirming request does
 */
export function clientRules(tls: TlsListener | undefined, answer: Answer): string {
    if (tls?.clients === undefined) {
        return "";
    }
    const lines = [
        ...(tls.clients.verify === "required"
            ? [
                  `http-request ${answer(403, "a client certificate is needed")} unless ${isVerified} || { var(txn.confirmed) -m bool }`,
              ]
            : []),
        `http-request ${answer(403, "your certificate has too long a subject")} if ${isVerified} { ${subject} -m len gt ${longestSubject} }`,
        `http-request del-header '^${subjectHeader.replaceAll("-", ".")}$' -m reg`,
        `http-request set-header ${subjectHeader} %[${subject}] if ${isVerified}`,
    ];
    const comment =
        "    # Whose certificate the client has shown. No client says that itself, in any spelling of the header.\n";
    return comment + lines.map(line => `    ${line}\n`).join("");
}

/** @returns the path of the authorities' file inside a version of the files */
function authoritiesFile({ file }: NonNullable<TlsListener["clients"]>): string {
    return `data/${checked("client authorities", file)}`;
}

/** Writes the authorities of clients, and removes those from before. */
export function writeClientAuthorities(files: Map<string, string>, tls: TlsListener | undefined, text: string): void {
    replaceFiles(files, prefix, tls?.clients === undefined ? [] : [[authoritiesFile(tls.clients), text]]);
}
