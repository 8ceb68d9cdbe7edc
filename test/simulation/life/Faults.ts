import type { CommandHook } from "../../../model/CommandHook";
import type { PortFault } from "./PortFault";

/** What goes wrong in one `up`. */
export interface Faults {
    /** The container that is proved after so many others is not healthy, or cannot even be started. */
    proof?: { after: number; how: "unhealthy" | "cannot start" };
    /** What the confirming request finds after the switch. */
    confirm: "good" | "wrong" | "lost" | "another worker";
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
    /** How many steps the connections last that a worker has when a reload replaces it. */
    connections: number;
    /** The step at which HAProxy is reloaded for another service. */
    reload?: number;
    /** A call of a port that goes wrong. */
    port?: PortFault;
    /** Which of several tasks that run at the same time goes on. */
    order: number;
}

export const noFaults: Faults = {
    confirm: "good",
    bake: "good",
    drain: "good",
    preStop: false,
    cleanUp: false,
    connections: 0,
    order: 0,
};
