import { covers } from "../model/Certificate";
import { managedCertificates, managedHosts } from "./managed";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import { namedHosts } from "./routes";
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
        ...checkManaged(config, isSound),
        ...checkUnused(config, isSound),
        ...checkHosts(config, isSound),
        ...checkClients(config, isSound),
        ...checkHttp3(config, isSound),
    ];
}

function checkClients({ front }: StackConfig, isSound: IsSound): Problem[] {
    const { clientCa, clientVerify } = front.https ?? {};
    if (clientVerify === undefined || clientCa !== undefined || !isSound("front", "https", "clientCa")) {
        return [];
    }
    const path = ["front", "https", "clientVerify"];
    const message = `is ${clientVerify}, but front.https.clientCa does not say who signs the clients' certificates`;
    return [{ ...solvedBySetting(["front", "https", "clientCa"], message, "CA_FILE"), path }];
}

function checkHttp3({ front }: StackConfig, isSound: IsSound): Problem[] {
    if (!front.https?.http3 || !front.proxyProtocol || !isSound("front", "proxyProtocol")) {
        return [];
    }
    const message = "is true, but front.proxyProtocol is too, which HTTP/3 does not know";
    return [solvedByRemoving(["front", "https", "http3"], message)];
}

function checkRedirect({ front }: StackConfig, isSound: IsSound): Problem[] {
    if (!isSound("front", "http") || front.http.redirectToHttps === undefined) {
        return [];
    }
    const message = "is set, but there is no HTTPS to redirect to: front.https is not set";
    return [solvedByRemoving(["front", "http", "redirectToHttps"], message)];
}

function checkNamed({ front, certificates }: StackConfig, isSound: IsSound): Problem[] {
    const { certificates: names = [], acme, selfSigned } = front.https ?? {};
    if (names.length === 0 && acme === undefined && !selfSigned) {
        const path = ["front", "https", "certificates"];
        const message = "is empty, and neither acme nor selfSigned is set: HTTPS needs a certificate";
        return [{ ...solvedBySetting([...path, 0], message, "NAME"), path }];
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

function checkDefault(config: StackConfig): Problem[] {
    const { default: first, certificates = [] } = config.front.https ?? {};
    const known = [...certificates, ...managedCertificates(config).map(({ name }) => name)];
    if (first === undefined || known.includes(first)) {
        return [];
    }
    const message = `is ${first}, but must be one of front.https.certificates, or a host that gets one by ACME`;
    return [solvedBySetting(["front", "https", "default"], message, known[0] ?? "NAME")];
}

/** Each host is one that an authority can ask for, and has no name that another certificate has. */
function checkManaged(config: StackConfig, isSound: IsSound): Problem[] {
    const { front, services, certificates } = config;
    const { acme, selfSigned } = front.https ?? {};
    if (acme === undefined || !isSound("services") || !isSound("certificates") || !isSound("front", "redirects")) {
        return [];
    }
    if (selfSigned) {
        const message = "is true, but acme is set too: only one of the two gets the certificates";
        return [solvedByRemoving(["front", "https", "selfSigned"], message)];
    }
    const hosts = managedHosts(config);
    if (hosts.length === 0 && front.https?.certificates.length === 0) {
        const name = Object.keys(services).find(name => services[name]!.protocol !== "tcp");
        const message = "has no host to get a certificate for: no service names one in hosts";
        const path = ["front", "https", "acme"];
        if (name === undefined) {
            return [solvedByRemoving(path, message)];
        }
        return [{ ...solvedBySetting(["services", name, "hosts", 0], message, "shop.example.com"), path }];
    }
    const names = managedCertificates(config).map(({ name }) => name);
    return [
        ...Object.keys(certificates)
            .filter(name => names.includes(name))
            .map(name => {
                const message = `has the name of a host that it does not cover, and that gets a certificate by ACME: give it another name`;
                return solvedByRemoving(["certificates", name], message);
            }),
        ...hosts
            .filter(host => host.startsWith("*.") && acme.dnsHook === undefined)
            .map(host => {
                const message = `is missing: an authority gives a certificate for ${host} only where a TXT record of DNS proves it`;
                return solvedBySetting(["front", "https", "acme", "dnsHook"], message, "COMMAND");
            }),
    ];
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
    const { certificates: used = [], acme, selfSigned } = front.https ?? {};
    if (acme !== undefined || selfSigned) {
        return []; // each host gets its own
    }
    const isRead = (name: string) => certificates[name]!.hosts.length > 0;
    const isKnown = used.every(
        name => Object.hasOwn(certificates, name) && isSound("certificates", name) && isRead(name),
    );
    if (!isKnown || front.http.redirectToHttps === undefined) {
        return [];
    }
    const names = used.flatMap(name => certificates[name]!.hosts);
    return Object.entries(services).flatMap(([service, config]) =>
        namedHosts(config).flatMap(([host, key]): Problem[] => {
            const path = ["services", service, ...key];
            if (host === "*" || covers(names, host) || !isSound(...path)) {
                return [];
            }
            const message = `is redirected to HTTPS, but no certificate of front.https covers ${host}`;
            return [{ ...solvedByRemoving(["front", "http", "redirectToHttps"], message), path }];
        }),
    );
}
