import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Engine } from "../../../docker/Engine";

/** One request to the Engine. */
export interface EngineCall {
    method: string;
    /** Without its query. */
    path: string;
    query: URLSearchParams;
    body: Buffer;
}

/** The Engine's answer in a test. Without a body the answer stays open, as a stream of events does. */
export type EngineAnswer = [status: number, body?: unknown];

/** Docker's Engine API on a port of this machine, for the real client. It answers as a test says, or 404. */
export class FakeEngine {
    readonly calls: EngineCall[] = [];

    private constructor(
        readonly engine: Engine,
        private readonly server: Server,
    ) {}

    /** @returns an Engine that the test has to close */
    static async start(answer: (call: EngineCall) => EngineAnswer | undefined): Promise<FakeEngine> {
        const server = createServer(async (request, response) => {
            const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://engine");
            const call = { method: request.method ?? "", path, query, body: await buffer(request) };
            fake.calls.push(call);
            const [status, body] = answer(call) ?? [404, { message: `no ${path} here` }];
            response.writeHead(status, { "content-type": "application/json" });
            if (body === undefined) {
                response.flushHeaders();
            } else {
                response.end(body === "" ? "" : JSON.stringify(body));
            }
        });
        // The start of an exec turns the connection into its input and output. This one sends nothing, and does not end.
        server.on("upgrade", ({ method = "", url: path = "" }, socket) => {
            fake.calls.push({ method, path, query: new URLSearchParams(), body: Buffer.alloc(0) });
            socket.on("error", () => {}).on("end", () => socket.destroy());
            socket.resume();
            socket.write("HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n");
        });
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const fake: FakeEngine = new FakeEngine(Engine.connect(`tcp://127.0.0.1:${port}`), server);
        return fake;
    }

    /** Method and path of each request in order, as in `POST /containers/a/stop`. */
    get asked(): string[] {
        return this.calls.map(({ method, path }) => `${method} ${path}`);
    }

    async close(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise(resolve => this.server.close(resolve));
    }
}
