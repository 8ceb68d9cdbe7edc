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

/** @returns the lines of the file `owner` */
export function parseOwners(text: string | undefined): string[] {
    return (text ?? "").split("\n").filter(line => line !== "");
}
