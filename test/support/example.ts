import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** @returns the services of an example's file, so that the tests run what the docs show */
export function exampleServices(name: string): Record<string, Record<string, unknown>> {
    const text = readFileSync(join(__dirname, `../../examples/${name}/Pulumi.${name}.yaml`), "utf8");
    return parse(text).config["relink:services"];
}
