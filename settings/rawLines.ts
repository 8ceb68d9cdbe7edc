import { z } from "zod";
import { leaf, listOf } from "./leaves";

/** The words that begin a section of HAProxy's configuration (3.0 to 3.2). */
const sections = [
    "acme",
    "backend",
    "cache",
    "crt-store",
    "defaults",
    "fcgi-app",
    "frontend",
    "global",
    "healthcheck",
    "http-errors",
    "listen",
    "log-forward",
    "log-profile",
    "mailers",
    "peers",
    "program",
    "resolvers",
    "ring",
    "traces",
    "userlist",
];

/**
 * A user's own line of HAProxy's configuration. It stays inside its section: it begins no other one, and no condition
 * (`.if`) that would reach beyond it. HAProxy itself checks the rest.
 */
const rawLine = (example: string) =>
    leaf(
        {
            wanted: "one line of HAProxy's configuration, of printable ASCII, that begins no section, no comment and no .if",
            example,
        },
        raw => (typeof raw === "string" && staysInSection(raw) ? raw : undefined),
    );

/** The first word is plain: HAProxy would also take `"backend"` or `back\\end` for the word that begins a section. */
function staysInSection(line: string): boolean {
    const [, keyword = ""] = /^(?:(?:no|default) +)?([a-z0-9][a-z0-9.-]*)(?: [ -~]*[!-[\]-~])?$/.exec(line) ?? [];
    return keyword !== "" && line.length <= 1_000 && !sections.includes(keyword) && !line.includes("RELINK_");
}

/** `relink:front.haproxy`. */
export const frontLines = z
    .strictObject({
        global: listOf(rawLine("tune.h2.fe.max-concurrent-streams 50")).prefault([]),
        frontend: listOf(rawLine("http-request deny if { path_beg /internal }")).prefault([]),
    })
    .prefault({});

/** `relink:services.NAME.haproxy`. */
export const backendLines = z.strictObject({ backend: listOf(rawLine("balance leastconn")).prefault([]) }).prefault({});
