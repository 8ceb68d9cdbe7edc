import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The commands of a section's shell block in the docs, so that a test runs what people read. */
export function recipe(file: string, heading: string): string {
    const text = readFileSync(join(__dirname, "../../docs", file), "utf8");
    const section = text.split(`\n${heading}\n`)[1]?.split(/\n#+ /)[0];
    const block = /```sh\n(.*?)```/s.exec(section ?? "")?.[1];
    if (block === undefined) {
        throw new Error(`docs/${file} has no commands under "${heading}"`);
    }
    return block;
}
