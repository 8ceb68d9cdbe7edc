import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import axios from "axios";
import { type RunningCommand, startCommand } from "./command";
import { debians } from "./proxyBinaries";
import { until } from "./until";

const example = resolve(__dirname, "../../examples/monitoring/prometheus.yml");
const startMs = 60_000;

/** A series that Prometheus answers with: its labels and its values by time. */
export interface Series {
    metric: Record<string, string>;
    values: number[];
}

/** Debian's Prometheus with the example's configuration. It scrapes one front each second. */
export class Prometheus {
    private constructor(
        private readonly port: number,
        private readonly folder: string,
        private readonly running: RunningCommand,
    ) {}

    /**
     * @param port where it answers, on 127.0.0.1
     * @param metricsPort the front's
     */
    static async start(port: number, metricsPort: number): Promise<Prometheus> {
        const binary = await debians("prometheus");
        const folder = mkdtempSync(join(tmpdir(), "relink-prometheus-"));
        const config = join(folder, "prometheus.yml");
        const text = readFileSync(example, "utf8").replace("127.0.0.1:8404", `127.0.0.1:${metricsPort}`);
        writeFileSync(config, text.replace("scrape_interval: 5s", "scrape_interval: 1s"));
        const address = `--web.listen-address=127.0.0.1:${port}`;
        const running = startCommand(
            binary,
            [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`, address],
            { cwd: folder, env: process.env, timeoutSeconds: 3600 },
        );
        const prometheus = new Prometheus(port, folder, running);
        try {
            await prometheus.series("up == 1", 60);
        } catch (error) {
            await prometheus.stop();
            throw error;
        }
        return prometheus;
    }

    /**
     * Asks for the last `seconds`, a value each second, until there is an answer.
     * @returns the series of an expression
     * @throws Error with Prometheus's words where it is not an expression, or where nothing comes in time
     */
    async series(expression: string, seconds: number): Promise<Series[]> {
        const waiting = { deadline: Date.now() + startMs, what: `Prometheus has no series for ${expression}` };
        return until(async seen => {
            const found = await this.#ask(expression, seconds).catch(error => {
                seen((error as Error).message);
                return [];
            });
            return found.length > 0 ? found : undefined;
        }, waiting);
    }

    async stop(): Promise<void> {
        this.running.kill();
        await this.running.result;
        rmSync(this.folder, { recursive: true, force: true });
    }

    async #ask(query: string, seconds: number): Promise<Series[]> {
        const end = Date.now() / 1000;
        const { data, status } = await axios.get(`http://127.0.0.1:${this.port}/api/v1/query_range`, {
            params: { query, start: end - seconds, end, step: 1 },
            validateStatus: () => true,
        });
        if (status !== 200) {
            throw new Error(`${status}: ${data.error}`);
        }
        const found = data.data.result as { metric: Record<string, string>; values: [number, string][] }[];
        return found.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => Number(value)) }));
    }
}
