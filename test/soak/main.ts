/**
 * The soak: the real `pulumi up` releases one service again and again, under load. `npm run soak`, or with
 * `-- --releases 30` a short one.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../support/endWith";
import type { LoadRun } from "../support/load";
import { growthOf, warmUpReleases } from "./growth";
import { document, reportOf } from "./report";
import { type Release, soak } from "./Soak";

const root = resolve(__dirname, "../..");
const json = resolve(root, ".relink", "soak.json");
const text = resolve(root, "docs", "soak.md");
const fewest = warmUpReleases + 4;
const usage = `Usage: npm run soak -- [--releases 200] [--rate 200] [--image haproxy:3.0]
    --releases  how many times to release, at least ${fewest}
    --rate      requests per second
    --image     HAProxy's image`;

async function main(): Promise<number> {
    const { values } = parseArgs({
        options: {
            releases: { type: "string", default: "200" },
            rate: { type: "string", default: "200" },
            image: { type: "string", default: "haproxy:3.0" },
            help: { type: "boolean", default: false },
        },
    });
    const [wanted, rate] = [Number(values.releases), Number(values.rate)];
    if (values.help || !Number.isInteger(wanted) || wanted < fewest || !(rate > 0)) {
        console.log(usage);
        return values.help ? 0 : 2;
    }
    let stopped = false;
    process.on("SIGINT", () => {
        stopped = true;
        console.log("Ends after this release.");
    });
    const result = await soak({
        releases: wanted,
        ratePerSecond: rate,
        haproxyImage: values.image,
        report: (release, load) => tell(release, load, wanted),
        isStopped: () => stopped,
    });
    const looks = result.releases.map(release => release.usage);
    const report = reportOf(result, looks.length < fewest ? [] : growthOf(looks), wanted, values.image);
    mkdirSync(resolve(root, ".relink"), { recursive: true });
    writeFileSync(json, `${JSON.stringify({ ...report, looks: result.releases }, null, 1)}\n`);
    writeFileSync(text, document(report));
    const { requests, failed, open, minutes } = report;
    console.log(
        `${looks.length} of ${wanted} releases in ${minutes} minutes: ${requests} requests, ${failed} failed, ${open} open.`,
    );
    for (const problem of report.problems) {
        console.log(`PROBLEM: ${problem}`);
    }
    console.log(`All of it: ${relative(root, json)}, ${relative(root, text)}`);
    return report.problems.length === 0 && looks.length === wanted ? 0 : 1;
}

async function tell({ number, kind, seconds, usage }: Release, load: LoadRun, wanted: number): Promise<void> {
    const { requests, failed } = await load.snapshot();
    const { containers, files, haproxyProcesses, haproxyOpenFiles, haproxyKilobytes, recordBytes } = usage;
    console.log(
        `${number} of ${wanted}: ${kind}, ${seconds.toFixed(1)} s; ${requests} requests, ${failed} failed; ` +
            `${containers} containers, ${files} files, record ${recordBytes} bytes; HAProxy: ${haproxyProcesses} processes, ` +
            `${haproxyOpenFiles} open files, ${(haproxyKilobytes / 1024).toFixed(1)} MB`,
    );
}

endWith(main());
