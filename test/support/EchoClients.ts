import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a TCP service of a test is. */
export interface EchoTarget {
    port: number;
    /** The host that clients name by TLS. @default none, and no TLS */
    sni?: string;
}

/** A client that has this number of lines on one connection, and no more while it is quiet. */
export interface LongClient {
    /** Who has answered, each once: `v1`. */
    answeredBy: Set<string>;
    echoes: number;
    /** Why the connection has ended. @default undefined (it is open) */
    ended?: string;
    end(): void;
}

const patienceMs = 15_000;
const pauseMs = 5;
const betweenLinesMs = 100;

/** Clients of a server that sends each line back, with its version behind it: `17 v1`. Every connection is accounted for. */
export class EchoClients {
    readonly versions: Record<string, number> = {};
    readonly broken: string[] = [];
    readonly #lanes: Promise<void>[] = [];
    #isOver = false;
    #id = 0;

    constructor(readonly target: EchoTarget) {}

    /** Short connections one after the other, in so many lanes. */
    start(lanes: number): void {
        this.#lanes.push(...Array.from({ length: lanes }, () => this.#lane()));
    }

    async stop(): Promise<void> {
        this.#isOver = true;
        await Promise.all(this.#lanes);
    }

    get answered(): number {
        return Object.values(this.versions).reduce((sum, count) => sum + count, 0);
    }

    /** Opens a connection that sends a line each 100 ms until it ends. */
    long(): LongClient {
        const socket = this.#connect();
        const timer = setInterval(() => socket.writable && socket.write(`${++this.#id}\n`), betweenLinesMs);
        const client: LongClient = { answeredBy: new Set(), echoes: 0, end: () => socket.destroy() };
        socket.on("data", data => {
            for (const line of data.toString().trim().split("\n")) {
                client.echoes += 1;
                client.answeredBy.add(line.split(" ")[1] ?? line);
            }
        });
        socket.on("error", error => {
            client.ended ??= error.message;
        });
        socket.on("close", () => {
            clearInterval(timer);
            client.ended ??= "closed";
        });
        return client;
    }

    async #lane(): Promise<void> {
        while (!this.#isOver) {
            try {
                const version = await this.#short(++this.#id);
                this.versions[version] = (this.versions[version] ?? 0) + 1;
            } catch (error) {
                this.broken.push((error as Error).message);
            }
            await new Promise(resolve => setTimeout(resolve, pauseMs));
        }
    }

    /** @returns the version that has sent the line back */
    #short(id: number): Promise<string> {
        const socket = this.#connect();
        return new Promise<string>((resolve, reject) => {
            let text = "";
            socket.setTimeout(patienceMs, () => reject(new Error(`silence after ${JSON.stringify(text)}`)));
            socket.on("data", data => {
                text += data;
                const [, back, version] = /^(\d+) (\S+)\n/.exec(text) ?? [];
                if (version !== undefined) {
                    back === String(id) ? resolve(version) : reject(new Error(`${id} was answered ${text}`));
                }
            });
            socket.on("error", reject);
            socket.on("close", () => reject(new Error(`closed after ${JSON.stringify(text)}`)));
            socket.write(`${id}\n`);
        }).finally(() => socket.destroy());
    }

    #connect(): Socket {
        const { port, sni } = this.target;
        return sni === undefined
            ? connectPlain({ port, host: "127.0.0.1" })
            : connectTls({ port, host: "127.0.0.1", servername: sni, rejectUnauthorized: false });
    }
}
