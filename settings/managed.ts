import { covers } from "../model/Certificate";
import type { AcmeSettings, ManagedCertificate } from "../model/FrontSettings";
import { shortDigest } from "../text/shortDigest";
import { routesOf } from "./routes";
import type { StackConfig } from "./schema";

/** Name of the certificate that relink signs itself. */
const signed = "_self-signed";
/** Longest part of a host in the name of a file, which has 255 letters with all that is added to it. */
const longestName = 180;

/** @returns the certificates that relink gets itself: by ACME one for each host, else one that it signs for all of them */
export function managedCertificates(config: StackConfig): ManagedCertificate[] {
    const { acme, selfSigned } = config.front.https ?? {};
    const hosts = managedHosts(config);
    if (acme !== undefined) {
        return hosts.map(host => ({ name: certificateNameOf(host), hosts: [host], by: "acme" }));
    }
    const { address } = config.front;
    const own = ["localhost", "127.0.0.1", ...(address === undefined ? [] : [address])];
    return selfSigned ? [{ name: signed, hosts: [...new Set([...hosts, ...own])], by: "relink" }] : [];
}

/** @returns the hosts of services and redirects that no certificate of the stack config covers, but `*`, in alphabetical order */
export function managedHosts({ front, services, certificates }: StackConfig): string[] {
    const given = (front.https?.certificates ?? []).flatMap(name => certificates[name]?.hosts ?? []);
    const hosts = Object.keys(services).flatMap(name => hostsOf(name, services));
    return [...new Set([...hosts, ...Object.keys(front.redirects)])]
        .filter(host => host !== "*" && !covers(given, host))
        .sort();
}

/** TLS of a TCP service passes through the front, and has the service's own certificate. */
function hostsOf(name: string, services: StackConfig["services"]): string[] {
    return routesOf(name, services).flatMap(({ host, tcpPort }) => (tcpPort === undefined ? [host] : []));
}

/** @returns how ACME is used */
export function buildAcme({
    renewAt,
    ...acme
}: NonNullable<NonNullable<StackConfig["front"]["https"]>["acme"]>): AcmeSettings {
    return { ...acme, ...(renewAt !== "auto" && { renewBeforeMs: renewAt }) };
}

/** @returns the name of the certificate of one host, which also is a file's. A host itself has no `_` */
function certificateNameOf(host: string): string {
    const name = host.replace(/^\*\./, "_wildcard.");
    return name.length <= longestName ? name : `${name.slice(0, longestName)}.${shortDigest(host)}`;
}
