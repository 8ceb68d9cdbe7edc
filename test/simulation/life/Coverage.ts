import { planRows } from "../../../plan/Plan";
import { type Phase, phases } from "../../../up/phases";
import { type Edit, edits, type Illness, illnesses, type Restart, restarts } from "./byHand";
import { portCalls } from "./PortFault";
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

/** What becomes of failover. */
const failoverTurns = ["waits", "answers", "followed"] as const;

/**
 * Of the front, a life has its start alone. Its certificates change in test/unit/up/applyFront.test.ts and test/e2e/https.test.ts,
 * and its HAProxy in test/unit/up/handOver.test.ts and test/e2e/front-image.test.ts.
 */
const simulatedPhases: Phase[] = phases.filter(
    phase => phase === "front: start" || !/^(?:front|certificate):/.test(phase),
);

/** What happens to several services behind one front. */
const houseTurns = [
    "an up",
    "an up dies",
    "a service is removed",
    "a place is handed over",
    "refused",
    "takes over",
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

/** What became of failover by this `up`. */
export function failoverTurnsOf({ made, world }: SimulatedUp, end: End): (typeof failoverTurns)[number][] {
    const { failover } = world.look();
    return [
        ...(failover === undefined ? [] : [failover]),
        ...(end === "done" && made.recovery?.kind === "failover" ? (["followed"] as const) : []),
    ];
}

/** How often everything came up, so that the lives cannot silently pass by it. */
export class Coverage {
    readonly rows = counter(planRows);
    readonly deaths = counter(simulatedPhases);
    /** Calls of ports that went wrong, in whichever way. */
    readonly calls = counter(portCalls);
    /** Faults that came up, by the phase in which they did. */
    readonly faults: Record<string, number> = {};
    readonly edits = counter(Object.keys(edits) as Edit[]);
    readonly illnesses = counter(Object.keys(illnesses) as Illness[]);
    readonly failovers = counter(failoverTurns);
    readonly restarts = counter(Object.keys(restarts) as Restart[]);
    readonly races = counter(["refused", "takes over"] as const);
    readonly canaries = counter(canaryTurns);
    readonly houses = counter(houseTurns);
}

/** Notes what went wrong in an `up`. */
export function noteFaults({ calls, faults }: Coverage, up: SimulatedUp): void {
    const { port } = up.faults;
    if (port !== undefined && up.hasPortFailed) {
        calls[port.call]++;
    }
    for (const fault of up.struck) {
        faults[fault] = (faults[fault] ?? 0) + 1;
    }
    up.struck.clear();
}

function counter<T extends string>(names: readonly T[]): Record<T, number> {
    return Object.fromEntries(names.map(name => [name, 0])) as Record<T, number>;
}
