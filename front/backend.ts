import { backendName, checked, checkedInteger, serverId, slotName } from "../haproxy/names";
import type { Color } from "../model/Color";
import type { HealthSettings } from "../model/HealthSettings";
import { wiringOf } from "../model/Wiring";
import { toAscii } from "../text/ascii";
import { type ContainerPorts, portChecks, portRules } from "./ports";
import { rawLines } from "./rawLines";
import type { StickyCookie } from "./stickyCookie";

/** The settings of one color's backend, which are its release's, and its slots. */
export interface BackendSpec extends ContainerPorts {
    service: string;
    color: Color;
    health: Pick<
        HealthSettings,
        "path" | "tcp" | "port" | "send" | "expect" | "host" | "status" | "intervalMs" | "timeoutMs" | "rise" | "fall"
    >;
    /** Each connection to a container begins with the PROXY protocol. @default undefined (it does not) */
    sendProxy?: "v2";
    /** How long a container may send nothing during a request, milliseconds. @default the front's */
    serverTimeoutMs?: number;
    /** The user's own lines. @default [] */
    lines?: readonly string[];
    /** Keeps each user on one container. @default undefined (each request goes to any) */
    sticky?: StickyCookie;
    /** Every slot that the color can use without a reload. A slot without a container is not enabled. */
    slots: { number: number; address: string; enabled: boolean }[];
}

/**
 * Renders `conf/20-SERVICE-COLOR.cfg`. It does not name the release: releases with the same port and health check have the
 * same text, and need no reload.
 * @throws Error where a value is out of its range
 */
export function renderBackend(spec: BackendSpec): string {
    const port = checkedInteger("port", spec.port, 1, 65535);
    const { health } = spec;
    const wiring = wiringOf(spec);
    const interval = checkedInteger("health.interval", health.intervalMs, 1, 2_147_483_647);
    const lines = [
        `# Service ${checked("service", spec.service)}, color ${checked("color", spec.color)}: one server per slot; \`disabled\` are the slots without a container.`,
        `backend ${backendName(spec.service, spec.color)} from relink`,
        ...(spec.protocol === "tcp" ? ["    mode tcp"] : []),
        "    balance roundrobin",
        ...portRules(spec),
        ...check(spec),
        `    timeout check ${checkedInteger("health.timeout", health.timeoutMs, 1, 2_147_483_647)}ms`,
    ];
    if (spec.serverTimeoutMs !== undefined) {
        lines.push(`    timeout server ${checkedInteger("timeouts.server", spec.serverTimeoutMs, 1, 2_147_483_647)}ms`);
    }
    const rise = checkedInteger("health.rise", health.rise, 1, 1000);
    const fall = checkedInteger("health.fall", health.fall, 1, 1000);
    // A server that is going up or down is checked more often. No option cuts its sessions when it goes down, so that a failing
    // container can still answer.
    lines.push(
        `    default-server check${protocolWords(spec)} inter ${interval}ms fastinter ${Math.min(500, interval)}ms downinter ${Math.min(1000, interval)}ms rise ${rise} fall ${fall}`,
    );
    if (health.port !== undefined) {
        lines.push(`    default-server port ${checkedInteger("health.port", health.port, 1, 65535)}`);
    }
    if (spec.sendProxy !== undefined) {
        lines.push("    default-server send-proxy-v2");
    }
    lines.push(...stickyLines(spec.sticky));
    lines.push(...rawLines(`services.${spec.service}.haproxy.backend`, spec.lines));
    const seen = new Set<number>();
    for (const slot of [...spec.slots].sort((one, two) => one.number - two.number)) {
        if (seen.has(slot.number)) {
            throw new Error(`Slot ${slot.number} of ${backendName(spec.service, spec.color)} is there twice.`);
        }
        seen.add(slot.number);
        const at = spec.routePorts === undefined ? `:${port}` : "";
        const id = wiring === undefined ? "" : ` id ${serverId(slot.number, wiring)}`;
        const place = `${checked("address", slot.address)}${at}${id}`;
        lines.push(`    server ${slotName(slot.number)} ${place}${slot.enabled ? "" : " disabled"}`);
    }
    return `${lines.join("\n")}\n`;
}

/** A check that only connects has no protocol: it sends nothing. */
function protocolWords({ protocol, health }: BackendSpec): string {
    return protocol !== "h2c" ? "" : ` proto h2${health.path === undefined ? "" : " check-proto h2"}`;
}

function stickyLines(sticky: StickyCookie | undefined): string[] {
    return sticky === undefined
        ? []
        : [
              "    # A cookie keeps each user on one container. Its value is made from the container's address and this key.",
              `    cookie ${checked("cookie name", sticky.name)} insert indirect nocache httponly dynamic attr SameSite=Lax`,
              `    dynamic-cookie-key ${checked("cookie key", sticky.key)}`,
          ];
}

function check(spec: BackendSpec): string[] {
    const { health } = spec;
    if (health.expect !== undefined) {
        return conversation(health.send, health.expect);
    }
    if (health.tcp || health.path === undefined) {
        return ["    # Health check: a connection.", ...portChecks(spec, undefined)];
    }
    const from = checkedInteger("health.status", health.status.from, 100, 599);
    const to = checkedInteger("health.status", health.status.to, from, 599);
    const send = `    http-check send meth GET uri ${checked("path", health.path)} ver HTTP/1.1 hdr host ${checked("host header", health.host)}`;
    return [
        "    option httpchk",
        ...portChecks(spec, send),
        send,
        `    http-check expect status ${from === to ? from : `${from}-${to}`}`,
    ];
}

/** The texts are in hexadecimal, so that none of their letters means anything to HAProxy. */
function conversation(send: string | undefined, expect: string): string[] {
    const hexOf = (text: string) => Buffer.from(text, "utf8").toString("hex");
    const words = (text: string) => toAscii(JSON.stringify(text));
    const sent = send === undefined ? "" : `send ${words(send)}, `;
    return [
        `    # Health check: ${sent}expect ${words(expect)}.`,
        "    option tcp-check",
        ...(send === undefined ? [] : [`    tcp-check send-binary ${hexOf(send)}`]),
        `    tcp-check expect binary ${hexOf(expect)}`,
    ];
}
