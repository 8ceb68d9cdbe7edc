import type { Target } from "../model/Target";
import { keepFile } from "./keepFile";
import type { Lease } from "./Lease";

/**
 * Which stack a front belongs to. Labels say it when something is made and can never be changed in place; so the record
 * says it once a front was adopted from another stack: a file `owner` with one `project/stack` a line, the present owner
 * last. What carries the labels of an earlier owner is the present one's.
 */

/** A stack as owners are named: `project/stack`. */
export function stackName({ project, stack }: Pick<Target, "project" | "stack">): string {
    return `${project}/${stack}`;
}

/** The stack whose labels something carries; undefined where it carries none of ours. */
export function labelledOwner(labels: Record<string, string>): string | undefined {
    const { "relink.project": project, "relink.stack": stack } = labels;
    return project === undefined || stack === undefined ? undefined : stackName({ project, stack });
}

/** Whether something belongs to a front whose owners, past and present, are these. */
export function belongsTo(
    front: string,
    owners: readonly (string | undefined)[],
    labels: Record<string, string>,
): boolean {
    const owner = labelledOwner(labels);
    // An earlier owner's name may have been given to another stack since, with a front of its own.
    return owner !== undefined && owners.includes(owner) && (labels["relink.front"] ?? front) === front;
}

/** The lines of the file `owner`. */
export function parseOwners(text: string | undefined): string[] {
    return (text ?? "").split("\n").filter(line => line !== "");
}

/**
 * Makes a stack the present owner. Only who takes the lease for an adoption gets here as somebody else than the owner.
 * @param former owner by the labels, for a front that has no such file yet
 */
export async function writeOwner(lease: Lease, owner: string, former: string): Promise<void> {
    await lease.guarded(writeScript, [owner, former]);
}

const writeScript = `${keepFile}
[ -s owner ] || [ "$1" = "$2" ] || printf '%s\\n' "$2" | keep owner || exit 1
[ "$(tail -n 1 owner 2>/dev/null)" = "$1" ] && exit 0
{ cat owner 2>/dev/null; printf '%s\\n' "$1"; } | keep owner
`;
