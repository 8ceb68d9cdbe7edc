import type { Target } from "../model/Target";

/** Inputs that every resource of ours has, as they reach a provider. */
export interface CommonInputs<Action> {
    /** Raised by {@link check} where the plan acts: without a diff Pulumi calls nothing. */
    revision: number;
    /** What to do and under which policy. It travels only with an action, and is hidden in previews by its name. */
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
 * Turns the plan's flag `act` into a raised `revision`, and drops the flag. Where nothing is to be done, revision and
 * action stay as they were, so that nothing diffs.
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
    // What was said once stays: the key of a stack, for instance, is known only to the run that makes it.
    for (const [name, value] of Object.entries(checked)) {
        if (value === undefined) {
            delete checked[name];
        }
    }
    return { inputs: checked, failures: [] };
}

/** Whether this call comes from the plan, or only brings Pulumi's state up to date. */
export function acts(olds: CommonInputs<unknown> | undefined, news: CommonInputs<unknown>): boolean {
    return news.revision > (olds?.revision ?? 0);
}

/**
 * The id of a resource: what it stands for, and which creation of it this is. Should Pulumi replace it all the same, the
 * new one has a higher number, and the deletion of the old one does nothing.
 */
export function resourceId(name: string, incarnation: number): string {
    return `${name}#${incarnation}`;
}

/**
 * What a `create` that failed half-way throws: known to Pulumi's state all the same, so that destroy finds what is there
 * (docs/decisions/04-constant-providers.md).
 */
export function failedCreate(id: string, properties: object, error: unknown) {
    const { message } = error as Error;
    return { id, properties, reasons: [message], message };
}

/** Which creation an id is from. */
export function incarnationOf(id: string): number {
    return Number(/#(\d+)$/.exec(id)?.[1] ?? 0);
}
