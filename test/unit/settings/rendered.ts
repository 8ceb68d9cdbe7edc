import { expect } from "vitest";
import { createOptions } from "../../../engines/docker/ContainerSpec";
import { writeUsers } from "../../../front/access";
import { renderBackend, renderFrontends, renderGlobal } from "../../../front/configuration";
import { emptyMaps, readMap, writeMapEntry } from "../../../haproxy/maps";
import { backendFile } from "../../../haproxy/names";
import { parseRoutes, routeKey, routeValue } from "../../../haproxy/routes";
import { answersChallenges, type FrontSettings, type TlsListener, tlsListener } from "../../../model/FrontSettings";
import { routeText } from "../../../model/Route";
import { accessOf, type ServiceSettings } from "../../../model/ServiceSettings";
import type { Settings } from "../../../model/Settings";
import { frontNames } from "../../../model/Target";
import { configWith, settingsOf } from "./support";

const near = { gateway: "10.0.0.1", anchor: "10.0.0.2" };

/** Expects that settings render to exactly what they mean. */
export function expectNothingElse(settings: Settings): void {
    const { front, services } = settings;
    const tls = tlsListener(front);
    const challenges = answersChallenges(front.https?.acme);
    const { global: ownGlobal, frontend: ownFrontend } = front.haproxy;
    expect(shapeOf(withoutOwn(renderGlobal({ ...front, tls }), ownGlobal))).toEqual(
        shapeOf(renderGlobal({ ...plainSettings.front, tls: likeTls(tls) })),
    );
    const believed = /^ {4}acl from_trusted_proxy src (.*)\n/gm;
    const frontends = withoutOwn(
        withoutRules(renderFrontends({ ...front, tls, challenges }, near), front),
        ownFrontend,
    );
    expect(shapeOf(frontends.replace(believed, ""))).toEqual(
        shapeOf(
            renderFrontends(
                { ...plainSettings.front, ...likeRules(front), tls: likeTls(tls), challenges },
                near,
            ).replace(believed, ""),
        ),
    );
    expect([...frontends.matchAll(believed)].map(([, network]) => network)).toEqual([
        ...front.trustedProxies,
        ...front.trustedProxies,
    ]);
    expectItsOwnUsers(settings);
    const maps = emptyMaps();
    for (const service of services) {
        expectTheSameInDocker(front.name, service);
        if (service.release.port === undefined) {
            continue; // a background service: HAProxy does not know it
        }
        const { tcp } = service.release.health;
        const likeIt = { tcp, hasTimeout: service.release.timeouts.serverMs !== undefined };
        const backend = withoutTcp(backendOf(service), service);
        expect(shapeOf(withoutOwn(backend, service.release.backendLines))).toEqual(plain.backend(likeIt));
        expectItsOwnPorts(service);
        for (const route of service.routes) {
            writeMapEntry(maps, "routes", routeKey(route), routeValue(route, service.name));
        }
        writeMapEntry(maps, "link", service.name, "none:blue:0");
        writeMapEntry(maps, "releases", `${service.name}-blue`, "0123456789ab-0123456789abcdef");
        expect(backendFile(service.name, "blue")).toMatch(/^conf\/20-[a-z0-9-]+-blue\.cfg$/);
    }
    const told = parseRoutes(readMap(maps, "routes")).map(({ route, service }) => `${routeText(route)} ${service}`);
    expect(told.sort()).toEqual(
        services.flatMap(({ name, routes }) => routes.map(route => `${routeText(route)} ${name}`)).sort(),
    );
    const linked = services.filter(({ release }) => release.port !== undefined);
    expect([...readMap(maps, "link").keys()].sort()).toEqual(linked.map(({ name }) => name).sort());
}

/** Expects what a TCP service's backend has besides, as it is. @returns the text without it, with the check of a connection */
function withoutTcp(text: string, { release }: ServiceSettings): string {
    const { protocol, sendProxy, health } = release;
    const hexOf = (words: string) => Buffer.from(words, "utf8").toString("hex");
    const conversation =
        health.expect === undefined
            ? []
            : [
                  "option tcp-check",
                  ...(health.send === undefined ? [] : [`tcp-check send-binary ${hexOf(health.send)}`]),
                  `tcp-check expect binary ${hexOf(health.expect)}`,
              ];
    const added = [
        ...(protocol === "tcp" ? ["mode tcp"] : []),
        ...conversation,
        ...(health.port === undefined ? [] : [`default-server port ${health.port}`]),
        ...(sendProxy === undefined ? [] : ["default-server send-proxy-v2"]),
    ];
    const lines = text.split("\n");
    const isAdded = (line: string) => added.includes(line.slice(4));
    expect(lines.filter(isAdded).map(line => line.slice(4))).toEqual(added);
    const rest = lines.filter(line => !isAdded(line)).join("\n");
    return health.expect === undefined
        ? rest
        : rest.replace(/^ {4}# Health check: [\x20-\x7e]+$/m, "    # Health check: a connection.");
}

/** Expects that other ports of routes render to lines about ports, which mean nothing else. */
function expectItsOwnPorts(service: ServiceSettings): void {
    const { routePorts } = service.release;
    if (routePorts === undefined) {
        return;
    }
    const plain = backendOf(service).split("\n");
    const added = backendOf(service, routePorts)
        .split("\n")
        .filter(line => !plain.includes(line));
    for (const line of added.filter(line => !/^ {4}# [^\n]+$/.test(line))) {
        expect(line).toMatch(
            /^ {4}(?:http-request set-dst-port int\(\d+\)(?: if \{ var\(txn\.route\),field\(4,:\) -m str [0-9a-f ]+ \})?|(?:http|tcp)-check connect port \d+|http-check expect status 100-599|option tcp-check|server slot-\d 10\.0\.0\.\d id \d+(?: disabled)?)$/,
        );
    }
    const ports = new Set(Object.values(routePorts));
    expect(added.filter(line => line.includes("connect port"))).toHaveLength(ports.size + 1);
}

/** Expects that who may ask renders to lines about each service, which mean nothing else. */
function expectItsOwnUsers({ services, users, front }: Settings): void {
    const access = accessOf(services);
    if (Object.keys(access).length === 0) {
        return;
    }
    const files = new Map<string, string>();
    writeUsers(files, { access, users });
    for (const text of files.values()) {
        expect(text).toMatch(
            /^# [^\n]+\nuserlist [a-z0-9-]+\n(?: {4}user [\w.@-]+ password \$6\$[\w./]+\$[\w./]{86}\n)+$/,
        );
    }
    const plain = renderFrontends(front, near).split("\n");
    const added = renderFrontends({ ...front, access }, near)
        .split("\n")
        .filter(line => !plain.includes(line) && !/txn\.user\) -m found \}$/.test(line));
    for (const line of added) {
        expect(line).toMatch(
            /^ {4}(?:# Who may ask the service [a-z0-9-]+\.|http-request [^$]+ \{ var\(txn\.service\) -m str [a-z0-9-]+ \}[^$]*)$/,
        );
    }
    expect(added.length).toBeGreaterThanOrEqual(Object.keys(access).length);
}

/** Expects that Docker gets each value as it is. */
function expectTheSameInDocker(front: string, { name, release, secretValues }: ServiceSettings): void {
    const labels = { "relink.service": name };
    const env = { RELINK_SERVICE: name };
    const options = createOptions({
        name: frontNames(front).container(name, "blue", 1),
        imageId: "sha256:0",
        release,
        secretValues,
        labels,
        env,
        network: { name: front, address: "10.0.0.1" },
    });
    expect(options.Labels).toEqual({ ...release.labels, ...labels });
    expect(options.Cmd).toEqual(release.command);
    expect(options.Env?.length).toBe(Object.keys(release.env).length + 1);
    for (const [variable, value] of Object.entries(release.env)) {
        expect(options.Env).toContain(`${variable}=${typeof value === "string" ? value : secretValues[value.secret]}`);
    }
}

function backendOf({ name, release }: ServiceSettings, routePorts?: Record<string, number>): string {
    const { port = 0, protocol, sendProxy, health, timeouts, backendLines: lines } = release;
    const slots = [1, 2].map(number => ({ number, address: `10.0.0.${number}`, enabled: number === 1 }));
    return renderBackend({
        service: name,
        color: "blue",
        port,
        routePorts,
        // That of HTTP/2 renders to a few fixed words.
        protocol: protocol === "tcp" ? protocol : undefined,
        sendProxy,
        health,
        serverTimeoutMs: timeouts.serverMs,
        lines,
        slots,
    });
}

/**
 * @returns the shape of a configuration, which settings must not change. Per line it has the first two words, the number of
 * words, and every special character of HAProxy, except `%2F` in a path
 */
function shapeOf(text: string): string[] {
    return text.split("\n").map(line => {
        const words = line.split(" ");
        const start = words.filter(word => word !== "").slice(0, /^\s*(?:#|backend |setenv )/.test(line) ? 1 : 2);
        const [first, second] = start;
        const isValue =
            first === "server" || first === "hard-stop-after" || first === "monitor-uri" || /^\d/.test(second ?? "");
        return `${isValue ? first : start.join(" ")} | ${words.length} words | ${line.replace(/%[0-9a-f]{2}/gi, "").replace(/[^"'\\#$%{}[\]\r\t\0]/g, "")}`;
    });
}

const redirectLine = /^ {4}http-request redirect code 301 location [a-z0-9:/.-]+%\[pathq\] if [^"'\\$#%]+$/;
const headerLine = /^ {4}http-after-response set-header [a-z0-9-]+ "(?:[^"\\$%\n]|%%)*"$/;

/** Expects exactly one line for each redirect and for each header. @returns the text without them */
function withoutRules(frontends: string, { redirects, responseHeaders, accessLog }: FrontSettings): string {
    const lines = frontends.split("\n");
    const isRedirect = (line: string) => line.includes("redirect code 301") && line.includes(",rtrim(.) -m str ");
    const isHeader = (line: string) => Object.keys(responseHeaders).some(name => line.includes(`set-header ${name} "`));
    const found = { redirects: lines.filter(isRedirect), headers: lines.filter(isHeader) };
    expect(found.redirects.filter(line => redirectLine.test(line))).toHaveLength(Object.keys(redirects).length);
    expect(found.headers.filter(line => headerLine.test(line))).toHaveLength(Object.keys(responseHeaders).length);
    const isLog = (line: string) => /JSON for each request|no option dontlog-normal|^ {4}log-format /.test(line);
    expect(lines.filter(isLog)).toHaveLength(accessLog === undefined ? 0 : 3);
    return lines.filter(line => !isRedirect(line) && !isHeader(line) && !isLog(line)).join("\n");
}

/** Expects each of the user's own lines once, as it is, below its setting's name. @returns the text without them */
function withoutOwn(text: string, own: readonly string[]): string {
    const lines = text.split("\n");
    const isName = (line: string | undefined) => / {4}# Setting \S+\.haproxy\.\w+\[\d+\]:$/.test(line ?? "");
    const isOwn = (index: number) => isName(lines[index - 1]);
    expect(lines.filter((_, index) => isOwn(index))).toEqual(own.map(line => `    ${line}`));
    return lines.filter((line, index) => !isName(line) && !isOwn(index)).join("\n");
}

/** @returns HTTPS with as many certificates, and other values */
function likeTls(tls: TlsListener | undefined): TlsListener | undefined {
    return (
        tls && {
            certificates: tls.certificates.map(() => "a"),
            minVersion: "TLSv1.2",
            hsts: tls.hsts?.replace(/max-age=\d+/, "max-age=1"),
            redirect: tls.redirect && { status: 301, port: tls.redirect.port === 443 ? 443 : 1 },
            clients: tls.clients && { file: "clients-0123456789ab.pem", verify: tls.clients.verify },
            http3: tls.http3 && { port: 1 },
        }
    );
}

/** @returns the rules of the listener that have as many words, with other values */
function likeRules({
    limits,
    compression = [],
    healthPath,
    statistics,
    previewSecretSha256,
    trustedProxies,
}: FrontSettings): Partial<FrontSettings> {
    return {
        limits: {
            ...(limits.body !== undefined && { body: 1 }),
            ...(limits.rate !== undefined && { rate: { requests: 1, periodMs: 1000 } }),
            ...(limits.connections !== undefined && { connections: 1 }),
        },
        compression: compression.map(() => "text/html"),
        ...(healthPath !== undefined && { healthPath: "/" }),
        ...(statistics !== undefined && { statistics: ["a"] }),
        ...(previewSecretSha256 !== undefined && { previewSecretSha256: "0".repeat(64) }),
        trustedProxies: trustedProxies.length > 0 ? ["10.0.0.0/8"] : [],
    };
}

const plainSettings = settingsOf(configWith());

/** The shapes of default settings. */
const plain = {
    backend: ({ tcp, hasTimeout }: { tcp: boolean; hasTimeout: boolean }) => {
        const service = { health: { tcp }, timeouts: hasTimeout ? { server: "9s" } : {} };
        const key = JSON.stringify(service);
        const known = backends.get(key) ?? shapeOf(backendOf(settingsOf(configWith(service)).services[0]!));
        backends.set(key, known);
        return known;
    },
};
const backends = new Map<string, string[]>();
