/**
 * Runs in every test process before its tests. It takes the environment that the set-up made (Pulumi CLI, Docker socket,
 * state folders). So a single test file can run by hand too: `npx vitest run test/e2e/release.test.ts`.
 */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const file = join(__dirname, "..", ".relink", "env.json");

if (existsSync(file)) {
    const made = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
    // A DOCKER_HOST of the shell wins over the set-up's.
    const shells = process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST };
    for (const [name, value] of Object.entries({ ...made, ...shells })) {
        // The set-up's PATH goes first. The rest of the caller's PATH is still needed.
        process.env[name] = name === "PATH" ? joinPaths(value, process.env.PATH ?? "") : value;
    }
}

function joinPaths(...lists: string[]): string {
    return [...new Set(lists.flatMap(list => list.split(delimiter)).filter(folder => folder !== ""))].join(delimiter);
}
