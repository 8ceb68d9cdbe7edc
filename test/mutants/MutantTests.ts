import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Mutant, mutated } from "./Mutant";

/** Result of one test. `broken` is a failure without an assertion of the test's own. */
export type TestEnd = { is: "passed" | "failed" | "missing" } | { is: "broken"; why: string };

/** @returns vitest for the unit tests alone, which changes the text of a module before it is loaded */
async function vitestOf(root: string, transform: (text: string, id: string) => { code: string } | undefined) {
    const { createVitest } = await import("vitest/node");
    return createVitest(
        {
            root,
            config: false,
            watch: false,
            include: ["test/unit/**/*.test.ts"],
            setupFiles: ["test/setup.ts", "test/unit/setup.ts"],
            pool: "forks",
            maxWorkers: 1,
            testTimeout: 30_000,
            hookTimeout: 30_000,
            reporters: [{}],
            update: "none",
            // The cache goes by the file's text, and would give a mutant to the next `npm test`.
            fsModuleCache: false,
        },
        { plugins: [{ name: "relink-mutant", enforce: "pre", transform }] },
    );
}

type Vitest = Awaited<ReturnType<typeof vitestOf>>;

/** An error in a test's report. */
interface Failure {
    name?: string;
    message: string;
    cause?: Failure;
}

/**
 * Unit tests with a mutant in the product. Only the text that vitest loads has the mutant. No file changes, so that nothing
 * has to be restored after an abort.
 */
export class MutantTests {
    #mutant: Mutant | undefined;

    private constructor(
        private readonly root: string,
        private readonly vitest: Vitest,
    ) {}

    /** @returns an instance that the caller has to close */
    static async open(root: string): Promise<MutantTests> {
        const tests: MutantTests = new MutantTests(
            root,
            await vitestOf(root, (text, id) => tests.#transformed(text, id)),
        );
        return tests;
    }

    close(): Promise<void> {
        return this.vitest.close();
    }

    /**
     * Runs some tests of a file.
     * @param mutant the defect of the product. @default none
     * @returns the result of each test, by the text of its `it`
     */
    async run(file: string, names: readonly string[], mutant?: Mutant): Promise<Map<string, TestEnd>> {
        this.#put(mutant);
        const testNamePattern = new RegExp(names.map(name => `${literally(name)}$`).join("|"));
        const specification = this.vitest.getRootProject().createSpecification(join(this.root, file), {
            testNamePattern,
        });
        const { testModules } = await this.vitest.runTestSpecifications([specification]);
        // These include the modules of earlier runs.
        const module = testModules.find(({ moduleId }) => moduleId === specification.moduleId);
        const tests = [...(module?.children.allTests() ?? [])];
        const [unloaded] = module?.errors() ?? [];
        const endOf = (name: string): TestEnd =>
            unloaded === undefined
                ? endOfOne(tests.filter(test => test.name === name).map(test => test.result()))
                : { is: "broken", why: unloaded.message };
        return new Map(names.map(name => [name, endOf(name)]));
    }

    /** Makes this one the only mutant in the product. */
    #put(mutant: Mutant | undefined): void {
        for (const { file } of [this.#mutant, mutant].filter(one => one !== undefined)) {
            this.vitest.invalidateFile(join(this.root, file));
        }
        this.#mutant = mutant;
    }

    #transformed(text: string, id: string): { code: string } | undefined {
        return this.#mutant === undefined || id !== join(this.root, this.#mutant.file)
            ? undefined
            : { code: mutated(text, this.#mutant) };
    }
}

/** @returns the unchanged file of a mutant */
export function sourceOf(root: string, { file }: Mutant): string {
    return readFileSync(join(root, file), "utf8");
}

/** @param results of all tests with one name */
function endOfOne([result, ...more]: { state: string; errors?: readonly Failure[] }[]): TestEnd {
    if (result === undefined) {
        return { is: "missing" };
    }
    if (more.length > 0) {
        return { is: "broken", why: "several tests have this name" };
    }
    const { state, errors = [] } = result;
    if (state === "passed") {
        return { is: "passed" };
    }
    return state === "failed" && errors.every(isAssertion)
        ? { is: "failed" }
        : { is: "broken", why: errors[0]?.message ?? `it was ${state}` };
}

/**
 * @returns whether a failure is an assertion's. A property's counterexample has the assertion, or the broken rule, as its
 * cause. A golden that differs has an error of its own kind
 */
function isAssertion({ name, message, cause }: Failure): boolean {
    return (
        name === "AssertionError" ||
        name === "Broken" ||
        /^Snapshot `/.test(message) ||
        (cause !== undefined && isAssertion(cause))
    );
}

function literally(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
