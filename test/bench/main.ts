/**
 * The bench: figures of relink against their bars, measured by the real CLI, Docker and HAProxy. `npm run bench`, or
 * `npm run bench -- --only switch` for some of it.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../support/endWith";
import { repository } from "../support/stackFolder";
import { haproxyImages } from "./benchStack";
import { document } from "./document";
import { isMet, type Measurement, rounded } from "./Figure";
import { canary } from "./figures/canary";
import { commands } from "./figures/commands";
import { frontChanges } from "./figures/frontChanges";
import { memory } from "./figures/memory";
import { mutatingCalls } from "./figures/mutatingCalls";
import { peers } from "./figures/peers";
import { release } from "./figures/release";
import { returning } from "./figures/returning";
import { rollback } from "./figures/rollback";
import { rolling } from "./figures/rolling";
import { services } from "./figures/services";
import { switching } from "./figures/switching";
import { throughputs } from "./figures/throughput";
import { tls } from "./figures/tls";
import { describeMachine, waitForQuiet } from "./machine";
import { type Found, merged, parseResults, type Results } from "./Results";

const measurements: Measurement[] = [
    commands,
    switching,
    returning,
    release,
    throughputs,
    tls,
    services,
    memory,
    mutatingCalls,
    rolling,
    canary,
    rollback,
    peers,
    frontChanges,
];
const names = measurements.map(({ name }) => name);
const folder = join(repository, "bench");
const json = join(folder, "results.json");
const text = join(folder, "RESULTS.md");
const usage = `Usage: npm run bench -- [--only NAME]...
    Measures relink and writes ${relative(repository, json)} and ${relative(repository, text)}.
    It reports a bar that is missed, and does not fail for it.
    With RELINK_BENCH_KAMAL_PROXY, the path of a static kamal-proxy, side-by-side and front-changes measure that one too.
    front-changes needs ${haproxyImages[1]}. With RELINK_FULL=1 the set-up gets it, where Docker does not have it.
    --only  measures one of these, and keeps the figures of the others in the files:
${measurements.map(({ name, seconds }) => `            ${name.padEnd(16)} about ${seconds} s`).join("\n")}`;

async function main(): Promise<number> {
    const { values } = parseArgs({
        options: {
            only: { type: "string", multiple: true, default: names },
            help: { type: "boolean", default: false },
        },
    });
    const unknown = values.only.filter(name => !names.includes(name));
    if (values.help || unknown.length > 0) {
        console.log(usage);
        return values.help ? 0 : 2;
    }
    const machine = await describeMachine();
    const now: Found[] = [];
    const problems: string[] = [];
    for (const measurement of measurements.filter(({ name }) => values.only.includes(name))) {
        try {
            now.push(await measure(measurement));
        } catch (error) {
            problems.push(`${measurement.name}: ${(error as Error).message}`);
            console.error(problems.at(-1));
        }
        // Written after each measurement, so that a failure or a Ctrl-C does not lose the earlier ones.
        write({ machine, found: merged(names, earlier(), now) });
    }
    console.log(`All of it: ${relative(repository, json)}, ${relative(repository, text)}`);
    return problems.length === 0 ? 0 : 1;
}

async function measure({ name, seconds, measure }: Measurement): Promise<Found> {
    const startedMs = performance.now();
    const say = (words: string) => {
        console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${name}: ${words}`);
    };
    const before = await waitForQuiet(say);
    const at = new Date().toISOString();
    say(`begins, takes about ${seconds} s`);
    const measured = await measure(say);
    for (const figure of measured.figures) {
        const { title, measured: value, unit, bar } = figure;
        const words = value === undefined ? "not available here" : `${rounded(value, unit)}${unit}`;
        const verdict = isMet(figure) === false ? "MISSED" : "met";
        const against = bar === undefined ? "" : ` (bar: ${bar.limit} ${bar.value}${unit}, ${verdict})`;
        console.log(`${title}: ${words}${against}`);
    }
    return { measurement: name, at, before, ...measured };
}

function earlier(): Found[] {
    return existsSync(json) ? parseResults(readFileSync(json, "utf8")).found : [];
}

function write(results: Results): void {
    mkdirSync(folder, { recursive: true });
    const precise = (_key: string, value: unknown) =>
        typeof value === "number" ? Number(value.toPrecision(4)) : value;
    writeFileSync(json, `${JSON.stringify(results, precise, 1)}\n`);
    writeFileSync(text, document(results, names));
}

endWith(main());
