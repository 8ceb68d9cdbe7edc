/** Hooks that run as Commands, so that the preview shows them. */
export type CommandHook = "preDeploy" | "prePromotion";

/** Whether there is a Command for each of some hooks. */
export type DeclaredHooks = Partial<Record<CommandHook, boolean>>;
