/**
 * Puts small defects into the product one after the other. A unit test must fail for each of them. `npm run mutants`, or
 * `npm run mutants -- NAME...` for some of them.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../support/endWith";
import { repository } from "../support/stackFolder";
import { type Mutant, mutated, NoLongerApplies } from "./Mutant";
import { MutantTests, sourceOf, type TestEnd } from "./MutantTests";
import { mutants } from "./mutants";

const usage = `Usage: npm run mutants -- [NAME...]
    Puts one small defect after the other into the product, in memory alone, and runs the unit test that must find it.
    Ends with 1 where a defect is not found (survived), or where its place in the source is gone (does not apply).
    The mutants are in test/mutants:
${mutants.map(({ name, file }) => `        ${name.padEnd(34)} ${file}`).join("\n")}`;

type Verdict = { is: "killed" } | { is: "survived" | "does not apply"; why: string };

async function main(): Promise<number> {
    const { values, positionals } = parseArgs({
        options: { help: { type: "boolean", default: false } },
        allowPositionals: true,
    });
    const unknown = positionals.filter(name => !mutants.some(mutant => mutant.name === name));
    if (values.help || unknown.length > 0) {
        console.log(unknown.length > 0 ? `There is no mutant ${unknown.join(", ")}.\n${usage}` : usage);
        return values.help ? 0 : 2;
    }
    const chosen = mutants.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    const started = Date.now();
    useOwnFolder();
    const tests = await MutantTests.open(repository);
    const verdicts: Verdict["is"][] = [];
    try {
        for await (const verdict of verdictsOn(chosen, tests)) {
            verdicts.push(verdict);
        }
    } finally {
        await tests.close();
    }
    const count = (is: Verdict["is"]) => verdicts.filter(verdict => verdict === is).length;
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(
        `${verdicts.length} mutants: ${count("killed")} killed, ${count("survived")} survived, ` +
            `${count("does not apply")} do not apply (${seconds} s).`,
    );
    return count("killed") === chosen.length ? 0 : 1;
}

/** Makes vitest and the tests write their files into a folder that is removed at the end. */
function useOwnFolder(): void {
    const folder = mkdtempSync(join(tmpdir(), "relink-mutants-"));
    process.env.TMPDIR = folder;
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => process.exit(128 + constants.signals[signal]));
    }
}

/** @returns the verdicts. Each test file runs once without a mutant, and then with each of its mutants */
async function* verdictsOn(chosen: readonly Mutant[], tests: MutantTests): AsyncGenerator<Verdict["is"]> {
    for (const file of new Set(chosen.map(({ killedBy }) => killedBy.file))) {
        const mine = chosen.filter(({ killedBy }) => killedBy.file === file);
        const baseline = await tests.run(file, [...new Set(mine.map(({ killedBy }) => killedBy.test))]);
        for (const mutant of mine) {
            const begun = Date.now();
            const verdict = await judged(tests, mutant, baseline.get(mutant.killedBy.test));
            console.log(line(mutant, verdict, Date.now() - begun));
            yield verdict.is;
        }
    }
}

async function judged(tests: MutantTests, mutant: Mutant, without: TestEnd = { is: "missing" }): Promise<Verdict> {
    try {
        mutated(sourceOf(repository, mutant), mutant);
    } catch (error) {
        if (error instanceof NoLongerApplies) {
            return { is: "does not apply", why: error.message };
        }
        throw error;
    }
    const { file, test } = mutant.killedBy;
    if (without.is !== "passed") {
        return { is: "survived", why: `without the mutant, the test ${words(without)}` };
    }
    const end = (await tests.run(file, [test], mutant)).get(test) ?? { is: "missing" };
    return end.is === "failed" ? { is: "killed" } : { is: "survived", why: `the test ${words(end)}` };
}

function words(end: TestEnd): string {
    switch (end.is) {
        case "passed":
        case "failed":
            return end.is;
        case "missing":
            return "is not there";
        case "broken":
            return `failed by no assertion: ${end.why}`;
    }
}

function line({ name, breaks, killedBy }: Mutant, verdict: Verdict, milliseconds: number): string {
    const head = `${verdict.is.padEnd(14)} ${name.padEnd(34)} ${(milliseconds / 1000).toFixed(1)} s  ${breaks}`;
    return verdict.is === "killed" ? head : `${head}\n    ${verdict.why}\n    (${killedBy.file}: "${killedBy.test}")`;
}

endWith(main());
