import { Agent, createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Engine } from "../../../docker/Engine";
import type { Change } from "../../../front/folder";
import type { ServerChange } from "../../../haproxy/ServerChange";
import type { WorkerResult } from "../../../haproxy/WorkerResult";
import type { Color } from "../../../model/Color";
import type { ContainerInfo } from "../../../model/Container";
import type { ServerStat, Worker } from "../../../model/FrontState";
import { LinkValue } from "../../../model/LinkValue";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import type { World } from "../../../model/World";
import type { Session } from "../../../providers/Session";
import type { Progress } from "../../../up/Progress";

/** Ignores the texts of a step's row. */
export const noProgress: Progress = { status() {}, info() {}, warn() {} };

/** One slot of a worker, up and open to traffic at `10.0.0.SLOT`. */
export function serverAt(slot: number, change: Partial<ServerStat> = {}): ServerStat {
    const address = `10.0.0.${slot}`;
    return {
        slot,
        address,
        port: 8080,
        admin: "ready",
        up: true,
        status: "UP",
        scur: 0,
        qcur: 0,
        downs: 0,
        ...change,
    } as ServerStat;
}

/** @returns a worker with this link of `web` and these slots of its two backends */
export function workerOf(
    live: Color | "none",
    { blue = [], green = [], ...change }: Partial<Worker> & { blue?: ServerStat[]; green?: ServerStat[] } = {},
): Worker {
    const backend = (servers: ServerStat[]) => ({
        qcur: 0,
        servers: new Map(servers.map(server => [server.slot, server])),
    });
    return {
        generation: "1",
        socket: "/relink/run/master-1.sock",
        pid: 1,
        startedAt: 1,
        old: false,
        links: new Map([["web", live === "none" ? LinkValue.none() : LinkValue.to(live)]]),
        routes: new Map(),
        releases: new Map(),
        backends: new Map(Object.entries({ "web-blue": backend(blue), "web-green": backend(green) })),
        ...change,
    } as Worker;
}

/** @returns the running container of one slot of `web` */
export function containerOf(
    color: Color,
    slot: number,
    release: string,
    change: Partial<ContainerInfo> = {},
): ContainerInfo {
    return {
        id: `${color}-${slot}`,
        name: `front-web-${color}-${slot}`,
        labels: {
            "relink.service": "web",
            "relink.color": color,
            "relink.slot": String(slot),
            "relink.release": release,
        },
        state: "running",
        status: "running",
        address: `10.0.0.${slot}`,
        restartCount: 0,
        restartPolicy: "always",
        ...change,
    } as ContainerInfo;
}

/** The state at the start of a {@link FakeSession}. */
interface Front {
    record?: Partial<ServiceRecord>;
    workers?: Worker[];
    containers?: ContainerInfo[];
    /** HAProxy's files. */
    files?: Record<string, string>;
    engine?: Engine;
    /** Answers requests through the front's listeners. */
    listener?: Listener;
    /** Called before each look at the world. */
    onLook?: () => void;
}

/**
 * A front in memory with the service `web`, for one step of an `up` at a time. HAProxy takes every change. `steps` has all
 * changes in order.
 */
export class FakeSession {
    readonly steps: string[] = [];
    readonly target = { project: "shop", stack: "test", front: "front" };
    readonly lease = {
        owner: "a test",
        stack: "shop/test",
        take: async () => {},
        inherit: async () => {},
        guarded: async () => "",
    };
    readonly clock = {
        nowMs: () => Date.now(),
        hostNow: async () => (this.engine === undefined ? new Date() : this.engine.now()),
        sleep: (ms: number) => setTimeout(ms),
    };
    readonly dialer = { agentFor: async () => this.front.listener?.agent };
    files: Map<string, string>;
    web: ServiceRecord;

    constructor(private readonly front: Front) {
        this.web = { ...emptyRecord("web"), ...front.record };
        this.files = new Map(Object.entries({ "maps/link.map": "", ...front.files }));
        front.listener?.onRequest(() => this.steps.push("asked"));
    }

    get session(): Session {
        return this as unknown as Session;
    }

    get workers(): Worker[] {
        return this.front.workers ?? [];
    }

    get engine(): Engine | undefined {
        return this.front.engine;
    }

    readonly runtime = {
        observe: async () => ({ generations: [], workers: this.workers, deadSockets: [] }),
        setMap: async (workers: Worker[], map: "link" | "releases" | "routes", key: string, value: string) => {
            for (const worker of workers) {
                this.steps.push(`${map} of worker ${worker.pid}: ${key} ${value}`);
                if (map === "link") {
                    worker.links.set(key, LinkValue.parse(value));
                } else {
                    worker[map].set(key, value);
                }
            }
            return workers.map(taken);
        },
        addMap: async (workers: Worker[]) => workers.map(taken),
        deleteMapEntry: async (workers: Worker[]) => workers.map(taken),
        setServers: async (workers: Worker[], backend: string, changes: ReadonlyMap<number, ServerChange>) => {
            for (const worker of workers) {
                for (const [slot, { state, health }] of changes) {
                    this.steps.push(`${backend}/${slot} of worker ${worker.pid}: ${state}`);
                    const server = worker.backends.get(backend)?.servers.get(slot);
                    Object.assign(server ?? {}, { admin: state, ...(health === undefined ? {} : { wasDown: true }) });
                }
            }
            return workers.map(taken);
        },
        shutdownSessions: async (worker: Worker, backend: string, slot: number) => {
            this.steps.push(`${backend}/${slot} of worker ${worker.pid}: cut`);
            return taken(worker);
        },
    };

    async enter(): Promise<void> {}

    async forgetSecrets(): Promise<void> {}

    async observe(): Promise<World> {
        this.front.onLook?.();
        return {
            containers: this.front.containers ?? [],
            anchor: containerOf("blue", 0, "", { name: "front", labels: {}, address: "10.0.0.254" }),
            generations: [],
            records: { services: new Map([["web", this.web]]), frontIncarnation: 0 },
            front: { generations: [], workers: this.workers, deadSockets: [] },
        };
    }

    async recorded(): Promise<ServiceRecord> {
        return this.web;
    }

    async allRecorded(): Promise<Map<string, ServiceRecord>> {
        return new Map([["web", this.web]]);
    }

    async record(_service: string, change: (record: ServiceRecord) => ServiceRecord): Promise<ServiceRecord> {
        this.web = change(this.web);
        this.steps.push(`recorded: link ${this.web.link.live}, open: ${this.web.intent?.kind ?? "nothing"}`);
        return this.web;
    }

    async readFiles(): Promise<ReadonlyMap<string, string>> {
        return this.files;
    }

    async configure(change: Change): Promise<void> {
        const files = change(new Map(this.files));
        for (const [path, text] of files) {
            if (this.files.get(path) !== text) {
                this.steps.push(
                    `file ${path}: ${text
                        .split("\n")
                        .filter(line => !/^(#|$)/.test(line))
                        .map(line => line.trim())
                        .join("; ")}`,
                );
            }
        }
        this.files = files;
    }
}

function taken(worker: Worker): WorkerResult {
    return { worker, ok: true, gone: false };
}

/** Answers requests through the front's listeners as HAProxy does. The headers name the color that answers. */
export class Listener {
    #onRequest = () => {};
    readonly agent: Agent;

    private constructor(private readonly server: Server) {
        const { port } = server.address() as AddressInfo;
        this.agent = new (class extends Agent {
            override createConnection() {
                return connect(port, "127.0.0.1");
            }
        })();
    }

    /**
     * Starts a listener, which the test has to close.
     *
     * @param answers in this order, and then the last one again and again. An answer without a color is HAProxy's own. `tell`
     * is called before its answer
     */
    static async start(
        ...answers: { status?: number; color?: Color; release?: string; tell?: () => void }[]
    ): Promise<Listener> {
        let count = 0;
        const server = createServer((_request, response) => {
            listener.#onRequest();
            const { status = 200, color, release, tell } = answers[Math.min(count++, answers.length - 1)]!;
            tell?.();
            const headers = { "x-relink-color": color, "x-relink-release": release };
            response.writeHead(status, color === undefined ? {} : headers).end();
        });
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        const listener: Listener = new Listener(server);
        return listener;
    }

    onRequest(tell: () => void): void {
        this.#onRequest = tell;
    }

    async close(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise(resolve => this.server.close(resolve));
    }
}
