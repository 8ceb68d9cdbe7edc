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
    mkdirSync(join(folder, "settings"));
    mkdirSync(join(folder, "node_modules"));
    cpSync(join(root, "settings/loadTypeScript.js"), join(folder, "settings/loadTypeScript.js"));
    symlinkSync(join(root, "node_modules/@swc"), join(folder, "node_modules/@swc"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(source: string): { stdout: string; stderr: string } {
    writeFileSync(join(folder, "main.ts"), source);
    const { stdout, stderr } = spawnSync(process.execPath, ["-r", "./settings/loadTypeScript.js", "main.ts"], {
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
    it("is what is in the file now, kept or not", () => {
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

    it("is transpiled again where what was kept is cut short", () => {
        run(greeting("one"));
        const file = join(kept, readdirSync(kept)[0]!);
        writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
        expect(run(greeting("one")).stdout).toBe("say/one\n");
    });

    it("runs where nothing can be kept", () => {
        mkdirSync(join(folder, "node_modules/.cache"));
        writeFileSync(kept, "a file where the folder would be");
        expect(run(greeting("one")).stdout).toBe("say/one\n");
    });

    it("names its own lines in errors", () => {
        expect(run('interface Any { at: string }\n\nthrow new Error("broken" as Any["at"]);\n').stderr).toMatch(
            /Error: broken\n\s+at .*main\.ts:3:7/,
        );
    });

    it("is located where it cannot be read as TypeScript", () => {
        expect(run("const = 1;\n").stderr).toMatch(/main\.ts/);
    });
});
