import { closestKey } from "../settings/suggest";
import { shareAnswers } from "./answers";
import { Conversion, type TutumService } from "./Conversion";
import { certificateVariables, mapCertificates } from "./certificates";
import { mapFrontendLines } from "./frontendLines";
import { checkByConnection } from "./healthCheck";
import { mapPasswords } from "./passwords";
import { shareRedirects } from "./redirect";
import { frontPrefixes, frontRows, inherited, serviceRows } from "./variables";
import { mapVirtualHosts } from "./virtualHosts";

/**
 * Maps the environment of Tutum's HAProxy (tutum/haproxy, dockercloud/haproxy) and of the services that it is linked to. The
 * variables are those of the image's README (https://github.com/docker/dockercloud-haproxy/tree/master); docs/tutum.md says
 * what becomes of each one.
 *
 * @param linked one for each service of relink
 * @returns settings, and problems with the replacement for what relink does not have
 */
export function fromTutumEnvironment(haproxy: TutumService, linked: readonly TutumService[]): Conversion {
    const to = new Conversion(haproxy, linked);
    mapCertificates(to);
    mapFront(to);
    mapFrontendLines(to);
    for (const service of linked) {
        mapService(service, to);
    }
    mapPasswords(to);
    mapVirtualHosts(to);
    shareAnswers(to);
    shareRedirects(to);
    refuseRedirectWithoutTls(to);
    return to;
}

function mapFront(to: Conversion): void {
    const { service, variables } = to.haproxy;
    const known = certificateVariables(to.haproxy);
    for (const [name, value] of Object.entries(variables).sort(([one], [other]) => (one < other ? -1 : 1))) {
        if (!value || known.includes(name)) {
            continue;
        }
        const row = frontRows[name] ?? frontPrefixes.find(([start]) => start.test(name))?.[1];
        if (row !== undefined) {
            row({ service, name, value }, to);
        } else if (!inherited.includes(name)) {
            refuseUnknown(name, to);
        }
    }
}

function refuseUnknown(name: string, to: Conversion): void {
    const variable = { service: to.haproxy.service, name, value: "" };
    if (Object.hasOwn(serviceRows, name)) {
        to.refuse(
            variable,
            "is a variable of services: Tutum's HAProxy read it there alone",
            "move it to the services",
        );
        return;
    }
    const near = closestKey(name, [...Object.keys(frontRows), ...Object.keys(serviceRows)]);
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    to.refuse(variable, `is no variable of Tutum's HAProxy${meant}`, "leave it out");
}

function mapService(service: TutumService, to: Conversion): void {
    for (const [name, row] of Object.entries(serviceRows)) {
        const variable = to.variableOf(service, name);
        const isOwn = variable?.service === service.service;
        if (variable !== undefined && (isOwn || inherited.includes(name))) {
            row(variable, service, to);
        }
    }
    checkByConnection(service, to);
}

function refuseRedirectWithoutTls(to: Conversion): void {
    const isRedirected = to.redirects.size > 0 || (to.front.http as { redirectToHttps?: unknown })?.redirectToHttps;
    if (isRedirected && to.front.https === undefined) {
        const [from] = [...to.redirects.values()].map(({ variable }) => variable);
        const { from: other } = to.origins.find(({ path }) => path.at(-1) === "redirectToHttps") ?? {};
        const variable = from ?? { service: other!.service, name: other!.key, value: "" };
        const fix = `add DEFAULT_SSL_CERT to ${to.haproxy.service}; or leave it out, and set relink:front.https.acme.email afterwards`;
        to.refuse(variable, "redirects to HTTPS, but there is no certificate", fix);
    }
}
