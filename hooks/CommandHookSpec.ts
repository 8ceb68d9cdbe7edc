import type { HookSettings } from "../model/HooksSettings";
import type { Target } from "../model/Target";

/**
 * How the program tells a hook's Command what it is, in one variable of its environment, beside what the hook is told. The
 * release's secret values are on its standard input, as a list in JSON, so that they can be taken out of what it says.
 */
export interface CommandHookSpec {
    /** The command itself is what the Command runs. */
    settings: Omit<HookSettings, "command">;
    target: Target;
}

/** Where {@link CommandHookSpec} is, as JSON. */
export const specVariable = "RELINK_HOOK_SPEC";
