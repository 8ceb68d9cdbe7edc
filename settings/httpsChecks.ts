import { covers } from "../model/Certificate";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";

/** @returns what does not fit together in HTTPS, its certificates and the hosts of the services */
export function checkHttps(config: StackConfig, isSound: IsSound): Problem[] {
    if (!isSound("front", "https")) {
        return [];
    }
    if (config.front.https === undefined) {
        return [...checkRedirect(config, isSound), ...checkUnused(config, isSound)];
    }
    return [
        ...checkNamed(config, isSound),
        ...checkDefault(config),
        ...checkUnused(config, isSound),
        ...checkHosts(config, isSound),
    ];
}

function checkRedirect({ front }: StackConfig, isSound: IsSound): Problem[] {
    if (!isSound("front", "http") || front.http.redirectToHttps === undefined) {
        return [];
    }
    const message = "is set, but there is no HTTPS to redirect to: front.https is not set";
    return [solvedByRemoving(["front", "http", "redirectToHttps"], message)];
}

function checkNamed({ front, certificates }: StackConfig, isSound: IsSound): Problem[] {
    const names = front.https?.certificates ?? [];
    if (names.length === 0) {
        const path = ["front", "https", "certificates"];
        return [{ ...solvedBySetting([...path, 0], "is empty: HTTPS needs a certificate", "NAME"), path }];
    }
    return names.flatMap((name, index) => {
        if (Object.hasOwn(certificates, name) || !isSound("certificates", name)) {
            return [];
        }
        const message = `names the certificate ${name}, which relink:certificates does not hold`;
        const problem = solvedBySetting(["certificates", name], message, "PEM");
        return [{ ...problem, path: ["front", "https", "certificates", index] }];
    });
}

function checkDefault({ front }: StackConfig): Problem[] {
    const { default: first, certificates = [] } = front.https ?? {};
    if (first === undefined || certificates.includes(first)) {
        return [];
    }
    const message = `is ${first}, but must be one of front.https.certificates`;
    return [solvedBySetting(["front", "https", "default"], message, certificates[0] ?? "NAME")];
}

function checkUnused({ front, certificates }: StackConfig, isSound: IsSound): Problem[] {
    const used = front.https?.certificates ?? [];
    return Object.keys(certificates)
        .filter(name => isSound("certificates", name) && !used.includes(name))
        .map(name =>
            solvedByRemoving(["certificates", name], "is not used: front.https.certificates does not name it"),
        );
}

/** With a redirect nobody reaches a host without a certificate any more. */
function checkHosts({ front, certificates, services }: StackConfig, isSound: IsSound): Problem[] {
    const used = front.https?.certificates ?? [];
    const isRead = (name: string) => certificates[name]!.hosts.length > 0;
    const isKnown = used.every(
        name => Object.hasOwn(certificates, name) && isSound("certificates", name) && isRead(name),
    );
    if (!isKnown || front.http.redirectToHttps === undefined) {
        return [];
    }
    const names = used.flatMap(name => certificates[name]!.hosts);
    return Object.entries(services).flatMap(([service, { hosts = [] }]) =>
        hosts.flatMap((host, index): Problem[] => {
            const path = ["services", service, "hosts", index];
            if (host === "*" || covers(names, host) || !isSound(...path)) {
                return [];
            }
            const message = `is redirected to HTTPS, but no certificate of front.https covers ${host}`;
            return [{ ...solvedByRemoving(["front", "http", "redirectToHttps"], message), path }];
        }),
    );
}
