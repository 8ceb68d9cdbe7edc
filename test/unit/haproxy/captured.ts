import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What HAProxy 3.0.11 (where the name says so: 3.2.26) really answered (files in `captured/`), without the empty line at the end of each answer. */
export function captured(name: string): string {
    return readFileSync(join(__dirname, "captured", `${name}.txt`), "utf8").trim();
}
