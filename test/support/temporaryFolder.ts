import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/**
 * A folder for the tests of a file. It is made before the first one and removed after the last one, so that a file whose
 * tests are all skipped leaves nothing behind.
 *
 * @param name part of the folder's name
 * @returns its path
 */
export function temporaryFolder(name: string): string {
    const path = join(tmpdir(), `relink-${name}-${randomBytes(4).toString("hex")}`);
    beforeAll(() => {
        mkdirSync(path);
    });
    afterAll(() => rmSync(path, { recursive: true, force: true }));
    return path;
}
