import type { Failure } from "./runSeed";

/** @returns a life that breaks a rule, for whoever looks into it. */
export function storyOf(seed: number, { path, error, story, course }: Failure): string {
    return [
        `A life breaks a rule. ${error}`,
        "What happens in it:",
        ...story.map((line, index) => `${String(index + 1).padStart(4)}. ${line}`),
        `Again: npm run lives -- --seed ${seed} --path ${path}`,
        `As data, for test/simulation/foundLives.test.ts: ${JSON.stringify(course)}`,
    ].join("\n");
}
