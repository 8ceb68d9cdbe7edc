import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @returns a block of a section in the docs, by default its shell commands, so that a test runs what people read */
export function recipe(file: string, heading: string, language = "sh"): string {
    const text = readFileSync(join(__dirname, "../../docs", file), "utf8");
    const section = text.split(`\n${heading}\n`)[1]?.split(/\n#+ /)[0];
    const [, rest] = section?.split(`\`\`\`${language}\n`) ?? [];
    const block = rest?.split("```")[0];
    if (block === undefined) {
        throw new Error(`docs/${file} has no ${language} under "${heading}"`);
    }
    return block;
}
