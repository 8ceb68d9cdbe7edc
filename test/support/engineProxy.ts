import { rmSync } from "node:fs";
import http from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngineAddress } from "../../docker/EngineAddress";

const maxInputBytes = 64 * 1024;

/** One request that passed, in the order of arrival. */
export interface EngineCall {
    method: string;
    /** Path and query, the API version removed. */
    path: string;
    /** The command, for the creation and the start of an exec. */
    exec?: ExecCall;
}

/** A command that was run in a container. */
export interface ExecCall {
    argv: string[];
    /** What was written to its standard input so far (the first 64 kB). */
    stdin: string;
}

/** A unix socket in front of the Docker Engine's that records what is asked, hijacked connections included. */
export class EngineProxy {
    readonly calls: EngineCall[] = [];
    /** Calls that are answered with 500 and not passed on. */
    refuses: (call: EngineCall) => boolean = () => false;
    private readonly execs = new Map<string, ExecCall>();
    private readonly sockets = new Set<Socket>();

    private constructor(
        private readonly server: http.Server,
        private readonly target: string,
        /** For DOCKER_HOST. */
        readonly host: string,
    ) {}

    /** Listens on a socket of its own. `target` is the path of the Engine's socket. Close it. */
    static async start(target: string): Promise<EngineProxy> {
        const path = join(tmpdir(), `relink-proxy-${process.pid}-${Date.now().toString(36)}-${counter++}.sock`);
        // As in the Engine, an idle connection stays open. Else a client's next POST may come to a closed one.
        const server = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 });
        const proxy = new EngineProxy(server, target, `unix://${path}`);
        server.on("request", (request, response) => proxy.forward(request, response));
        server.on("upgrade", (request, socket, head) => proxy.splice(request, socket as Socket, head));
        server.on("connection", socket => proxy.track(socket));
        await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
        return proxy;
    }

    /** Listens in front of the tests' Engine. */
    static async beforeEngine(): Promise<EngineProxy> {
        const address = findEngineAddress(undefined);
        if (address.kind !== "unix") {
            throw new Error("this test stands between relink and the Engine's unix socket");
        }
        return EngineProxy.start(address.socketPath);
    }

    /** @returns calls that changed something: all but GET, HEAD and the commands that `isReading` knows */
    mutatingCalls(isReading: (command: ExecCall) => boolean = () => false): EngineCall[] {
        return this.calls.filter(({ method, exec }) => !["GET", "HEAD"].includes(method) && !(exec && isReading(exec)));
    }

    /** Forgets what was recorded so far. */
    clear(): void {
        this.calls.length = 0;
    }

    /** Cuts everything that is open, as a restarting daemon does. */
    dropConnections(): void {
        for (const socket of this.sockets) {
            socket.destroy();
        }
    }

    async close(): Promise<void> {
        this.dropConnections();
        await new Promise(resolve => this.server.close(resolve));
        rmSync(this.host.slice("unix://".length), { force: true });
    }

    private record(request: http.IncomingMessage): EngineCall {
        const path = (request.url ?? "").replace(/^\/v\d+\.\d+(?=\/)/, "");
        const call: EngineCall = { method: request.method ?? "", path };
        const started = /^\/exec\/([^/]+)\/(start|resize)/.exec(path);
        if (started) {
            call.exec = this.execs.get(started[1] ?? "");
        }
        this.calls.push(call);
        return call;
    }

    private forward(request: http.IncomingMessage, response: http.ServerResponse): void {
        const call = this.record(request);
        if (this.refuses(call)) {
            request.resume();
            response.writeHead(500, { "content-type": "application/json" }).end('{"message":"refused by the test"}');
            return;
        }
        const createsExec = call.method === "POST" && /^\/containers\/[^/]+\/exec$/.test(call.path);
        const asked: Buffer[] = [];
        request.on("data", chunk => asked.push(chunk));
        // The whole request at once: the Engine answers a chunked one, and closes, before its last chunk has come
        // (EPIPE).
        request.on("end", () => this.ask(call, request, Buffer.concat(asked), response, createsExec));
    }

    private ask(
        call: EngineCall,
        { method, url: path, headers: received }: http.IncomingMessage,
        body: Buffer,
        response: http.ServerResponse,
        createsExec: boolean,
    ): void {
        const { "transfer-encoding": _, ...headers } = received;
        if (body.length > 0) {
            headers["content-length"] = String(body.length);
        }
        const answered: Buffer[] = [];
        const onward = http.request({ socketPath: this.target, method, path, headers, agent: false }, answer => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            response.flushHeaders();
            if (createsExec) {
                // The start of this exec may follow as soon as its answer is out, so note it before.
                answer.on("data", chunk => answered.push(chunk));
                answer.on("end", () => {
                    this.noteExec(call, body, answered);
                    response.end(Buffer.concat(answered));
                });
            } else {
                answer.pipe(response);
            }
            answer.on("error", () => response.destroy());
        });
        onward.on("error", error => {
            if (response.headersSent || response.destroyed) {
                response.destroy();
                return;
            }
            // Without an answer the client would only see that the connection ended.
            const message = `the test's proxy could not ask the Engine: ${error.message}`;
            response.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify({ message }));
        });
        response.on("close", () => onward.destroy());
        onward.end(body);
    }

    private noteExec(call: EngineCall, asked: Buffer, answered: Buffer[]): void {
        const { Cmd: argv = [] } = JSON.parse(asked.toString()) as { Cmd?: string[] };
        const { Id: id } = JSON.parse(Buffer.concat(answered).toString()) as { Id?: string };
        call.exec = { argv, stdin: "" };
        if (id) {
            this.execs.set(id, call.exec);
        }
    }

    /** A hijacked connection: the head is sent on as it came, then bytes both ways. */
    private splice(request: http.IncomingMessage, client: Socket, head: Buffer): void {
        const { exec } = this.record(request);
        const engine = connect({ path: this.target, allowHalfOpen: true });
        client.allowHalfOpen = true;
        this.track(engine);
        const lines = [`${request.method} ${request.url} HTTP/1.1`];
        for (let index = 0; index < request.rawHeaders.length; index += 2) {
            lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`);
        }
        engine.write(`${lines.join("\r\n")}\r\n\r\n`);
        let body = Number(request.headers["content-length"] ?? 0);
        const note = (chunk: Buffer) => {
            const input = chunk.subarray(Math.min(body, chunk.length));
            body -= chunk.length - input.length;
            if (exec && exec.stdin.length < maxInputBytes) {
                exec.stdin += input.toString("utf8").slice(0, maxInputBytes);
            }
        };
        note(head);
        engine.write(head);
        client.on("data", note);
        client.pipe(engine);
        engine.pipe(client);
        client.on("error", () => engine.destroy());
        engine.on("error", () => client.destroy());
        client.on("close", () => engine.destroy());
        engine.on("close", () => client.destroy());
    }

    private track(socket: Socket): void {
        this.sockets.add(socket);
        socket.once("close", () => this.sockets.delete(socket));
    }
}

let counter = 0;
