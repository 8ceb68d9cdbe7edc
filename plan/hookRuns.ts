import type { CommandHook, DeclaredHooks } from "../model/CommandHook";

/** What triggers the Commands of a promotion's hooks, once. */
export function hookTrigger(promotion: number | undefined): string {
    return `promotion ${promotion}`;
}

/** What a provider needs to know of a hook that has to run before it. */
export interface HookRun {
    /** Number of the promotion that this `up` begins or goes on with. */
    promotion?: number;
    /** The hooks that run in this `up` as Commands, and whether the config has them. */
    hooks: DeclaredHooks;
    /** The trigger that the hook's Command ran with last. `--target` may have left it out. */
    hookRan?: string;
}

/**
 * Makes sure that a hook has run for this promotion. Without it a database would stay as it was, for good: the next `up`
 * takes a color that holds the release for one whose preDeploy is done.
 * @throws where it has not; nothing was done then.
 */
export function verifyHookRan(service: string, hook: CommandHook, { promotion, hooks, hookRan }: HookRun): void {
    if (hooks[hook] === true && hookRan !== hookTrigger(promotion)) {
        throw new Error(
            `${service}: hooks.${hook} has not run for this release, so nothing was done. ` +
                `Run pulumi up again without --target, or add --target '**${service}-${hook}'`,
        );
    }
}
