import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../support/temporaryFolder";

const folder = temporaryFolder("of-this-test");
const existedAtImport = existsSync(folder);

it("a temporary folder is made before the first test, not when the file is imported", () => {
    expect(existedAtImport).toBe(false);
    expect(existsSync(folder)).toBe(true);
});

it("no test file makes a folder when it is imported", () => {
    const root = join(__dirname, "../..");
    const files = globSync("**/*.test.ts", { cwd: root });
    expect(files.length).toBeGreaterThan(50);
    const atImport = /^(?:export )?(?:const|let) .*mkdtemp/m;
    expect(files.filter(file => atImport.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
