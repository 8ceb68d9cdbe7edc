import { planRows } from "../../../plan/Plan";
import { phases } from "../../../up/phases";
import { type Edit, edits, type Restart, restarts } from "./byHand";
import type { End, SimulatedUp } from "./SimulatedUp";

/** What becomes of a canary. */
const canaryTurns = [
    "held",
    "promoted",
    "grown",
    "given back",
    "judged bad",
    "finished",
    "taken back",
    "judged on",
] as const;

/** What became of a canary by this `up`. */
export function turnsOf({ made, before, faults }: SimulatedUp, end: End): (typeof canaryTurns)[number][] {
    const { recovery, link } = made;
    const isWalking = (link.walk?.steps.length ?? 0) > 0;
    const isDone = end === "done";
    const turns = {
        held: isDone && isWalking && link.live === before.live,
        promoted: isDone && isWalking && link.live !== before.live,
        grown: isDone && (made.blue.deployed ?? made.green.deployed) !== undefined,
        "given back": isDone && recovery?.kind === "withdraw",
        "judged bad": end === "failed" && isWalking && faults.bake === "bad",
        finished: isDone && recovery?.kind === "finish" && recovery.percent !== undefined,
        "taken back": isDone && recovery?.kind === "undo" && link.walk !== undefined,
        "judged on": isDone && recovery?.kind === "bake" && recovery.percent !== undefined,
    };
    return canaryTurns.filter(turn => turns[turn]);
}

/** How often everything came up, so that the lives cannot silently pass by it. */
export class Coverage {
    readonly rows = counter(planRows);
    readonly deaths = counter(phases);
    /** Faults that came up, by the phase in which they did. */
    readonly faults: Record<string, number> = {};
    readonly edits = counter(Object.keys(edits) as Edit[]);
    readonly restarts = counter(Object.keys(restarts) as Restart[]);
    readonly races = counter(["refused", "takes over"] as const);
    readonly canaries = counter(canaryTurns);
}

function counter<T extends string>(names: readonly T[]): Record<T, number> {
    return Object.fromEntries(names.map(name => [name, 0])) as Record<T, number>;
}
