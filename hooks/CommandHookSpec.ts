import type { HookSettings } from "../model/HooksSettings";
import type { Target } from "../model/Target";

/**
 * What the program tells a hook's Command in a variable of its environment, beside the hook's context. The Command's standard
 * input is a JSON list of the release's secret values, which are removed from its output.
 */
export interface CommandHookSpec {
    /** Without the command, which the Command has as its argument. */
    settings: Omit<HookSettings, "command">;
    target: Target;
}

/** Name of the variable that holds {@link CommandHookSpec}, as JSON. */
export const specVariable = "RELINK_HOOK_SPEC";
