import * as fc from "fast-check";
import { anyLife, type Course, live } from "../life/anyLife";
import { Coverage } from "../life/Coverage";
import { Story } from "../life/Story";
import { shorten } from "./shorten";

/** What came of the lives of one seed. */
export interface SeedResult {
    seed: number;
    /** How many lives were lived. After a failure there are no more. */
    lives: number;
    coverage: Coverage;
    failure?: Failure;
}

/** A life in which a rule does not hold, as short as it could be made. */
export interface Failure {
    /** Gives that life together with the seed. */
    path: string;
    /** The rule, and what was found. */
    error: string;
    /** What happened, one sentence a line. */
    story: string[];
    course: Course;
}

/**
 * Lives the lives of one seed, until one fails.
 * @param path runs only the life of this path
 */
export async function runSeed(seed: number, lives: number, path?: string): Promise<SeedResult> {
    const coverage = new Coverage();
    const one = path === undefined ? { numRuns: lives } : { path, numRuns: 1, endOnFailure: true };
    const details = await fc.check(anyLife(coverage), { seed, ...one });
    const result = { seed, lives: details.numRuns, coverage };
    if (!details.failed || details.counterexample === null) {
        return result;
    }
    const course = await shorten(details.counterexample[0]);
    const failure = { path: details.counterexamplePath ?? "", course, ...(await retell(course)) };
    return { ...result, failure };
}

/** @returns the story of a life, and the rule that it breaks. */
export async function retell(course: Course): Promise<Pick<Failure, "error" | "story">> {
    const story = new Story();
    try {
        await live(course, new Coverage(), story);
        return {
            error: "told again, this life breaks no rule: something in it is not deterministic",
            story: story.lines,
        };
    } catch (error) {
        const isBroken = error instanceof Error && error.constructor.name === "Broken";
        return { error: isBroken ? error.message : String((error as Error).stack), story: story.lines };
    }
}
