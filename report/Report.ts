/** What a report of the demo or of one `up` shows. The HTML file has it as JSON too, for `readReport`. */
export interface Report {
    title: string;
    /** When it was made, ISO 8601. */
    at: string;
    /** Where the figures come from, for the reader. */
    note: string;
    /** Figures over all sections, the most important first. */
    totals: Figure[];
    /** The demo's table, which is in report.json too. @default none */
    scenarios?: ScenarioFigures[];
    sections: ReportSection[];
}

export interface Figure {
    label: string;
    value: string;
    /** Whether the value is not as it should be. @default false */
    bad?: boolean;
}

/** One row of the demo's table. Times are milliseconds from the beginning of a request to the end of its response. */
export interface ScenarioFigures {
    name: string;
    /** Of all services. */
    requests: number;
    /** Requests that were not answered in full with a status below 400. */
    failed: number;
    /** Of the requests that are more than 1 s away from the switch. */
    p50Ms: number;
    p99Ms: number;
    /** Of the requests from 1 s before to 1 s after the switch; null where nothing switched. */
    switchP99Ms: number | null;
    /** How long the stage took, under load or not. */
    seconds: number;
}

/** One stage of the demo, or one `up`. Times are seconds since its beginning. */
export interface ReportSection {
    title: string;
    text: string;
    /** The plan's sentences, one per service. */
    sentences: string[];
    figures: Figure[];
    charts: Chart[];
    marks: Mark[];
    /** Errors and lost requests, in words. */
    failures: string[];
}

/** Something that happened at one moment. */
export interface Mark {
    second: number;
    /** Name of the service or resource. */
    subject: string;
    text: string;
    /** A switch of the traffic is drawn stronger than another step. */
    kind: "step" | "switch" | "error";
}

/** Lines over time. */
export interface Chart {
    title: string;
    /** The service. The chart shows the marks of the service, its colors and its link. */
    service: string;
    /** Unit of the values. */
    unit: string;
    /** Whether the scale is logarithmic, as for latencies. @default false */
    logarithmic?: boolean;
    seconds: number[];
    lines: Line[];
}

export interface Line {
    label: string;
    /** How the line is painted: as one of the two colors, as one of three versions, or by its importance. */
    tone: "blue" | "green" | "first" | "second" | "third" | "plain" | "strong" | "bad";
    /** One per second of the chart; null where there is none. */
    values: (number | null)[];
}
