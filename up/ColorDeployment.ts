import type { DeclaredHooks } from "../model/CommandHook";
import type { ColorTarget } from "./ColorTarget";

/** One color on its way to one release, with all its containers at once. */
export interface ColorDeployment extends ColorTarget {
    /** How many containers it gets. */
    replicas: number;
    /** Somebody changed the live color by hand: it gets what it had. */
    restore: boolean;
    /** Number of the promotion that it belongs to. @default the one that the record has */
    promotion?: number;
    /** The hooks that run in this `up` as Commands, and whether the config has them. */
    hooks: DeclaredHooks;
    /** What its phases are called: `scale` inside the walk of a link. */
    kind: "deploy" | "scale";
}
