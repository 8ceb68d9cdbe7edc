import { get } from "node:http";

/** What HAProxy says of itself while it is attacked. */
export interface FrontSeen {
    /** The most connections at the same time, of those that it may have. */
    mostConnections: number;
    maxConnections: number;
    /** The most memory that it had allocated for connections, requests and buffers, megabytes. */
    mostMegabytes: number;
    /** The least share of its time in which it had nothing to do, percent. */
    leastIdlePercent: number;
    /** The longest that its figures took, milliseconds: HAProxy answers them itself. */
    slowestMs: number;
}

const everyMs = 500;

/** Reads HAProxy's figures again and again until `stop`. */
export class FrontFigures {
    readonly #seen: FrontSeen = {
        mostConnections: 0,
        maxConnections: 0,
        mostMegabytes: 0,
        leastIdlePercent: 100,
        slowestMs: 0,
    };
    readonly #timer: NodeJS.Timeout;
    #last: Promise<void> = Promise.resolve();

    /** @param port where the front's metrics are, on 127.0.0.1 */
    constructor(private readonly port: number) {
        this.#timer = setInterval(() => {
            this.#last = this.#last.then(() => this.#look());
        }, everyMs);
    }

    async stop(): Promise<FrontSeen> {
        clearInterval(this.#timer);
        await this.#last;
        return this.#seen;
    }

    async #look(): Promise<void> {
        const begun = performance.now();
        const figure = await readFigures(this.port);
        const seen = this.#seen;
        seen.slowestMs = Math.max(seen.slowestMs, Math.round(performance.now() - begun));
        seen.mostConnections = Math.max(seen.mostConnections, figure("current_connections"));
        seen.mostMegabytes = Math.max(seen.mostMegabytes, Math.round(figure("pool_allocated_bytes") / 1e6));
        seen.maxConnections = figure("max_connections");
        seen.leastIdlePercent = Math.min(seen.leastIdlePercent, figure("idle_time_percent"));
    }
}

/** @returns HAProxy's figures about its process, by their names for Prometheus */
export async function readFigures(port: number): Promise<(name: string) => number> {
    const text = await ask(port);
    return name => Number(new RegExp(`^haproxy_process_${name} (\\S+)$`, "m").exec(text)?.[1]);
}

function ask(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
        const request = get({ host: "127.0.0.1", port, path: "/metrics?scope=global", agent: false }, response => {
            let text = "";
            response.setEncoding("utf8").on("data", data => {
                text += data;
            });
            response.on("end", () => resolve(text));
            response.on("error", reject);
        });
        request.on("error", reject);
    });
}
