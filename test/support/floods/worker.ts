/** The attackers' own process. It yields to the load client and to what is tested, so that those do not starve. */
import { setPriority } from "node:os";
import { badTls } from "./badTls";
import { continuations, pingsAndSettings, rapidReset } from "./http2Floods";
import { idleConnections } from "./idle";
import { malformedHeads } from "./malformedHeads";
import type { FloodKind, FromAttackers, Target, ToAttackers } from "./messages";
import { slowHeads } from "./slowHeads";
import { Tally } from "./Tally";

/** It ends after this long by itself, milliseconds. */
const longestMs = 300_000;

const attackers: Record<FloodKind, (target: Target, tally: Tally) => void> = {
    "idle connections": idleConnections,
    "slow heads": slowHeads,
    "malformed heads": malformedHeads,
    "bad TLS": badTls,
    "rapid reset": rapidReset,
    CONTINUATION: continuations,
    "PING and SETTINGS": pingsAndSettings,
};
const tallies: Partial<Record<FloodKind, Tally>> = {};

setPriority(10);
process.on("message", (message: ToAttackers) => {
    if (message.type === "start") {
        for (const kind of message.kinds) {
            const tally = new Tally();
            tallies[kind] = tally;
            attackers[kind](message.target, tally);
        }
        return;
    }
    const told: FromAttackers = Object.fromEntries(Object.entries(tallies).map(([kind, { counts }]) => [kind, counts]));
    process.send?.(told, () => process.exit(0));
});
process.on("disconnect", () => process.exit(0));
setTimeout(() => process.exit(1), longestMs);
