import { Engine } from "../docker/Engine";
import { readRecords } from "../journal/RecordStore";
import { usersOf } from "../model/ownership";
import type { Records } from "../model/Records";
import { frontNames, type Target } from "../model/Target";
import { requireUnused } from "../up/deleteFront";

/** What was read for the first resource. The front's own deletion looks again, under the lease (up/deleteFront.ts). */
let read: Promise<Records> | undefined;

/**
 * Refuses a `pulumi destroy` of the stack that owns a front while other stacks use that: before its first service goes, and not
 * only before the front itself.
 * @throws Error that names these stacks
 */
export async function requireDestroyable(target: Target): Promise<void> {
    read ??= readRecords(Engine.connect(target.host), frontNames(target.front).anchor);
    requireUnused(target.front, usersOf(await read));
}
