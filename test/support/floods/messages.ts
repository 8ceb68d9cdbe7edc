/** The kinds of attacks. */
export const floodKinds = [
    "idle connections",
    "slow heads",
    "malformed heads",
    "bad TLS",
    "rapid reset",
    "CONTINUATION",
    "PING and SETTINGS",
] as const;

export type FloodKind = (typeof floodKinds)[number];

/** Where a public listener can be reached. */
export interface Listener {
    host: string;
    http: number;
    https: number;
}

/** What is attacked. */
export interface Target {
    /** On 127.0.0.1, as users reach it. Docker forwards it by a process of its own, with a limit of open files of its own. */
    published: Listener;
    /** In the front's network, without that process in between. */
    inside: Listener;
    /** A host that the front has a service and a certificate for. */
    host: string;
    /** So many idle connections. */
    idle: number;
}

/** What the attackers' process is told. It ends with the channel. */
export type ToAttackers = { type: "start"; kinds: FloodKind[]; target: Target } | { type: "stop" };

/** What happened to each attacker, by its kind. Said once, before the process ends. */
export type FromAttackers = Partial<Record<FloodKind, Record<string, number>>>;
