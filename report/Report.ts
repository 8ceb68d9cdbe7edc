/** What a report shows: of the demo, or of one `up`. It is also in the file itself, as JSON (`readReport`). */
export interface Report {
    title: string;
    /** When it was made, ISO 8601. */
    at: string;
    /** Where the figures come from, for the reader. */
    note: string;
    /** Figures over all sections, the most important first. */
    totals: Figure[];
    /** Of the demo: what report.json holds too. */
    scenarios?: ScenarioFigures[];
    sections: ReportSection[];
}

export interface Figure {
    label: string;
    value: string;
    /** It is not as it should be. */
    bad?: boolean;
}

/** One row of the demo's table. Times are milliseconds from the beginning of a request to the end of its response. */
export interface ScenarioFigures {
    name: string;
    /** Of all services. */
    requests: number;
    /** Requests that were not answered in full with a status below 400. */
    failed: number;
    /** Away from the switch: more than 1 s before or after it. */
    p50Ms: number;
    p99Ms: number;
    /** From 1 s before to 1 s after the switch; null where nothing switched. */
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
    /** Service or resource that it is about. */
    subject: string;
    text: string;
    /** A switch of what users see is drawn stronger than a step on the way. */
    kind: "step" | "switch" | "error";
}

/** Lines over time. */
export interface Chart {
    title: string;
    /** The service that it is about: it shows the marks of that one, and of its colors and its link. */
    service: string;
    /** Of the values. */
    unit: string;
    /** Latencies differ by powers of ten: they are drawn on a logarithmic scale. */
    logarithmic?: boolean;
    seconds: number[];
    lines: Line[];
}

export interface Line {
    label: string;
    /** What its color stands for: one of the two colors, the first, second, ... version, or something else. */
    tone: "blue" | "green" | "first" | "second" | "third" | "plain" | "strong" | "bad";
    /** One per second of the chart; null where there is none. */
    values: (number | null)[];
}
