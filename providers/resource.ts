import type { Target } from "../model/Target";

/** Inputs that every resource of relink has, as a provider gets them. */
export interface CommonInputs<Action> {
    /** Raised by {@link check} where the plan acts, because Pulumi calls a provider only where an input differs. */
    revision: number;
    /** The action and its policy, only where the plan acts. Pulumi hides inputs with such names in previews. */
    __plan?: Action;
    __target: Target;
    /** The resource's own URN, for progress on its row. */
    __urn: string;
    __provider: string;
}

interface CheckResult {
    inputs: Record<string, unknown>;
    failures: never[];
}

/**
 * Turns the plan's flag `act` into a raised `revision`, and drops the flag. Where there is nothing to do, revision and action
 * stay as they were, so that no input differs.
 */
export async function check(olds: Record<string, unknown>, news: Record<string, unknown>): Promise<CheckResult> {
    const { act, ...inputs } = news;
    const revision = Number(olds.revision ?? 0);
    const checked: Record<string, unknown> = { ...inputs, revision: act ? revision + 1 : revision };
    if (!act) {
        delete checked.__plan;
        if (olds.__plan !== undefined) {
            checked.__plan = olds.__plan;
        }
    }
    // The words about a hand-over stay until there is another one, so that their end shows as no change.
    if (checked.handOver === undefined) {
        checked.handOver = olds.handOver;
    }
    // An undefined input would be shown as a change. Some are known only to one run, such as the key of a stack.
    for (const [name, value] of Object.entries(checked)) {
        if (value === undefined) {
            delete checked[name];
        }
    }
    return { inputs: checked, failures: [] };
}

/** @returns whether the plan acts by this call; false where the call only brings Pulumi's state up to date */
export function acts(olds: CommonInputs<unknown> | undefined, news: CommonInputs<unknown>): boolean {
    return news.revision > (olds?.revision ?? 0);
}

/**
 * @returns the id of a resource, from its name and the number of its creation. Where Pulumi replaces the resource, the new one
 * has a higher number, and the deletion of the old one does nothing.
 */
export function resourceId(name: string, incarnation: number): string {
    return `${name}#${incarnation}`;
}

/**
 * @returns the object that a failed `create` throws. By it Pulumi's state knows the resource, so that a destroy finds it
 * (docs/decisions/04-constant-providers.md).
 */
export function failedCreate(id: string, properties: object, error: unknown) {
    const { message } = error as Error;
    return { id, properties, reasons: [message], message };
}

/** @returns the number of the creation in an id */
export function incarnationOf(id: string): number {
    return Number(/#(\d+)$/.exec(id)?.[1] ?? 0);
}
