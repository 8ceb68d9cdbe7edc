import { isIP, isIPv4 } from "node:net";
import { freeText, leaf, textLike } from "./leaves";

// A value that ends up in HAProxy's configuration, in its maps or in a Docker name consists of a short list of letters.
// It has nothing that HAProxy reads as a word break, a quote, an escape or a format (`%[`).

const serviceNamePattern = /^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/;
const dnsName = "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*";
const dnsNamePattern = new RegExp(`^${dnsName}$`, "i");
const hostPattern = new RegExp(`^(?:\\*\\.)?${dnsName}$`, "i");
const secretName = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

/** The name of a service. Backends, containers and the hosts of the preview listener are named after it. */
export const serviceName = leaf(
    {
        wanted:
            "a name of lower case letters, digits and hyphens that starts with a letter, has at most 30 of them, " +
            'does not end in "-", "-blue" or "-green" and is not "none"',
        example: "web",
    },
    // The link map has `none` before the first link; a color at the end would make the name of another service's
    // backend.
    raw => (isServiceName(raw) ? raw : undefined),
);

export function isServiceName(raw: unknown): raw is string {
    return typeof raw === "string" && serviceNamePattern.test(raw) && raw !== "none" && !/-(blue|green)$/.test(raw);
}

/** A public host name, in lower case; `*` is every host. */
export const host = leaf(
    { wanted: 'a DNS name without port, "*.example.com", or "*" for every host', example: "shop.example.com" },
    raw => {
        const fits = typeof raw === "string" && raw.length <= 253 && (raw === "*" || hostPattern.test(raw));
        return fits ? raw.toLowerCase() : undefined;
    },
);

/** A public host name without a wildcard, in lower case. */
export const exactHost = leaf({ wanted: "a DNS name without port", example: "www.example.com" }, raw =>
    typeof raw === "string" && raw.length <= 253 && dnsNamePattern.test(raw) ? raw.toLowerCase() : undefined,
);

/**
 * The path of a route, with nothing that a request could write in two ways: no `%`, no empty and no dot segment, no
 * slash at the end.
 */
export const routePath = leaf(
    {
        wanted:
            "/ or a path such as /api or /api/v2: letters, digits, -._~ between single slashes, none at the end, " +
            "no segment . or .., and at most 200 letters",
        example: "/api",
    },
    raw => {
        const fits = typeof raw === "string" && raw.length <= 200 && /^\/(?:[A-Za-z0-9._~-]+(?:\/(?!$)|$))*$/.test(raw);
        return fits && !/\/\.{1,2}(?:\/|$)/.test(raw) ? raw : undefined;
    },
);

/** The value of a Host header. */
export const hostHeader = leaf({ wanted: "a DNS name or address, optionally with :port", example: "web" }, raw => {
    const match = typeof raw === "string" && raw.length <= 260 ? /^([^:]+)(?::(\d{1,5}))?$/.exec(raw) : null;
    return match && dnsNamePattern.test(match[1]!) && Number(match[2] ?? 1) <= 65535 ? match[0] : undefined;
});

/** The path of a request. It has no `#`, quote, `$`, backslash or space: these mean something in HAProxy's files. */
export const requestPath = textLike(/^\/(?:[A-Za-z0-9\-._~!&()*+,;=:@/?]|%[0-9A-Fa-f]{2}){0,255}$/, {
    wanted: "a path that starts with / and has only letters, digits, -._~!&()*+,;=:@/? and %XX",
    example: "/healthz",
});

export const secretNameLeaf = textLike(new RegExp(`^${secretName}$`), {
    wanted: "the name of a secret: letters, digits, _ . and -",
    example: "NAME",
});

/** A key of `relink:secrets`. */
export const secretKey = leaf(
    { wanted: "a key SERVICE.NAME with the name of a service and of its secret", example: "VALUE" },
    raw => {
        const dot = typeof raw === "string" ? raw.indexOf(".") : -1;
        const text = raw as string;
        const fits = dot > 0 && isServiceName(text.slice(0, dot)) && secretNamePattern.test(text.slice(dot + 1));
        return fits ? text : undefined;
    },
);
const secretNamePattern = new RegExp(`^${secretName}$`);

/** What Docker accepts as the name of a container, network or volume. */
export const dockerNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,62}$/;

/** Whether this is an absolute path without `..`, without `:` (Docker's separator) and without control characters. */
export function isAbsolutePath(raw: unknown): raw is string {
    return (
        typeof raw === "string" && raw.length <= 1024 && /^\/[^:\p{Cc}]*$/u.test(raw) && !/(^|\/)\.\.(\/|$)/.test(raw)
    );
}

export const absolutePath = (example: string) =>
    leaf({ wanted: "an absolute path without .. and :", example }, raw => (isAbsolutePath(raw) ? raw : undefined));

export const address = (example: string) =>
    leaf({ wanted: "an IP address", example }, raw =>
        typeof raw === "string" && isIP(raw) && !raw.includes("%") ? raw : undefined,
    );

/** `name:address`; `host-gateway` is Docker's word for the Docker host, `front` is relink's for an internal service. */
export const extraHost = leaf(
    { wanted: "NAME:ADDRESS with an IP address, host-gateway or front", example: "db.internal:10.0.0.5" },
    raw => {
        const match = typeof raw === "string" ? /^([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}))[:](.+)$/.exec(raw) : null;
        return match && (isIP(match[2]!) || ["host-gateway", "front"].includes(match[2]!)) ? match[0] : undefined;
    },
);

/** IPv4 CIDR, /16 to /24, whose address is the first of the subnet. */
export const subnet = leaf(
    { wanted: "an IPv4 subnet from /16 to /24 with no bit set beyond the prefix", example: "172.30.0.0/20" },
    raw => {
        const match = typeof raw === "string" ? /^([\d.]{7,15})\/(\d{2})$/.exec(raw) : null;
        if (!match || !isIPv4(match[1]!)) {
            return undefined;
        }
        const prefix = Number(match[2]);
        const bits = match[1]!.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        return prefix >= 16 && prefix <= 24 && bits % 2 ** (32 - prefix) === 0 ? match[0] : undefined;
    },
);

/** An address, or a network in CIDR notation; IPv4 or IPv6. */
export const network = leaf(
    { wanted: "an IP address, or a network such as 10.0.0.0/8 or 2001:db8::/32", example: "192.0.2.10" },
    raw => {
        const match = typeof raw === "string" ? /^([0-9a-fA-F:.]{2,45})(?:\/(\d{1,3}))?$/.exec(raw) : null;
        const version = isIP(match?.[1] ?? "");
        return match && version !== 0 && Number(match[2] ?? 0) <= (version === 4 ? 32 : 128) ? match[0] : undefined;
    },
);

/** The address of the Docker Engine. */
export const dockerEndpoint = leaf(
    { wanted: "unix:///PATH or tcp://HOST:PORT", example: "unix:///var/run/docker.sock" },
    raw => {
        if (typeof raw !== "string") {
            return undefined;
        }
        const tcp = /^tcp:\/\/([^:/@\s]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(raw);
        const isTcp =
            tcp !== null && (tcp[1]!.startsWith("[") || dnsNamePattern.test(tcp[1]!)) && Number(tcp[2]) <= 65535;
        return isTcp || (raw.startsWith("unix://") && isAbsolutePath(raw.slice(7))) ? raw : undefined;
    },
);

/** `host[:port]` of a registry. */
export const registryAddress = textLike(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::\d{1,5})?$/, {
    wanted: "the address of a registry, HOST or HOST:PORT, without scheme and path",
    example: "VALUE",
});

export const environmentName = leaf(
    {
        wanted: "the name of an environment variable; those that start with RELINK_ are set by relink",
        example: "VALUE",
    },
    raw =>
        typeof raw === "string" && /^[A-Za-z_][A-Za-z0-9_.-]{0,254}$/.test(raw) && !raw.startsWith("RELINK_")
            ? raw
            : undefined,
);

export const labelName = leaf(
    { wanted: "the name of a label in visible ASCII; those that start with relink. are reserved", example: "VALUE" },
    raw =>
        typeof raw === "string" && /^[\x21-\x7e]{1,255}$/.test(raw) && !raw.startsWith("relink.") ? raw : undefined,
);

/** @param wanted what the message says that it must be */
export function shellCommand(wanted: string) {
    return freeText({ wanted, example: "COMMAND" }, isNotBlank);
}

export function isNotBlank(text: string): boolean {
    return text.trim() !== "";
}

export const plainText = freeText({ wanted: "a text, a whole number, true or false", example: "VALUE" });
