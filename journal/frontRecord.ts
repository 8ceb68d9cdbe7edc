import { keepFile } from "./keepFile";
import type { Lease } from "./Lease";

// The part of the record that concerns the front itself: its owners, its key, and how often it was created.

/**
 * Makes a stack the owner of the front. Another stack than the owner gets the lease only for an adoption.
 * @param former owner by the labels, for a front that has no file `owner` yet
 * @throws LeaseLost
 */
export async function writeOwner(lease: Lease, owner: string, former: string): Promise<void> {
    await lease.guarded(ownerScript, [owner, former]);
}

/** Writes how often the front's configuration was created. */
export async function writeFrontIncarnation(lease: Lease, incarnation: number): Promise<void> {
    await lease.guarded(`${keepFile}keep front-incarnation`, [], `${incarnation}\n`);
}

/**
 * Writes the stack's random key, unless the record has it already.
 * @throws Error where the record has another key
 */
export async function ensureKey(lease: Lease, key: Buffer): Promise<void> {
    const wanted = key.toString("hex");
    const present = await lease.guarded(`${keepFile}[ -s key ] || keep key || exit 1\ncat key`, [], `${wanted}\n`);
    if (present.trim() !== wanted) {
        throw new Error("another up has given the front a stack key meanwhile: run pulumi up again");
    }
}

/**
 * Writes that an `up` has begun to change the front. Until {@link markSettled}, the plan does not believe that the front is as
 * Pulumi's state says.
 */
export async function markUnsettled(lease: Lease): Promise<void> {
    await lease.guarded(`${keepFile}[ -e unsettled ] || keep unsettled`, [], "1\n");
}

/** Writes that the front is as the `up` wanted it. */
export async function markSettled(lease: Lease): Promise<void> {
    await lease.guarded("[ ! -e unsettled ] || { rm -f unsettled && sync .; }", []);
}

const ownerScript = `${keepFile}
[ -s owner ] || [ "$1" = "$2" ] || printf '%s\\n' "$2" | keep owner || exit 1
[ "$(tail -n 1 owner 2>/dev/null)" = "$1" ] && exit 0
{ cat owner 2>/dev/null; printf '%s\\n' "$1"; } | keep owner
`;
