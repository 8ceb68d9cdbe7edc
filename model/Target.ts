import type { Color } from "./Color";

/** Which stack on which Docker host: enough to find everything of ours again, from Pulumi's state alone. */
export interface Target {
    project: string;
    stack: string;
    /** Docker Engine as `relink:host` names it. @default the machine's */
    host?: string;
    /** Name of the front; anchor, network, volumes and containers derive theirs from it. */
    front: string;
}

/** Labels that everything of one stack carries. Only what carries them is touched: docs/design.md, rule 12. */
export function stackLabels(target: Pick<Target, "project" | "stack">): Record<string, string> {
    return { "relink.project": target.project, "relink.stack": target.stack };
}

/** Names of everything that belongs to a front. */
export function frontNames(front: string) {
    return {
        anchor: front,
        network: front,
        volumes: { config: `${front}-config`, run: `${front}-run`, record: `${front}-record` },
        generation: (number: number) => `${front}-gen-${number}`,
        container: (service: string, color: Color, slot: number) => `${front}-${service}-${color}-${slot}`,
    };
}
