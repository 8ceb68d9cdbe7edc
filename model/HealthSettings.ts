/** HTTP statuses, both ends included. */
export interface StatusRange {
    /** Lowest status that counts as healthy. */
    from: number;
    /** Highest status that counts as healthy. */
    to: number;
}

/** How the front and the proof check that a container works. */
export interface HealthSettings {
    /** Path of the HTTP check, with a leading slash; undefined when `tcp` is true. @default "/" */
    path?: string;
    /** The check only connects, and sends no request. @default false, true for a TCP service without path */
    tcp: boolean;
    /** Port that is checked, of a TCP service. @default undefined (the service's own) */
    port?: number;
    /** What the check of a TCP service sends first. @default undefined (nothing) */
    send?: string;
    /** A part of the answer that the check of a TCP service waits for. @default undefined (a connection is enough) */
    expect?: string;
    /**
     * Docker's own health check inside the container, in addition to the front's: a program and its arguments. A text
     * in the config becomes `["/bin/sh", "-c", text]`. An empty list turns off the image's check too.
     * @default undefined (the image's, if it has one)
     */
    command?: string[];
    /** Time between two of Docker's checks, milliseconds. @default intervalMs, or what the image says */
    commandIntervalMs?: number;
    /** Time that one of Docker's checks may take, milliseconds. @default timeoutMs, or what the image says */
    commandTimeoutMs?: number;
    /**
     * How many of Docker's checks fail in a row until a container is unhealthy.
     * @default fall, or what the image says
     */
    commandRetries?: number;
    /**
     * Time after the start in which failed checks of Docker do not count, milliseconds.
     * @default none, or what the image says
     */
    startPeriodMs?: number;
    /** Host header of the HTTP check. @default the first exact host, else the service's name */
    host: string;
    /**
     * The config does not set the host above. A derived host is not part of the release's id, so that a new route is
     * not a new release.
     */
    hostIsDefault: boolean;
    /** Statuses that count as healthy. @default 200-399 (HAProxy's default) */
    status: StatusRange;
    /** Time between two checks, milliseconds. @default 2000 (HAProxy's `inter`) */
    intervalMs: number;
    /** Time that one check may take, milliseconds. @default 2000 */
    timeoutMs: number;
    /** How many checks succeed in a row until a server is up. @default 2 (HAProxy's `rise`) */
    rise: number;
    /** How many checks fail in a row until a server is down. @default 3 (HAProxy's `fall`) */
    fall: number;
}
