import { arch, cpus, totalmem } from "node:os";
import { type Growth, warmUpReleases } from "./growth";
import type { Kind, SoakResult } from "./Soak";
import type { Measure } from "./Usage";

/** All results of a run of the soak, as in `.relink/soak.json`. */
export interface SoakReport {
    startedAt: string;
    minutes: number;
    /** How many releases were asked for, and how many of each kind were made. */
    wanted: number;
    made: Record<Kind, number>;
    haproxyImage: string;
    machine: string;
    requests: number;
    failed: number;
    open: number;
    streamsCut: number;
    streams: number;
    requestsPerSecond: number;
    p50Ms: number;
    p99Ms: number;
    /** Median time of one `up`, with the CLI's start. */
    secondsPerRelease: number;
    growth: Growth[];
    problems: string[];
}

export function reportOf(result: SoakResult, growth: Growth[], wanted: number, haproxyImage: string): SoakReport {
    const { load, releases } = result;
    const seconds = releases.map(release => release.seconds).sort((a, b) => a - b);
    const count = (kind: Kind) => releases.filter(release => release.kind === kind).length;
    return {
        startedAt: load.startedAt,
        minutes: round(load.seconds / 60),
        wanted,
        made: {
            release: count("release"),
            "release with a reload": count("release with a reload"),
            return: count("return"),
        },
        haproxyImage,
        machine: `${cpus().length} cores, ${arch()}, ${Math.round(totalmem() / 1024 ** 3)} GB`,
        requests: load.requests,
        failed: load.failed,
        open: load.open,
        streamsCut: load.streams.cut,
        streams: load.streams.opened,
        requestsPerSecond: round(load.requestsPerSecond),
        p50Ms: round(load.latency.p50Ms),
        p99Ms: round(load.latency.p99Ms),
        secondsPerRelease: round(seconds[Math.floor(seconds.length / 2)] ?? 0),
        growth,
        problems: [...result.problems, ...growth.flatMap(({ complaint }) => complaint ?? [])],
    };
}

const words: Record<Measure, string> = {
    containers: "containers of the stack, stopped ones included",
    named: "containers, networks and volumes named after the front",
    images: "images of its containers",
    files: "files in the front's three volumes",
    fileKilobytes: "their size, KB",
    recordBytes: "record of the service, bytes",
    anchorProcesses: "processes in the anchor",
    anchorTemporaryFiles: "temporary files in the anchor",
    generations: "generations of HAProxy",
    haproxyProcesses: "HAProxy's processes",
    oldWorkers: "old workers of HAProxy",
    haproxyOpenFiles: "HAProxy's open files",
    haproxyKilobytes: "HAProxy's memory (RSS), KB",
    stateKilobytes: "Pulumi's state of the stack, KB",
};

/** `docs/soak.md`. */
export function document(report: SoakReport): string {
    const { made } = report;
    const all = made.release + made["release with a reload"] + made.return;
    const rows = report.growth.map(
        ({ measure, first, last, highest, perRelease }) =>
            `| ${words[measure]} | ${grouped(first)} | ${grouped(last)} | ${grouped(highest)} | ${perRelease.toFixed(2)} |`,
    );
    const verdict =
        report.problems.length === 0
            ? "No request was lost, and nothing grew."
            : `What was wrong:\n\n${report.problems.map(problem => `- ${problem.split("\n")[0]}`).join("\n")}`;
    return `# Soak

\`npm run soak\` releases one service 200 times, with two images in turn, under load that accounts for every request. After
each release it looks at everything that might grow. \`npm run soak -- --releases 30\` is a short one. It writes the
result to \`.relink/soak.json\` and, as text, to this file.

The last run: **${all} of ${report.wanted} releases in ${grouped(report.minutes)} minutes, ${grouped(report.requests)} requests, ${report.failed} failed, ${report.open} unanswered**
(${report.startedAt.slice(0, 10)}, ${report.machine}, ${report.haproxyImage}; the same machine ran Docker and the load).
${verdict}

| what | figure |
|---|---|
| releases of a new image and settings | ${made.release} |
| the same, with other health checks, for which HAProxy reloads | ${made["release with a reload"]} |
| returns to the warm color | ${made.return} |
| load | ${grouped(report.requestsPerSecond)} requests/s: GET, POST, new connections, slow answers, ${grouped(report.streams)} streams of which ${report.streamsCut} were cut |
| p50, p99 of a request, the releases included | ${report.p50Ms} ms, ${report.p99Ms} ms |
| one \`pulumi up\`, median | ${report.secondsPerRelease} s |

Seen after each release. The first ${warmUpReleases} are left out, because they fill what is then used over and over:

| measure | first | last | highest | rise per release |
|---|---|---|---|---|
${rows.join("\n")}

The rise is that of the straight line of least squares. A measure has grown when its median in the last quarter of the run is
above that in the first quarter: by anything for what is counted, by more than 5 % and 2 MB for memory, by more than 5 % and 24 for
open files (the load's own connections are among them), and by more than the digits of some numbers for sizes
(\`test/soak/growth.ts\`).
`;
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}

function grouped(value: number): string {
    return value.toLocaleString("en-US");
}
