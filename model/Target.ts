import type { Color } from "./Color";

/** A stack on a Docker host. Pulumi's state has it, so that relink finds all of the stack's objects again. */
export interface Target {
    project: string;
    stack: string;
    /** The Docker Engine that `relink:host` names. @default undefined (the machine's) */
    host?: string;
    /** Name of the front. Anchor, network, volumes and containers are named after it. */
    front: string;
    /** Whether the front is another stack's, and this stack only uses it (`front.use`). @default it is this stack's own */
    uses?: true;
}

/** @returns the labels of all objects of a stack; relink changes no object without them (docs/design.md, rule 12) */
export function stackLabels(target: Pick<Target, "project" | "stack">): Record<string, string> {
    return { "relink.project": target.project, "relink.stack": target.stack };
}

/** @returns the names of all objects of a front */
export function frontNames(front: string) {
    return {
        anchor: front,
        network: front,
        volumes: { config: `${front}-config`, run: `${front}-run`, record: `${front}-record` },
        generation: (number: number) => `${front}-gen-${number}`,
        container: (service: string, color: Color, slot: number) => `${front}-${service}-${color}-${slot}`,
    };
}
