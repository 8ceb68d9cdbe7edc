import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type CommandResult, startCommand } from "../../support/command";
import { temporaryFolder } from "../../support/temporaryFolder";

const repository = join(__dirname, "../../..");
const folder = temporaryFolder("golden");
const golden = join(folder, "test/unit/golden.txt");

const test = `
import { expect, it } from "vitest";
it("is compared", () => expect("what is printed").toMatchFileSnapshot("golden.txt"));
`;

beforeAll(() => {
    mkdirSync(join(folder, "test/unit"), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    for (const setup of ["test/setup.ts", "test/unit/setup.ts"]) {
        writeFileSync(join(folder, setup), "");
    }
    writeFileSync(join(folder, "test/unit/golden.test.ts"), test);
});

/** Runs that one test with this repository's configuration, as outside of CI. */
function vitest(...args: string[]): Promise<CommandResult> {
    const { PATH, HOME } = process.env;
    const program = join(repository, "node_modules/vitest/vitest.mjs");
    const config = join(repository, "vitest.config.mts");
    return startCommand(
        process.execPath,
        [program, "run", "--root", folder, "--config", config, "--project", "unit", ...args],
        { cwd: folder, env: { PATH, HOME, NO_COLOR: "1" }, timeoutSeconds: 60 },
    ).result;
}

it("a golden file that is missing fails the test, and only --update writes it", async () => {
    const missing = await vitest();
    expect(missing.code, missing.stdout).toBe(1);
    expect(missing.stdout).toContain("is compared");
    expect(existsSync(golden)).toBe(false);

    const updated = await vitest("--update");
    expect(updated.code, updated.stdout + updated.stderr).toBe(0);
    expect(readFileSync(golden, "utf8")).toBe("what is printed");
    expect((await vitest()).code).toBe(0);
    rmSync(golden);
    expect((await vitest()).code).toBe(1);
});
