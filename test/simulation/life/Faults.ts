import type { CommandHook } from "../../../model/CommandHook";

/** What goes wrong in one `up`. */
export interface Faults {
    /** The container that is proved after so many others is not healthy, or cannot even be started. */
    proof?: { after: number; how: "unhealthy" | "cannot start" };
    /** What the confirming request finds after the switch. */
    confirm: "good" | "wrong" | "lost";
    /** What comes of the judgement of a new release that is live. */
    bake: "good" | "bad" | "unknown";
    /** A hook that fails. */
    hook?: CommandHook;
    /** Requests stay open until `drainTimeout`; then they are cut, or the release stops. */
    drain: "good" | "cut" | "stop";
    /** A user's command before the end of a container fails (rolling). */
    preStop: boolean;
    /** What has lost its traffic cannot be stopped. */
    cleanUp: boolean;
    /** Which of several tasks that run at the same time goes on. */
    order: number;
}

export const noFaults: Faults = {
    confirm: "good",
    bake: "good",
    drain: "good",
    preStop: false,
    cleanUp: false,
    order: 0,
};
