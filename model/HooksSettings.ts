import type { StatusRange } from "./HealthSettings";

/** One request, and what its answer must be like. */
export interface HttpCheck {
    /** Path of the request. @default "/" */
    path: string;
    /** Statuses that pass. @default 200-299 */
    status: StatusRange;
    /** A text that the first 4 kB of the answer must contain. @default undefined */
    body?: string;
    /** A header that the answer must have, `name: value`. @default undefined */
    header?: string;
}

/** One of the user's own steps: exactly one of `command`, `webhook` and `http`. */
export interface HookSettings {
    /** A shell command. The machine that runs Pulumi runs it. */
    command?: string;
    /** A URL that gets a POST with a JSON body. A status from 200 to 299 passes. */
    webhook?: string;
    /** A request to the new release: to its preview address before the promotion, to the public one after it. */
    http?: HttpCheck;
    /** Time for one try, milliseconds. @default 300000 */
    timeoutMs: number;
    /** How many further tries there are, one second apart. @default 0 */
    retries: number;
    /**
     * What it means when no try ended in time. `hold`: the outcome is unknown, and the link does not move. `rollback`:
     * the hook failed. `continue`: the hook passed. @default "hold"
     */
    onTimeout: "hold" | "rollback" | "continue";
}

/** When the user's own steps run. */
export interface HooksSettings {
    /** Once per release, before its first container is created: migrations. A failure stops the release. */
    preDeploy?: HookSettings;
    /** After the proof, before the link moves. A failure stops the release. */
    prePromotion?: HookSettings;
    /** After the link has moved. A failure moves it back. */
    postPromotion?: HookSettings;
    /** After the link was moved back. The outcome is only reported. */
    onRollback?: HookSettings;
}
