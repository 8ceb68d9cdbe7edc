/** The hooks that run as Pulumi Commands, so that the preview shows them. */
export type CommandHook = "preDeploy" | "prePromotion";

/** Which of those hooks have a Command. */
export type DeclaredHooks = Partial<Record<CommandHook, boolean>>;
