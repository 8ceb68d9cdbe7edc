import type { StatusRange } from "./HealthSettings";

/** One request and what its answer must be. */
export interface HttpCheck {
    /** @default "/" */
    path: string;
    /** @default 200-299 */
    status: StatusRange;
    /** A text that the first 4 kB of the answer must contain. @default undefined */
    body?: string;
    /** A header that the answer must have, `name: value`. @default undefined */
    header?: string;
}

/** One step of the user's own: exactly one of `command`, `webhook` and `http`. */
export interface HookSettings {
    /** A shell command, run on the machine that runs Pulumi. */
    command?: string;
    /** A URL that gets a POST with a JSON body; a status of 200 to 299 is good. */
    webhook?: string;
    /** A request to the new release: by its preview address before the promotion, by the public one after it. */
    http?: HttpCheck;
    /** Time for one try, milliseconds. @default 300000 */
    timeoutMs: number;
    /** Further tries, a second apart. @default 0 */
    retries: number;
    /**
     * What it means when no try ended in time: `hold` that nobody knows, so nothing moves; `rollback` that it failed;
     * `continue` that it passed. @default "hold"
     */
    onTimeout: "hold" | "rollback" | "continue";
}

/** When the user's own steps run. */
export interface HooksSettings {
    /** Once per release, before any container of it is made: migrations. A failure stops the release. */
    preDeploy?: HookSettings;
    /** After the proof and before the link moves; a failure stops the release. */
    prePromotion?: HookSettings;
    /** After the link has moved; a failure moves it back. */
    postPromotion?: HookSettings;
    /** After the link was moved back; its outcome is only reported. */
    onRollback?: HookSettings;
}
