/** @returns the known key that the user most likely meant; undefined when none is similar */
export function closestKey(key: string, known: readonly string[]): string | undefined {
    const wanted = plain(key.slice(0, 64));
    let best: { key: string; distance: number } | undefined;
    for (const candidate of known) {
        const name = plain(candidate);
        const startsAlike = wanted.length >= 3 && (name.startsWith(wanted) || wanted.startsWith(name));
        const distance = startsAlike ? 1 : editDistance(wanted, name);
        const near = name.length <= 3 ? 1 : Math.max(2, Math.floor(name.length / 3));
        if (distance <= near && (!best || distance < best.distance)) {
            best = { key: candidate, distance };
        }
    }
    return best?.key;
}

function plain(key: string): string {
    return key.toLowerCase().replace(/[-_. ]/g, "");
}

/** The Levenshtein distance: how many letters were inserted, deleted or replaced. */
function editDistance(from: string, to: string): number {
    let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
    for (let i = 1; i <= from.length; i++) {
        const current = [i];
        for (let j = 1; j <= to.length; j++) {
            const replaced = previous[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
            current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
        }
        previous = current;
    }
    return previous[to.length]!;
}
