import type { ServerRow } from "../model/FrontState";

/** The rows of one backend in `show stat`. */
interface BackendRows {
    own?: ServerRow;
    servers: Map<string, ServerRow>;
    isTcp: boolean;
}

/**
 * Parses `show stat`.
 * @returns backend -> its own row, the rows of its servers, and whether it passes on connections
 */
export function parseStat(csv: string): Map<string, BackendRows> {
    const [head, ...lines] = csv.split("\n").filter(line => line !== "");
    if (!head?.startsWith("# ")) {
        throw new Error(`show stat answered: ${csv.slice(0, 200)}`);
    }
    const names = head.slice(2).split(",");
    const backends = new Map<string, BackendRows>();
    for (const line of lines) {
        const cells = splitCsv(line);
        const cell = (name: string) => cells[names.indexOf(name)] ?? "";
        const number = (name: string) => Number(cell(name) || 0);
        const lastRequest = cell("lastsess");
        const row: ServerRow = {
            status: cell("status"),
            checkStatus: cell("check_status").replace(/^\* /, ""),
            checkCode: cell("check_code") === "" ? undefined : number("check_code"),
            checkWords: [cell("check_desc"), cell("last_chk")].filter(words => words !== "").join(": "),
            scur: number("scur"),
            qcur: number("qcur"),
            stot: number("stot"),
            failedChecks: number("chkfail"),
            downs: number("chkdown"),
            lastChangeSeconds: number("lastchg"),
            responses: ["1xx", "2xx", "3xx", "4xx", "5xx", "other"].reduce(
                (sum, kind) => sum + number(`hrsp_${kind}`),
                0,
            ),
            responses5xx: number("hrsp_5xx"),
            averageResponseMs: number("rtime"),
            connectErrors: number("econ"),
            responseErrors: number("eresp"),
            lastRequestSeconds: lastRequest === "" || lastRequest === "-1" ? undefined : Number(lastRequest),
            retries: number("wretr"),
            redispatches: number("wredis"),
        };
        const backend = backends.get(cell("pxname")) ?? { servers: new Map<string, ServerRow>(), isTcp: false };
        backends.set(cell("pxname"), backend);
        if (cell("svname") === "BACKEND") {
            backend.own = row;
            backend.isTcp = cell("mode") === "tcp";
        } else if (cell("svname") !== "FRONTEND") {
            backend.servers.set(cell("svname"), row);
        }
    }
    return backends;
}

/** Splits a line of CSV. HAProxy quotes check results that contain commas or quotes. */
function splitCsv(line: string): string[] {
    if (!line.includes('"')) {
        return line.split(",");
    }
    return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) =>
        cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!,
    );
}

/** One line of `show servers state`. */
export interface ServerState {
    backend: string;
    server: string;
    address: string;
    /** 0 where the backend chooses one for each request. */
    port: number;
    id: number;
    /** 0 down, 1 starting, 2 up, 3 stopping. */
    operationalState: number;
    /** Bits; {@link adminOf} interprets them. */
    adminState: number;
}

/** Parses `show servers state [BACKEND]`, format 1. */
export function parseServersState(text: string): ServerState[] {
    const [format, head, ...lines] = text.split("\n");
    if (format !== "1" || !head?.startsWith("# ")) {
        throw new Error(`show servers state answered: ${text.slice(0, 200)}`);
    }
    const names = head.slice(2).split(" ");
    return lines
        .filter(line => line !== "")
        .map(line => {
            const cells = line.split(" ");
            const cell = (name: string) => cells[names.indexOf(name)] ?? "";
            return {
                backend: cell("be_name"),
                server: cell("srv_name"),
                address: cell("srv_addr"),
                port: Number(cell("srv_port")),
                id: Number(cell("srv_id")),
                operationalState: Number(cell("srv_op_state")),
                adminState: Number(cell("srv_admin_state")),
            };
        });
}

/**
 * Interprets the bits of an administrative state. Bit 4 stays set for ever where the file has `disabled`, so it does not count.
 */
export function adminOf(adminState: number): "ready" | "drain" | "maint" {
    if ((adminState & 0b10_0011) !== 0) {
        return "maint";
    }
    return (adminState & 0b1_1000) !== 0 ? "drain" : "ready";
}

/** Parses `show map`. Each line has an address in memory, the key and the value. */
export function parseMap(text: string): Map<string, string> {
    if (/^Unknown map identifier/.test(text)) {
        throw new Error(`show map answered: ${text}`);
    }
    const entries = new Map<string, string>();
    for (const line of text.split("\n")) {
        const [, key, value] = /^0x[0-9a-f]+ (\S+) (\S+)$/.exec(line) ?? [];
        if (key !== undefined && value !== undefined && !entries.has(key)) {
            entries.set(key, value);
        }
    }
    return entries;
}

/**
 * Parses `get map`. A map of prefixes answers with the longest prefix of the key, so the key that it found is compared too.
 * @returns the key's value; undefined where the map does not have the key
 */
export function parseMapEntry(text: string, key: string): string | undefined {
    if (!/\bfound=(?:yes|no)\b/.test(text)) {
        throw new Error(`get map answered: ${text}`);
    }
    const [, found, value] = / key="([^"]*)", value="([^"]*)"/.exec(text) ?? [];
    return found === key ? value : undefined;
}

/** What `show proc` says of a master and its workers. */
export interface Processes {
    master?: { pid: number; reloads: number; failedReloads: number; version: string };
    workers: { pid: number; old: boolean; reloads: number }[];
}

/** Parses `show proc`. There is no master where the text is not an answer. */
export function parseProcesses(text: string): Processes {
    const processes: Processes = { workers: [] };
    let old = false;
    for (const line of text.split("\n")) {
        if (line.startsWith("# ")) {
            old = line.startsWith("# old workers");
            continue;
        }
        const [, pid, type, reloads, failed, version] =
            /^(\d+)\s+(master|worker)\s+(\d+)(?:\s+\[failed: (\d+)\])?\s+\S+\s+(\S+)/.exec(line) ?? [];
        if (type === "master") {
            processes.master = {
                pid: Number(pid),
                reloads: Number(reloads),
                failedReloads: Number(failed ?? 0),
                version: version!,
            };
        } else if (type === "worker") {
            processes.workers.push({ pid: Number(pid), old, reloads: Number(reloads) });
        }
    }
    return processes;
}

/** Parses `show env NAME`. */
export function parseEnvironment(text: string, name: string): string | undefined {
    return text.startsWith(`${name}=`) ? text.slice(name.length + 1).trim() : undefined;
}

/** Finds one field of `show info`. */
export function parseInfo(text: string, field: string): string | undefined {
    return new RegExp(`^${field}: (.*)$`, "m").exec(text)?.[1]?.trim();
}

/** Parses the answer to the master's `reload`. */
export function parseReload(text: string): { success: boolean; log: string } {
    const match = /^Success=([01])\n(?:--\n)?/.exec(`${text}\n`);
    if (match === null) {
        throw new Error(`reload answered: ${text || "nothing"} (HAProxy 3.0 or later says Success=1 or Success=0)`);
    }
    return { success: match[1] === "1", log: text.slice(match[0].length).trim() };
}
