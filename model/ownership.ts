import type { ServiceRecord } from "./Record";
import type { Records } from "./Records";
import type { Target } from "./Target";

// A front belongs to one stack. Each object has the labels of the stack that made it, and Docker cannot change labels.
// When another stack adopts the front, the record gets a file `owner` with one `project/stack` a line, the present
// owner last. Objects with the labels of an earlier owner belong to the present one.

/** @returns a stack as owners are named: `project/stack` */
export function stackName({ project, stack }: Pick<Target, "project" | "stack">): string {
    return `${project}/${stack}`;
}

/** @returns the stack that the labels name; undefined where they are not relink's */
export function labelledOwner(labels: Record<string, string>): string | undefined {
    const { "relink.project": project, "relink.stack": stack } = labels;
    return project === undefined || stack === undefined ? undefined : stackName({ project, stack });
}

/**
 * @param owners the front's owners, past and present
 * @returns whether an object with these labels belongs to the front
 */
export function belongsTo(
    front: string,
    owners: readonly (string | undefined)[],
    labels: Record<string, string>,
): boolean {
    const owner = labelledOwner(labels);
    // Another stack may have the name of an earlier owner by now, and a front of its own.
    return owner !== undefined && owners.includes(owner) && (labels["relink.front"] ?? front) === front;
}

/** @returns whether a service of the front belongs to the target's stack. A service that another stack has taken over does too */
export function isOwn(
    { stack }: Pick<ServiceRecord, "stack">,
    target: Pick<Target, "project" | "stack" | "uses">,
): boolean {
    return stack === (target.uses ? stackName(target) : undefined);
}

/**
 * @returns the record of a service, as a stack that may write it has it
 * @throws Error where another stack has a service of this name on the front
 */
export function ownRecord(record: ServiceRecord, target: Target): ServiceRecord {
    if (record.serial > 0 && !isOwn(record, target)) {
        throw new Error(
            `${record.service}: ${record.stack === undefined ? "the stack that owns the front" : `the stack ${record.stack}`} ` +
                `has a service of this name on the front ${target.front}. Nothing was changed. Give this one another name`,
        );
    }
    return target.uses ? { ...record, format: 2, stack: stackName(target) } : record;
}

/** @returns the names of the services of the front that belong to the target's stack */
export function ownServices({ services }: Pick<Records, "services">, target: Target): string[] {
    return [...services.values()].filter(record => isOwn(record, target)).map(({ service }) => service);
}

/** @returns the stacks that use the front beside its owner, and their services */
export function usersOf({ services }: Pick<Records, "services">): ReadonlyMap<string, string[]> {
    const users = new Map<string, string[]>();
    for (const { stack, service } of services.values()) {
        if (stack !== undefined) {
            users.set(stack, [...(users.get(stack) ?? []), service].sort());
        }
    }
    return new Map([...users].sort(([one], [two]) => (one < two ? -1 : 1)));
}

/** @returns the stacks for a message: `shop/pr-12 (web), shop/pr-13 (api, web)` */
export function usersText(users: ReadonlyMap<string, readonly string[]>): string {
    return [...users].map(([stack, services]) => `${stack} (${services.join(", ")})`).join(", ");
}

/** @returns the lines of the file `owner` */
export function parseOwners(text: string | undefined): string[] {
    return (text ?? "").split("\n").filter(line => line !== "");
}
