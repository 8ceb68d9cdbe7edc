import { randomUUID } from "node:crypto";
import type Dockerode from "dockerode";
import { inspectContainer } from "../../docker/ContainerInfo";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { renderBackend, renderFrontends, renderGlobal } from "../../front/configuration";
import { createGeneration } from "../../front/createGeneration";
import { ConfigFolder } from "../../front/folder";
import { prepareScript } from "../../front/prepareScript";
import { haproxyUser } from "../../front/watchdog";
import { emptyMaps, writeMapEntry } from "../../haproxy/maps";
import { routeKey, routeValue } from "../../haproxy/routes";
import { Runtime } from "../../haproxy/runtime";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import { LinkValue } from "../../model/LinkValue";
import { parseRoute } from "../../model/Route";
import type { Settings } from "../../model/Settings";
import { settingsOf } from "../unit/settings/support";
import { findFreePorts, type StackPorts } from "./freePorts";
import { type RawAnswer, rawRequest } from "./rawRequest";
import { haproxyImage } from "./scenario";
import { until } from "./until";

/** A request as the app of a bare front got it. */
export interface Mirrored {
    url: string;
    /** By name in lower case. Values of a repeated header are joined by ", ". */
    headers: Record<string, string>;
}

const mirror = `
require("node:http").createServer({ maxHeaderSize: 100000 }, (request, response) => {
    const { url, headers } = request;
    if (url === "/https-only" && headers["x-forwarded-proto"] !== "https") {
        response.writeHead(301, { location: "https://" + headers.host + url }).end();
        return;
    }
    response.writeHead(200, { "x-version": "app" }).end(JSON.stringify({ url, headers }));
}).listen(8080)`;

/** Writes its input to an address and prints the first line of the answer. */
const askFrom = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port });
process.stdin.pipe(socket, { end: false });
socket.on("data", data => { process.stdout.write(data.toString("latin1").split("\\r\\n")[0]); process.exit(); });
socket.on("error", error => { process.stdout.write(error.code); process.exit(); });
socket.on("close", () => process.exit());`;

/** Opens connections one after the other, asks on each, keeps them all, and prints how many were answered or closed. */
const connectMany = `
const [host, port, count] = process.argv.slice(1);
let answered = 0, closed = 0;
const next = () => {
    if (answered + closed === Number(count)) {
        process.stdout.write(JSON.stringify({ answered, closed }));
        process.exit();
    }
    let over = false;
    const done = () => { if (!over) { over = true; next(); } };
    const socket = require("node:net").connect({ host, port });
    socket.once("data", () => { answered += 1; done(); });
    socket.on("error", () => {});
    socket.once("close", () => { if (!over) { closed += 1; } done(); });
    socket.write("GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n");
};
next();`;

/** How to make a front whose anchor watches its generation. */
interface Watched {
    /** What the anchor runs. */
    anchorScript: string;
    /** Called before the anchor's folders are prepared and the generation is created. */
    beforehand?: (front: BareFront) => Promise<void>;
}

/**
 * HAProxy with the listeners of a front, made without Pulumi: for what the listeners believe and refuse. Behind it is
 * one app, which is the live and the idle color of the service `web`. It answers with the request as it came, and has a
 * page for HTTPS alone.
 */
export class BareFront {
    readonly engine = Engine.connect();
    readonly #name = `relink-bare-${randomUUID().slice(0, 8)}`;
    readonly #containers: Dockerode.Container[] = [];
    readonly #folder = new ConfigFolder(this.#run.bind(this), this.#run.bind(this));
    readonly #runtime = new Runtime(this.#run.bind(this));
    ports!: StackPorts;
    gateway = "";
    /** Name of the anchor. Docker takes it in place of the id. */
    readonly anchor = this.#name;
    address = "";
    app = "";

    private constructor(private readonly watched?: Watched) {}

    /**
     * @param routes such as `shop.example.com/api (stripped)`, all of them of the service `web`
     * @param watched the anchor and the generation are as relink makes them, and the app is the sample app. @default
     * the anchor does nothing
     */
    static async start(front: Record<string, unknown> = {}, routes = ["*"], watched?: Watched): Promise<BareFront> {
        const bare = new BareFront(watched);
        try {
            await bare.#start(front, routes);
        } catch (error) {
            await bare.remove();
            throw error;
        }
        return bare;
    }

    /** Gives HAProxy other settings of the front, by a reload. */
    async configure(front: Record<string, unknown>): Promise<void> {
        await this.#folder.apply(files => this.#render(files, front));
        await this.#runtime.reload("1");
    }

    /**
     * Sends one request with these lines on a new connection. @returns undefined where it was closed without an answer
     */
    ask(lines: string[], listener: "http" | "preview" | "metrics" = "http"): Promise<RawAnswer | undefined> {
        return rawRequest(this.ports[listener], `${[...lines, "connection: close", "", ""].join("\r\n")}`);
    }

    /** @returns a request as the app gets it */
    async mirrored(lines: string[]): Promise<Mirrored> {
        const answer = await this.ask(lines);
        if (answer?.headers.get("x-version") !== "app") {
            throw new Error(`the app was not asked: ${answer?.status} ${answer?.body}`);
        }
        return JSON.parse(answer.body) as Mirrored;
    }

    /**
     * Sends a request from the app's container, or from one in the anchor's network namespace. @returns the first line
     * of the answer
     */
    async askFrom(client: "app" | "anchor", address: string, port: number, lines: string[]): Promise<string> {
        const argv = ["node", "-e", askFrom, address, String(port)];
        const stdin = [...lines, "connection: close", "", ""].join("\r\n");
        return (await exec(this.engine, `${this.#name}-${client === "app" ? "app" : "beside"}`, argv, { stdin }))
            .stdout;
    }

    /** Opens so many connections from the app's address and holds them. @returns how many were answered and closed */
    async connectFromApp(count: number): Promise<{ answered: number; closed: number }> {
        const argv = ["node", "-e", connectMany, this.address, "8080", String(count)];
        const { stdout, stderr } = await exec(this.engine, `${this.#name}-app`, argv);
        if (stdout === "") {
            throw new Error(stderr);
        }
        return JSON.parse(stdout) as { answered: number; closed: number };
    }

    /** Changes the link of `web` in the worker that takes new connections. */
    async link(value: LinkValue): Promise<void> {
        const workers = (await this.#runtime.observe()).workers.filter(({ old }) => !old);
        assertEveryWorker("the link", await this.#runtime.setMap(workers, "link", "web", value));
    }

    /** @returns how many responses the worker that takes new connections has counted, by backend */
    async responses(): Promise<Record<string, number>> {
        const [worker] = (await this.#runtime.observe()).workers.filter(({ old }) => !old);
        return Object.fromEntries([...worker!.backends].map(([name, { responses }]) => [name, responses]));
    }

    /** @returns how many responses of class 5xx HAProxy has counted, over all backends */
    async errors(): Promise<number> {
        const { workers } = await this.#runtime.observe();
        return workers
            .flatMap(({ backends }) => [...backends.values()])
            .reduce((sum, { responses5xx }) => sum + responses5xx, 0);
    }

    async remove(): Promise<void> {
        await Promise.all(this.#containers.map(container => container.remove({ force: true, v: true })));
        const { docker } = this.engine;
        for (const volume of [`${this.#name}-config`, `${this.#name}-run`]) {
            await docker.getVolume(volume).remove();
        }
        await docker.getNetwork(this.#name).remove();
    }

    #run(argv: string[], stdin?: Buffer | string) {
        return exec(this.engine, this.#name, argv, { stdin, user: "0" });
    }

    async #start(front: Record<string, unknown>, routes: string[]): Promise<void> {
        const { docker } = this.engine;
        const name = this.#name;
        this.ports = await findFreePorts();
        await docker.createNetwork({ Name: name });
        const publish = (port: number) => [{ HostIp: "127.0.0.1", HostPort: String(port) }];
        const Binds = [`${name}-config:/relink/config`, `${name}-run:/relink/run`];
        const script = this.watched?.anchorScript;
        const anchor = await this.#container(name, haproxyImage, {
            Entrypoint: script === undefined ? ["sleep", "infinity"] : ["sh", "-c", script],
            User: script === undefined ? "0" : `${haproxyUser}:${haproxyUser}`,
            ExposedPorts: { "8080/tcp": {}, "8090/tcp": {}, "8404/tcp": {} },
            HostConfig: {
                Init: true,
                RestartPolicy: { Name: "always" },
                NetworkMode: name,
                Binds,
                PortBindings: {
                    "8080/tcp": publish(this.ports.http),
                    "8090/tcp": publish(this.ports.preview),
                    "8404/tcp": publish(this.ports.metrics),
                },
            },
        });
        this.address = anchor.IPAddress;
        this.gateway = anchor.Gateway;
        const node = { Entrypoint: ["node", "-e", mirror] };
        const inNetwork = { HostConfig: { Init: true, NetworkMode: name } };
        const app = script === undefined ? { image: "node:24-slim", ...node } : { image: "relink-hello:v1" };
        const { image, ...options } = app;
        this.app = (await this.#container(`${name}-app`, image, { ...options, ...inNetwork })).IPAddress;
        const beside = { HostConfig: { Init: true, NetworkMode: `container:${name}` } };
        await this.#container(`${name}-beside`, "node:24-slim", { Entrypoint: ["sleep", "infinity"], ...beside });
        if (script === undefined) {
            await this.#run(["chown", "99:99", "/relink/run"]);
        }
        await this.#folder.apply(() => {
            const files = this.#render(emptyMaps(), front);
            writeMapEntry(files, "link", "web", LinkValue.to("blue"));
            for (const route of routes.map(parseRoute)) {
                writeMapEntry(files, "routes", routeKey(route), routeValue(route, "web"));
            }
            return files;
        });
        await this.#startGeneration(Binds);
        await until(async () => ((await this.ask(["GET / HTTP/1.1", "host: x"]).catch(() => {})) ? true : undefined), {
            deadline: Date.now() + 20_000,
            what: "HAProxy does not answer",
        });
    }

    async #startGeneration(Binds: string[]): Promise<void> {
        const name = this.#name;
        if (this.watched !== undefined) {
            await this.watched.beforehand?.(this);
            const anchor = await inspectContainer(this.engine, name);
            await this.inAnchor(`cd "$(mktemp -d)" || exit; set -- /relink/run ${haproxyUser};${prepareScript}`);
            this.#containers.unshift(this.engine.docker.getContainer(this.generation));
            const image = { name: haproxyImage, id: anchor!.imageId };
            await createGeneration(this.engine, { project: "bare", stack: "bare", front: name }, 1, anchor!, image);
            return;
        }
        await this.#container(this.generation, haproxyImage, {
            Cmd: [
                "haproxy -W -db -f /relink/config/current/conf".split(" "),
                ["-S", "/relink/run/master-1.sock,mode,600,level,admin"],
            ].flat(),
            HostConfig: { NetworkMode: `container:${name}`, Binds },
        });
    }

    /** Name of the container of HAProxy. */
    get generation(): string {
        return `${this.#name}-gen-1`;
    }

    /** @returns names of the generations that have a worker, the stand-in included */
    async serving(): Promise<string[]> {
        const { workers } = await this.#runtime.observe();
        return [...new Set(workers.filter(({ old }) => !old).map(({ generation }) => generation))];
    }

    /** Runs a shell script in the anchor, as root. */
    async inAnchor(script: string): Promise<string> {
        return (await this.#run(["sh", "-c", script])).stdout;
    }

    async #container(name: string, Image: string, options: object): Promise<{ IPAddress: string; Gateway: string }> {
        const made = await this.engine.docker.createContainer({ name, Image, ...options });
        this.#containers.unshift(made);
        await made.start();
        const [network] = Object.values((await made.inspect()).NetworkSettings.Networks);
        return { IPAddress: network?.IPAddress ?? "", Gateway: network?.Gateway ?? "" };
    }

    #render(files: Map<string, string>, front: Record<string, unknown>): Map<string, string> {
        const settings: Settings["front"] = settingsOf({
            front,
            services: { web: { image: "app", port: 8080 } },
        }).front;
        files.set("conf/00-global.cfg", renderGlobal(settings));
        files.set("conf/10-frontends.cfg", renderFrontends(settings, { gateway: this.gateway, anchor: this.address }));
        const { health } = settingsOf({ services: { web: { image: "app", port: 8080, health: { tcp: true } } } })
            .services[0]!.release;
        for (const color of ["blue", "green"] as const) {
            const slots = [{ number: 1, address: this.app, enabled: true }];
            files.set(`conf/20-web-${color}.cfg`, renderBackend({ service: "web", color, port: 8080, health, slots }));
        }
        return files;
    }
}
