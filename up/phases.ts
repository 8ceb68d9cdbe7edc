/**
 * Every step that changes something, in the order of one `up`. Each begins with `Session.enter`, so these are all the
 * places where an `up` can die between two changes; the crash test kills it at each of them (test/e2e/crash.test.ts).
 * `guarded`: all its changes are made by commands that compare the lease's epoch themselves (`Lease.run`). `engine`: it
 * calls the Engine, which cannot.
 */
const steps = {
    "front: certificates": "guarded",
    "front: try": "engine",
    "front: hand over": "engine",
    "front: leave": "engine",
    "front: start": "engine",
    "certificate: account": "guarded",
    "certificate: key": "guarded",
    "certificate: order": "guarded",
    "certificate: challenge": "guarded",
    "certificate: issued": "guarded",
    "deploy: record": "guarded",
    "deploy: vacate": "engine",
    "deploy: configure": "guarded",
    "deploy: start": "engine",
    "deploy: prove": "engine",
    "deploy: keep": "engine",
    "deploy: proved": "guarded",
    "roll: intent": "guarded",
    "roll: file": "guarded",
    "roll: start": "engine",
    "roll: prove": "engine",
    "roll: keep": "engine",
    "roll: drain": "engine",
    "roll: stop": "engine",
    "roll: vacate": "engine",
    "roll: undo": "engine",
    "roll: end": "engine",
    "roll: done": "guarded",
    "link: intent": "guarded",
    "link: file": "guarded",
    "link: memory": "guarded",
    "link: confirm": "guarded",
    "link: confirmed": "guarded",
    "link: routes": "guarded",
    "link: bake": "guarded",
    "link: baked": "guarded",
    "scale: record": "guarded",
    "scale: configure": "guarded",
    "scale: start": "engine",
    "scale: prove": "engine",
    "scale: keep": "engine",
    "scale: proved": "guarded",
    "link: back": "guarded",
    "link: retain": "engine",
    "link: leave": "engine",
    "link: left": "guarded",
    "drain: cut": "engine",
    "link: undo": "guarded",
    "link: delete": "engine",
    "deploy: delete": "engine",
    "front: delete": "engine",
} as const;

/** One step that changes something. */
export type Phase = keyof typeof steps;

/** All of them, in that order. */
export const phases = Object.keys(steps) as Phase[];

/** Whether the lease is compared by a command of its own right before this step. */
export function needsLease(phase: Phase): boolean {
    return steps[phase] === "engine";
}
