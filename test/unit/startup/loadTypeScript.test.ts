import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(__dirname, "../../..");
let folder: string;
let kept: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-load-"));
    kept = join(folder, "node_modules", ".cache", "relink-typescript");
    cpSync(join(root, "startup"), join(folder, "startup"), { recursive: true });
    mkdirSync(join(folder, "node_modules"));
    for (const name of readdirSync(join(root, "node_modules")).filter(name => !name.startsWith("."))) {
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    }
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(source: string, ...before: string[]): { stdout: string; stderr: string } {
    writeFileSync(join(folder, "main.ts"), source);
    const preloaded = [...before, "./startup/loadTypeScript.js"].flatMap(file => ["-r", file]);
    const { stdout, stderr } = spawnSync(process.execPath, [...preloaded, "main.ts"], {
        cwd: folder,
        encoding: "utf8",
    });
    return { stdout, stderr };
}

const greeting = (word: string) => `
import { join } from "node:path";
interface Greeting { word: string }
const made: Greeting = { word: ${JSON.stringify(word)} } satisfies Greeting;
console.log(join("say", made.word));
`;

describe("TypeScript that a process loads", () => {
    it("is the current text of the file, with and without a cache", () => {
        expect(run(greeting("one")).stdout).toBe("say/one\n");
        expect(readdirSync(kept)).toHaveLength(1);
        expect(run(greeting("one")).stdout).toBe("say/one\n");
        expect(run(greeting("two")).stdout).toBe("say/two\n");
        expect(readdirSync(kept)).toHaveLength(1);
    });

    it("is transpiled once", () => {
        run(greeting("one"));
        const file = join(kept, readdirSync(kept)[0]!);
        writeFileSync(file, readFileSync(file, "utf8").replace('word: "one"', 'word: "from what was kept"'));
        expect(run(greeting("one")).stdout).toBe("say/from what was kept\n");
    });

    it("is transpiled again if the cached text is cut off", () => {
        run(greeting("one"));
        const file = join(kept, readdirSync(kept)[0]!);
        writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
        expect(run(greeting("one")).stdout).toBe("say/one\n");
    });

    it("runs if nothing can be cached", () => {
        mkdirSync(join(folder, "node_modules/.cache"));
        writeFileSync(kept, "a file where the folder would be");
        expect(run(greeting("one")).stdout).toBe("say/one\n");
    });

    it("is shown as it was written if an error ends the process", () => {
        expect(run('interface Any { at: string }\n\nthrow new Error("broken" as Any["at"]);\n').stderr).toMatch(
            /^.*main\.ts:3\nthrow new Error\("broken" as Any\["at"\]\);\n/,
        );
    });

    describe.each([
        ["", []],
        [", where Pulumi's SDK shows errors its own way", ["source-map-support/register"]],
        [", where they are loaded before that SDK", ["./startup/beforePulumi.js", "source-map-support/register"]],
    ])("names its own lines in errors%s", (_, before) => {
        const types = "interface Any { at: string }\n\n";

        it("that no code catches", () => {
            const { stderr } = run(`${types}throw new Error("broken" as Any["at"]);\n`, ...before);
            expect(stderr).toMatch(/Error: broken\n\s+at .*main\.ts:3:7/);
        });

        it("of async functions", () => {
            const functions = `${types}class Any2 {
                    constructor(readonly message: string) {}
                    async fail(): Promise<never> {
                        await null;
                        throw new TypeError(this.message);
                    }
                }
                const outer = async () => await new Any2("broken").fail();
                outer().catch((error: Error) => console.log(error.stack));`;
            expect(run(functions, ...before).stdout).toMatch(
                /^TypeError: broken\n\s+at (async )?Any2.fail \(.*main\.ts:7:31\)\n\s+at async outer \(.*main\.ts:10:\d+\)$/m,
            );
        });

        it("also if nothing can be cached", () => {
            mkdirSync(join(folder, "node_modules/.cache"));
            writeFileSync(kept, "a file where the folder would be");
            const { stdout } = run(`${types}console.log(new Error("broken").stack);\n`, ...before);
            expect(stdout).toMatch(/main\.ts:3:13/);
        });

        it("unless the file has gone meanwhile", () => {
            const program = `${types}require("node:fs").unlinkSync(__filename); console.log(new Error("broken").stack);`;
            expect(run(program, ...before).stdout).toMatch(/^Error: broken\n\s+at .*main\.ts:/);
        });
    });

    it("is reported with its file if it is not valid TypeScript", () => {
        expect(run("const = 1;\n").stderr).toMatch(/main\.ts/);
    });
});
