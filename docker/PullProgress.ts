const intervalMs = 1_000;
const megabyte = 1_000_000;

/** One line of the Engine's stream during a pull. */
export interface PullMessage {
    /** The layer. */
    id?: string;
    status?: string;
    progressDetail?: { current?: number; total?: number };
}

/** Sums up the messages of a pull in one line about all layers, at most once a second. */
export class PullProgress {
    private readonly layers = new Map<string, { done: boolean; current: number; total: number }>();
    private lastReportAt = 0;

    constructor(
        private readonly name: string,
        private readonly report: (line: string) => void,
        private readonly clock: () => number = Date.now,
    ) {}

    take({ id, status = "", progressDetail = {} }: PullMessage): void {
        // The id of "Pulling from shop/web" is a tag or a digest, not a layer.
        if (id === undefined || status.startsWith("Pulling from")) {
            return;
        }
        const layer = this.layers.get(id) ?? { done: false, current: 0, total: 0 };
        this.layers.set(id, layer);
        if (status === "Downloading") {
            layer.current = progressDetail.current ?? layer.current;
            layer.total = progressDetail.total ?? layer.total;
        } else if (status === "Download complete" || status === "Pull complete" || status === "Already exists") {
            layer.current = layer.total;
            layer.done = status !== "Download complete";
        }
        if (this.clock() - this.lastReportAt >= intervalMs) {
            this.lastReportAt = this.clock();
            this.report(this.line());
        }
    }

    private line(): string {
        const layers = [...this.layers.values()];
        const done = layers.filter(layer => layer.done).length;
        const sum = (of: "current" | "total") => layers.reduce((total, layer) => total + layer[of], 0) / megabyte;
        const bytes = sum("total") > 0 ? `, ${sum("current").toFixed(1)} of ${sum("total").toFixed(1)} MB` : "";
        return `pulling ${this.name}: ${done} of ${layers.length} layers${bytes}`;
    }
}
