import { setCommand } from "../settings/configCommands";
import type { Conversion, TutumService, Variable } from "./Conversion";
import { splitList } from "./lists";

/** Name of the certificate of `DEFAULT_SSL_CERT`. */
const defaultName = "default";

/**
 * Takes the certificates of HAProxy and the services, in the order in which Tutum's HAProxy had them: the first one is for
 * clients that no certificate fits.
 */
export function mapCertificates(to: Conversion): void {
    const { haproxy, linked } = to;
    const folder = variableIn(haproxy, "CERT_FOLDER");
    if (folder !== undefined) {
        const fix = `${setCommand(["certificates", "NAME"], "PEM")} && ${setCommand(["front", "https", "certificates", 0], "NAME")}`;
        to.refuse(
            { service: haproxy.service, name: "CERT_FOLDER", value: "" },
            "names a folder in HAProxy's container: give each certificate a name",
            fix,
        );
        return;
    }
    const own = variableIn(haproxy, "DEFAULT_SSL_CERT") ?? variableIn(haproxy, "SSL_CERT");
    take(defaultName, own, to);
    takeExtra(to);
    for (const name of ["DEFAULT_SSL_CERT", "SSL_CERT"] as const) {
        for (const service of linked) {
            const found = variableIn(service, name);
            const isDefault = name === "DEFAULT_SSL_CERT" && !to.certificates.has(defaultName);
            take(isDefault ? defaultName : service.name, found, to);
        }
    }
}

/** `EXTRA_SSL_CERTS`: names of further variables with certificates. */
function takeExtra(to: Conversion): void {
    const { service, variables } = to.haproxy;
    for (const name of splitList(variables.EXTRA_SSL_CERTS ?? "")) {
        const found = variableIn(to.haproxy, name);
        if (found === undefined) {
            const from = { service, name: "EXTRA_SSL_CERTS", value: "" };
            to.refuse(from, `names ${name}, which ${service} does not have`, `set ${name}, or leave it out`);
        }
        take(name.toLowerCase().replaceAll("_", "-"), found, to);
    }
}

/** The variables that {@link mapCertificates} reads at HAProxy. */
export function certificateVariables({ variables }: TutumService): string[] {
    const extra = splitList(variables.EXTRA_SSL_CERTS ?? "");
    return ["CERT_FOLDER", "DEFAULT_SSL_CERT", "SSL_CERT", "EXTRA_SSL_CERTS", ...extra];
}

/** @param name the certificate's name, with a number behind it where another one has the name */
function take(name: string, found: (Omit<Variable, "value"> & { value?: string }) | undefined, to: Conversion): void {
    const pem = found?.value?.replaceAll("\\n", "\n");
    const isKnown = pem !== undefined && [...to.certificates.values()].some(other => other?.trim() === pem.trim());
    if (found === undefined || pem === "" || isKnown) {
        return;
    }
    let free = name;
    for (let number = 2; to.certificates.has(free); number += 1) {
        free = `${name}-${number}`;
    }
    to.addCertificate(free, pem, { ...found, value: "" });
}

/** @returns the variable, also where it has no value; undefined where the service does not have it */
function variableIn({ service, variables }: TutumService, name: string) {
    return Object.hasOwn(variables, name) ? { service, name, value: variables[name] } : undefined;
}

/** `CA_CERT`, `CA_CERT_FILE`. In relink the authorities of clients are a file beside the program. */
export function refuseClientCertificates(variable: Variable, to: Conversion): void {
    const what =
        variable.name === "CA_CERT"
            ? "holds the authorities"
            : "names a file in HAProxy's container with the authorities";
    const fix = `save them as client-ca.pem and leave it out: ${setCommand(["front", "https", "clientCa"], "client-ca.pem")}`;
    to.refuse({ ...variable, value: "" }, `${what} of your clients' certificates, which relink reads from a file`, fix);
}
