import * as http from "node:http";

/** Shortest and longest pause between two requests on one connection, milliseconds: HAProxy keeps it for 15 s. */
const [shortestMs, longestMs] = [10_000, 14_000];

/**
 * Clients that ask, wait for more than ten seconds, and ask again on the same connection, as a browser does. After a
 * reload of HAProxy such a connection is still with the soft-stopped worker.
 */
export class PausingClients {
    /** Every answer that was not 200, and every request without an answer. */
    readonly failures: string[] = [];
    /** Requests so far, by client. */
    readonly #asked: number[];
    readonly #timers = new Set<NodeJS.Timeout>();
    readonly #agents: http.Agent[];
    #ended = false;

    /** Each has one connection and asks one host. */
    constructor(
        private readonly url: string,
        private readonly host: string,
        count: number,
    ) {
        this.#asked = Array.from({ length: count }, () => 0);
        this.#agents = this.#asked.map(() => new http.Agent({ keepAlive: true, maxSockets: 1 }));
        // Spread over the pause, so that some of them ask at any moment.
        this.#asked.forEach((_, client) => {
            this.#later((client * longestMs) / count, () => void this.#run(client));
        });
    }

    /** Waits until each client has asked so many more times. */
    async askedMore(times: number): Promise<void> {
        const goals = this.#asked.map(count => count + times);
        while (!this.#asked.every((count, client) => count >= goals[client]!)) {
            await new Promise(resolve => setTimeout(resolve, 200));
        }
    }

    end(): void {
        this.#ended = true;
        for (const timer of this.#timers) {
            clearTimeout(timer);
        }
        for (const agent of this.#agents) {
            agent.destroy();
        }
    }

    async #run(client: number): Promise<void> {
        await this.#ask(client);
        this.#asked[client]! += 1;
        this.#later(
            shortestMs + ((longestMs - shortestMs) * client) / this.#asked.length,
            () => void this.#run(client),
        );
    }

    #ask(client: number): Promise<void> {
        return new Promise(resolve => {
            const failed = (what: string) => {
                if (!this.#ended) {
                    this.failures.push(`${new Date().toISOString()} ${this.host}, client ${client}: ${what}`);
                }
                resolve();
            };
            const request = http.get(
                this.url,
                { agent: this.#agents[client]!, headers: { host: this.host } },
                response => {
                    const { statusCode } = response;
                    response.resume();
                    response.on("error", error => failed(error.message));
                    response.on("end", () => (statusCode === 200 ? resolve() : failed(`answered ${statusCode}`)));
                },
            );
            request.on("error", error => failed(error.message));
        });
    }

    #later(afterMs: number, what: () => void): void {
        const timer = setTimeout(() => {
            this.#timers.delete(timer);
            if (!this.#ended) {
                what();
            }
        }, afterMs);
        this.#timers.add(timer);
    }
}
