/** @returns the slots that a backend's file opens to traffic */
export function openSlots(text: string): Set<number> {
    return new Set([...text.matchAll(/^\s+server slot-(\d+) \S+(?: id \d+)?$/gm)].map(([, slot]) => Number(slot)));
}
