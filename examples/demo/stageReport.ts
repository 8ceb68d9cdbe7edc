import { availableParallelism, cpus } from "node:os";
import type { Chart, Line, Mark, Report, ReportSection } from "../../report/Report";
import type { LoadResult } from "../../test/support/load";
import { grouped } from "./grouped";
import type { Scenario } from "./Scenario";
import type { ServiceLoad } from "./StageLoad";

/** The data of a stage for the report. */
export interface StageNotes {
    loads: ServiceLoad[];
    /** Steps of the stage's `up`s. */
    marks: Mark[];
    sentences: string[];
    failures: string[];
}

const tones = ["first", "second", "third"] as const;

/** @returns the report of the whole demo */
export function demoReport(scenarios: Scenario[], sections: ReportSection[], at: Date): Report {
    const sum = (figure: "requests" | "failed") => scenarios.reduce((sum, scenario) => sum + scenario[figure], 0);
    return {
        title: "relink demo: two services released, returned and refused under load",
        at: at.toISOString(),
        note:
            `The load, Docker and HAProxy shared ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}). ` +
            "Each request is counted as answered, failed or still open. Latency is from the beginning of a request to " +
            "the end of its response.",
        totals: [
            { label: "requests", value: grouped(sum("requests")) },
            { label: "failed", value: grouped(sum("failed")), bad: sum("failed") > 0 },
            { label: "scenarios", value: String(scenarios.length) },
        ],
        scenarios,
        sections,
    };
}

/** @returns a stage as a section of the report */
export function sectionOf({ title, why }: { title: string; why: string }, notes: StageNotes): ReportSection {
    const { loads, marks, sentences, failures } = notes;
    return {
        title,
        text: why,
        sentences,
        failures,
        figures: loads.flatMap(({ service, result }) => [
            { label: `requests to ${service}`, value: grouped(result.requests) },
            {
                label: `failed of ${service}`,
                value: grouped(result.failed + result.open),
                bad: result.failed + result.open > 0,
            },
            ...result.switches.map(({ from, to, overlapMs }) => ({
                label: `${service}: both ${from} and ${to} answered for`,
                value: `${overlapMs.toFixed(0)} ms`,
            })),
        ]),
        charts: loads.flatMap(chartsOf),
        marks: [...marks, ...loads.flatMap(switchesOf)].sort((a, b) => a.second - b.second),
    };
}

function switchesOf({ service, fromSecond, result }: ServiceLoad): Mark[] {
    return result.switches.map(({ from, to, atMs }) => ({
        second: fromSecond + atMs / 1000,
        subject: service,
        text: `${from} => ${to}: the first request that ${to} answered began`,
        kind: "switch" as const,
    }));
}

/** @returns charts of the requests by version and of the latency, both second by second */
function chartsOf({ service, fromSecond, result }: ServiceLoad): Chart[] {
    const count = (result.buckets.at(-1)?.second ?? -1) + 1;
    const bySecond = new Map(result.buckets.map(bucket => [bucket.second, bucket]));
    const numbers = Array.from({ length: count }, (_, second) => second);
    const seconds = numbers.map(second => Number((fromSecond + second).toFixed(2)));
    const versions = [...new Set(result.buckets.flatMap(({ answered }) => Object.keys(answered)))].sort();
    const latency = (figure: "p50Ms" | "p99Ms") =>
        numbers.map(second => {
            const found = bySecond.get(second)?.latency;
            return found === undefined || found.count === 0 ? null : Number(found[figure].toFixed(2));
        });
    const failed = numbers.map(second => bySecond.get(second)?.failed ?? 0);
    return [
        {
            service,
            title: `${service}: answered requests per second, by version`,
            unit: "/s",
            seconds,
            lines: [
                ...versions.map(
                    (version): Line => ({
                        label: version,
                        tone: toneOf(version),
                        values: whileAny(numbers.map(second => answeredBy(version, bySecond.get(second)))),
                    }),
                ),
                // A line at zero would hide the others.
                ...(result.failed > 0 ? [{ label: "failed", tone: "bad" as const, values: failed }] : []),
            ],
        },
        {
            service,
            title: `${service}: latency`,
            unit: "ms",
            logarithmic: true,
            seconds,
            lines: [
                { label: "p50", tone: "plain", values: latency("p50Ms") },
                { label: "p99", tone: "strong", values: latency("p99Ms") },
            ],
        },
    ];
}

/** @returns the color of a version, which is the same in all sections */
function toneOf(version: string): Line["tone"] {
    return tones[(Number(/\d+$/.exec(version)?.[0] ?? 1) - 1) % tones.length] ?? "first";
}

/** Removes the zeros before a version's first and after its last request, except one at each end of its line. */
function whileAny(values: number[]): (number | null)[] {
    return values.map((value, index) => (values.slice(Math.max(0, index - 1), index + 2).some(Boolean) ? value : null));
}

function answeredBy(version: string, bucket: LoadResult["buckets"][number] | undefined): number {
    const lanes = Object.values(bucket?.answered[version] ?? {});
    return lanes.reduce((sum, requests) => sum + requests, 0);
}
