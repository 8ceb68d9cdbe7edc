/** `strategy: rolling`: the live color gets the release, container by container (docs/rolling.md). */
export interface RollingSettings {
    /**
     * How many containers are replaced at a time: a number, half of them (rounded up), or the whole service.
     * @default 1
     */
    step: number | "half" | "service";
    /** Pause after each step, milliseconds; not with `step: service`. @default 0 */
    gracePeriodMs: number;
    /**
     * `startFirst`: a new container is proved before an old one leaves. `stopFirst`: an old one leaves before the new
     * one starts.
     * @default "startFirst"
     */
    order: "startFirst" | "stopFirst";
    /**
     * A new container must be healthy within this time, milliseconds. Also the longest wait of
     * `preStopWaitUntilUnhealthy`.
     * @default 60000
     */
    healthcheckTimeoutMs: number;
    /** A new container without any health check must run for this long, milliseconds. @default 10000 */
    waitMs: number;
    /** How much longer than `minHealthyTime` a new container must stay healthy, milliseconds. @default 0 */
    waitAfterHealthyMs: number;
    /** A shell command for each old container, after it has lost its traffic and before it stops. @default undefined */
    preStopCommand?: string;
    /** Where that command runs: `host` is the machine that runs Pulumi. @default "host" */
    preStopIn: "host" | "container";
    /** After the command, wait until the old container's health check fails. @default false */
    preStopWaitUntilUnhealthy: boolean;
}

/** One step of a canary. */
export interface CanaryStep {
    /**
     * The share of requests that the new release gets, percent: 1 to 99, `chosenUsersPercent` for the chosen users alone, or 0
     * for a canary that is held without requests.
     */
    weight: number;
    /** How many containers the new release has from this step on. @default all `replicas` */
    replicas?: number;
    /** How long the step lasts, milliseconds. @default bakeTimeMs */
    pauseMs: number;
    /** Whether the new release is judged meanwhile, by `analysis`. @default true */
    analysis: boolean;
}

/** Users who are chosen by what their requests carry: a header with a value, or a cookie with a value or with any. */
export type UserMatch = { header: string; value: string } | { cookie: string; value?: string };

/** `strategy: canary`: the idle color gets the new release and a share of the requests (docs/canary.md). */
export interface CanarySettings {
    /**
     * The shares one after another. Each is greater than the one before, and has at least as many containers. A
     * `weight` below 100 is a single step, which is held.
     */
    steps: CanaryStep[];
    /**
     * After the last step the new release gets all requests. If false, the last step is held until the config changes.
     */
    promotes: boolean;
    /**
     * `none`: each request is shared out. `cookie` or `hash` (of the client's address): each user stays on one color,
     * and a greater share leaves the users of the new release there. @default "none"
     */
    sticky: "none" | "cookie" | "hash";
    /**
     * Users who get the new release whatever its share is. With `weight: 0` they alone do, and the step has the share
     * `chosenUsersPercent` (model/Share.ts).
     * @default undefined (nobody is chosen)
     */
    match?: UserMatch[];
}

/** How a new release takes the place of the old one. */
export type StrategySettings =
    | { kind: "blueGreen" }
    | ({ kind: "rolling" } & RollingSettings)
    | ({ kind: "canary" } & CanarySettings);
