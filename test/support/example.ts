import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The services of an example stack, as its file has them: what the docs show is what the tests run. */
export function exampleServices(name: string): Record<string, Record<string, unknown>> {
    const text = readFileSync(join(__dirname, `../../examples/${name}/Pulumi.${name}.yaml`), "utf8");
    return parse(text).config["relink:services"];
}
