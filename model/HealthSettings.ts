/** HTTP statuses, both ends included. */
export interface StatusRange {
    /** Lowest status that counts as healthy. */
    from: number;
    /** Highest status that counts as healthy. */
    to: number;
}

/** How the front and the proof find out that a container works. */
export interface HealthSettings {
    /** Path of the HTTP check, with a leading slash; undefined when `tcp` is true. @default "/" */
    path?: string;
    /** Only connect, do not ask. @default false */
    tcp: boolean;
    /**
     * Docker's own health check inside the container, in addition to the front's: a program and its arguments
     * (a config string becomes `["/bin/sh", "-c", string]`); an empty list is none, the image's neither.
     * @default undefined (the image's, if it has one)
     */
    command?: string[];
    /** Time between two of Docker's checks, milliseconds. @default intervalMs, or what the image says of its own */
    commandIntervalMs?: number;
    /** Time that one of Docker's checks may take, milliseconds. @default timeoutMs, or what the image says */
    commandTimeoutMs?: number;
    /** Bad ones of Docker's checks in a row until a container is unhealthy. @default fall, or what the image says */
    commandRetries?: number;
    /** Bad ones of Docker's checks do not count for this long after the start, milliseconds. @default none, or what the image says */
    startPeriodMs?: number;
    /** Host header of the HTTP check. @default the first exact host, else the service's name */
    host: string;
    /**
     * The host above was not set, but derived: it does not count for the release's id, or a new route would be a new
     * release.
     */
    hostIsDefault: boolean;
    /** Statuses that count as healthy. @default 200-399 (HAProxy's own default) */
    status: StatusRange;
    /** Time between two checks, milliseconds. @default 2000 (HAProxy's `inter`) */
    intervalMs: number;
    /** Time that one check may take, milliseconds. @default 2000 */
    timeoutMs: number;
    /** Good checks in a row until a server is up. @default 2 (HAProxy's `rise`) */
    rise: number;
    /** Bad checks in a row until a server is down. @default 3 (HAProxy's `fall`) */
    fall: number;
}
