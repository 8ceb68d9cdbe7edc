/** A small defect that would hurt users, and the test that finds it. */
export interface Mutant {
    /** Name on the command line. */
    name: string;
    /** The file of the product that gets it, from the repository's folder. */
    file: string;
    /** A piece of that file, which is in it exactly once. */
    before: string;
    /** The text that replaces it. */
    after: string;
    /** Its effect on users, in one sentence. */
    breaks: string;
    /** The test that must find it: its file, and the text of its `it`. */
    killedBy: { file: string; test: string };
}

/** The text `before` is not in its file exactly once. */
export class NoLongerApplies extends Error {}

/**
 * @returns the text of a mutant's file with the defect in it
 * @throws {@link NoLongerApplies} with the place
 */
export function mutated(text: string, { name, file, before, after }: Mutant): string {
    const [head, tail, ...more] = text.split(before);
    if (tail === undefined || more.length > 0) {
        const found = tail === undefined ? "is not in it" : `is in it ${more.length + 1} times`;
        throw new NoLongerApplies(`${file}: the text before of the mutant ${name} ${found}: ${JSON.stringify(before)}`);
    }
    if (after === before) {
        throw new NoLongerApplies(`${file}: the mutant ${name} changes nothing`);
    }
    return head + after + tail;
}
