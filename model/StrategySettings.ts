/** `strategy: rolling`: inside the live color, container by container (docs/rolling.md). */
export interface RollingSettings {
    /** How many go at a time: a number, half of the old ones (rounded up), or the whole service at once. @default 1 */
    step: number | "half" | "service";
    /** Time between a new container's coming up and the next one's turn, milliseconds; not with `service`. @default 0 */
    gracePeriodMs: number;
    /**
     * `startFirst`: a new one is proved before an old one leaves. `stopFirst`: an old one leaves before the new one starts.
     * @default "startFirst"
     */
    order: "startFirst" | "stopFirst";
    /** One new container must be healthy within this time, milliseconds; also the longest wait for an unhealthy old one. @default 60000 */
    healthcheckTimeoutMs: number;
    /** Where nothing checks a container's health, it must run for this long, milliseconds. @default 10000 */
    waitMs: number;
    /** Time that a new container must stay healthy beyond `minHealthyTime`, milliseconds. @default 0 */
    waitAfterHealthyMs: number;
    /** A shell command for each old container, once it is out of traffic and before it is stopped. @default undefined */
    preStopCommand?: string;
    /** Where that command runs: on the machine that runs Pulumi, or in the container. @default "host" */
    preStopIn: "host" | "container";
    /** After the command, wait until the old container's health check fails. @default false */
    preStopWaitUntilUnhealthy: boolean;
}

/** One step of a canary. */
export interface CanaryStep {
    /** Share of requests that the new release gets, percent, 1 to 99; 0 where none is held. */
    weight: number;
    /** Containers of the new release from then on. @default all `replicas` */
    replicas?: number;
    /** How long the step lasts, milliseconds. @default bakeTimeMs */
    pauseMs: number;
    /** The new release is judged meanwhile, by `analysis`. @default true */
    analysis: boolean;
}

/** `strategy: canary`: the idle color gets the new release and a share of the requests (docs/canary.md). */
export interface CanarySettings {
    /**
     * Shares one after another, each more than the one before, and with no fewer containers. A `weight` below 100 that is
     * held is one step.
     */
    steps: CanaryStep[];
    /** After the last step the new release gets everything; if false, the last step is held until the config changes. */
    promotes: boolean;
    /**
     * `none`: each request is shared out. `cookie`, `hash` (of the client's address): each user is, and a greater share
     * leaves the users of the new release there. @default "none"
     */
    sticky: "none" | "cookie" | "hash";
}

/** How a new release takes the place of the old one. */
export type StrategySettings =
    | { kind: "blueGreen" }
    | ({ kind: "rolling" } & RollingSettings)
    | ({ kind: "canary" } & CanarySettings);
