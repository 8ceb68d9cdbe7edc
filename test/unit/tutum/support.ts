import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fields } from "../../../settings/fields";
import type { ConvertedStack, Located } from "../../../tutum/ConvertedStack";
import { fromStackFile, type StackOptions } from "../../../tutum/fromStackFile";

/** A certificate for shop.example.com and *.example.com, and its key. */
export const pem = readFileSync(join(__dirname, "../settings/certificate.pem"), "utf8");
/** The same on one line, as a variable of Tutum's. */
export const onOneLine = pem.replaceAll("\n", "\\n");

/** Variables by service. */
export type Environments = Record<string, Record<string, string>>;

/** What a stack becomes, as a test compares it. */
export interface Converted extends ConvertedStack {
    front: Fields;
    /** The service `web`. */
    web: Fields;
    /** `place: message (fix)` of each problem. */
    lines: string[];
    /** The same of each note. */
    said: string[];
}

/** Converts a stack whose HAProxy is linked to all other services. */
export function converted(environments: Environments, options: StackOptions = {}): Converted {
    const { haproxy = {}, ...services } = environments;
    const all = Object.keys(services).length === 0 ? { web: {} } : services;
    const stack = {
        ...Object.fromEntries(
            Object.entries(all).map(([name, environment]) => [
                name,
                { image: `shop/${name}:v1`, expose: ["8080"], environment },
            ]),
        ),
        haproxy: { image: "tutum/haproxy", links: Object.keys(all), environment: haproxy },
    };
    // A YAML file may be JSON. Each dollar sign is doubled, as in a Compose file.
    return convertedText(JSON.stringify(stack, null, 1).replaceAll("$", "$$$$"), options);
}

/** Converts the text of a file. */
export function convertedText(text: string, options: StackOptions = {}): Converted {
    const folder = mkdtempSync(join(tmpdir(), "relink-tutum-"));
    try {
        const path = join(folder, "tutum.yml");
        writeFileSync(path, text);
        const stack = fromStackFile(path, options);
        const { front, services } = stack.config;
        const { image: _image, port: _port, ...web } = (services.web ?? {}) as Fields;
        return { ...stack, front, web, lines: stack.problems.map(lineOf), said: stack.notes.map(lineOf) };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Without the line's number. */
function lineOf({ place, message, fix }: Located): string {
    return `${place.replace(/^tutum\.yml:\d+: /, "")}: ${message}${fix === "" ? "" : ` (${fix})`}`;
}
