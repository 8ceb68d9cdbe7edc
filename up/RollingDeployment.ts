import type { DeclaredHooks } from "../model/CommandHook";
import type { RollingSettings } from "../model/StrategySettings";
import type { ColorTarget } from "./ColorTarget";

/** The live color on its way to one release, container by container. */
export interface RollingDeployment extends ColorTarget {
    /** How many containers there are in the end. */
    replicas: number;
    /** How it goes about it. */
    settings: RollingSettings;
    /** Number of the promotion that it belongs to. @default the one that the record has */
    promotion?: number;
    /** The hooks that run in this `up` as Commands, and whether the config has them. */
    hooks: DeclaredHooks;
}
