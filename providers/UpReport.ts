import type { FrontState } from "../model/FrontState";
import type { Mark, Report, ReportSection } from "../report/Report";
import { readReport, writeReport } from "../report/render";
import { withoutFigures } from "./progress";
import { Traffic } from "./Traffic";

/** Time between two looks at HAProxy's counters, milliseconds. */
const lookMs = 1_000;

/**
 * The report of one `up`: the steps and errors of this process, and HAProxy's counters, read once a second. The program wrote
 * the plan's sentences to the file before (components/planReport.ts).
 */
export class UpReport {
    private readonly startedMs = performance.now();
    private readonly marks: Mark[] = [];
    private readonly failures: string[] = [];
    private readonly traffic = new Traffic();
    private readonly looking: NodeJS.Timeout;
    private look: Promise<void> = Promise.resolve();

    /** @param observe reads HAProxy's counters. Where it fails, the lines have a gap. */
    constructor(
        private readonly path: string,
        private readonly stack: string,
        private readonly observe: () => Promise<FrontState>,
    ) {
        this.looking = setInterval(() => this.sample(), lookMs);
        this.looking.unref();
        this.sample();
    }

    /** Adds a step on the row of a resource, unless it differs from the step before in figures alone. */
    step(subject: string, text: string): void {
        const last = this.marks.filter(mark => mark.subject === subject).at(-1);
        if (last === undefined || withoutFigures(last.text) !== withoutFigures(text)) {
            const kind = /^link \S+ => \S+, confirmed/.test(text) ? "switch" : "step";
            this.marks.push({ second: this.seconds(), subject, text, kind });
        }
    }

    fail(subject: string, message: string): void {
        this.failures.push(message);
        this.marks.push({ second: this.seconds(), subject, text: message.split("\n")[0] ?? "", kind: "error" });
    }

    /** Writes the report. */
    async end(): Promise<void> {
        clearInterval(this.looking);
        this.sample();
        await this.look;
        const planned = readReport(this.path);
        const [section] = planned?.sections ?? [];
        // A section with charts is of another `up`, whose file this one overwrites.
        const isOurs = section?.charts.length === 0;
        writeReport(this.path, this.report(isOurs ? section.sentences : []));
    }

    private report(sentences: string[]): Report {
        const { traffic, failures, marks } = this;
        const seconds = this.seconds();
        const section: ReportSection = {
            title: "What happened",
            text: "Seconds since the first step of this up. The figures are HAProxy's counters, read once a second.",
            sentences,
            figures: traffic.services().flatMap(service => [
                {
                    label: `${traffic.noun(service)} to ${service}`,
                    value: traffic.requests(service).toLocaleString("en-US"),
                },
                {
                    label: traffic.noun(service) === "connections" ? "of them failed" : "of them answered with 5xx",
                    value: traffic.errors(service).toLocaleString("en-US"),
                    bad: traffic.errors(service) > 0,
                },
            ]),
            charts: traffic.services().flatMap(service => traffic.charts(service)),
            marks,
            failures,
        };
        return {
            ...planOf(this.stack, []),
            totals: [
                { label: "result", value: failures.length === 0 ? "succeeded" : "failed", bad: failures.length > 0 },
                { label: "seconds", value: seconds.toFixed(1) },
            ],
            sections: [section],
        };
    }

    private sample(): void {
        const second = this.seconds();
        this.look = this.look.then(async () => {
            const front = await this.observe().catch(() => undefined);
            this.traffic.add(second, front);
        });
    }

    private seconds(): number {
        return Number(((performance.now() - this.startedMs) / 1000).toFixed(2));
    }
}

/** @returns the report of an `up` that has not done anything yet, or had nothing to do */
export function planOf(stack: string, sentences: string[]): Report {
    return {
        title: `pulumi up of ${stack}`,
        at: new Date().toISOString(),
        note: "Made by relink, since RELINK_REPORT asked for it.",
        totals: [{ label: "result", value: "nothing was done" }],
        sections: [
            {
                title: "The plan",
                text: "No step was taken.",
                sentences,
                figures: [],
                charts: [],
                marks: [],
                failures: [],
            },
        ],
    };
}
