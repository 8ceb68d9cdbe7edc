import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FloodKind, FromAttackers, Target, ToAttackers } from "./messages";

/** Attacks that go on. */
export interface Flood {
    /**
     * Ends them.
     * @returns what happened to each attacker, by its kind
     * @throws Error where the attackers ended before
     */
    stop(): Promise<FromAttackers>;
}

/** Starts attacks in a process of their own. It ends at the latest with this process. */
export function startFlood(kinds: FloodKind[], target: Target): Flood {
    const loader = join(__dirname, "../../../startup/loadTypeScript.js");
    const child = fork(join(__dirname, "worker.ts"), [], { execArgv: ["--require", loader] });
    const told = once(child, "message").then(([counts]) => counts as FromAttackers);
    const ended = once(child, "exit").then(([code, signal]) => {
        throw new Error(`the attackers ended with ${signal ?? `exit code ${code}`}`);
    });
    ended.catch(() => {});
    const say = (message: ToAttackers) => child.send(message);
    say({ type: "start", kinds, target });
    return {
        async stop() {
            if (child.connected) {
                say({ type: "stop" });
            }
            const counts = await Promise.race([told, ended]);
            await ended.catch(() => {});
            return counts;
        },
    };
}
