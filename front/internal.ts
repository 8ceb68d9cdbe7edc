import { checked } from "../haproxy/names";
import type { ServiceRules } from "../model/ServiceRules";
import { listenerPorts } from "./listeners";
import { answersWith } from "./pages";

/** What the listener has in common with the public one, as text. */
export interface InternalParts {
    /** What says who is asking, and removes what a client must not say. */
    trust: string;
    /** Who may ask each service. */
    access: string;
    /** From the link to the color. */
    link: string;
    /** What the app and relink are told. */
    told: string;
}

/**
 * Renders the listener by which the stack's containers ask a service by its name, `http://NAME/`. Its port is published nowhere.
 * @returns the listener, or nothing where no service is internal
 */
export function internalFrontend(services: Readonly<Record<string, ServiceRules>>, parts: InternalParts): string {
    const names = Object.keys(services).filter(name => services[name]!.internal);
    if (names.length === 0) {
        return "";
    }
    const known = names.sort().map(name => checked("service", name));
    return `# Requests of the stack's own containers: the host is the name of an internal service. Nobody else reaches this port.
frontend internal from relink
    bind :${listenerPorts.internal}
${parts.trust}
    http-request set-var(txn.host) req.hdr(host),host_only,lower,rtrim(.)
    http-request set-var(txn.service) var(txn.host) if { var(txn.host) -m str ${known.join(" ")} } !{ var(txn.service) -m found }
    http-request ${answersWith()(404, "no internal service of this name")} unless { var(txn.service) -m found }
${parts.access}${parts.link}
${parts.told}
    use_backend %[var(txn.service)]-%[var(txn.color)]
    default_backend unlinked

`;
}
