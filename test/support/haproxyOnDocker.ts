import { randomUUID } from "node:crypto";
import * as http from "node:http";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { inspectNetwork } from "../../docker/networks";
import { renderBackend, renderFrontends, renderGlobal } from "../../front/configuration";
import { type Applied, ConfigFolder } from "../../front/folder";
import type { NearAddresses } from "../../front/origin";
import { emptyMaps, writeMapEntry } from "../../haproxy/maps";
import { Runtime } from "../../haproxy/runtime";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import type { Color } from "../../model/Color";
import type { FrontState, Worker } from "../../model/FrontState";
import { LinkValue } from "../../model/LinkValue";
import { findFreePorts, type StackPorts } from "./freePorts";
import { frontTimeouts as timeouts } from "./frontTimeouts";
import { type LoadOptions, type LoadRun, startLoad } from "./load";
import { haproxyImage } from "./scenario";

// Real HAProxy in real containers, laid out as a front is: an anchor with the volumes and the ports, a generation in
// its network namespace, and two colors of the sample app. Each test file that imports this has its own.

export const testedImage = haproxyImage;
/** Name of the anchor and its network, and start of all other names. */
export const name = `relink-haproxy-${randomUUID().slice(0, 8)}`;
export const engine = Engine.connect();
export const { docker } = engine;
export const run = (container: string) => (argv: string[], stdin?: Buffer | string) =>
    exec(engine, container, argv, { stdin, user: "0" });
export const runtime = new Runtime(run(name));
export const folder = new ConfigFolder(run(name), run(name));
/** Runs of the load, which `removeFront` ends. */
export const loads: LoadRun[] = [];

export let ports: StackPorts;
export let near: NearAddresses;
/** Address of each container, by `web-blue-1`. */
export const addresses = new Map<string, string>();
/** An address without a container. */
export let nowhere: string;

/** Starts the anchor and the containers of the sample app. */
export async function createFront(): Promise<void> {
    ports = await findFreePorts();
    await docker.createNetwork({ Name: name, Labels: { "relink.test": name } });
    const binds = [`${name}-config:/relink/config`, `${name}-run:/relink/run`];
    const publish = (port: number) => [{ HostIp: "127.0.0.1", HostPort: String(port) }];
    const anchor = await start(name, testedImage, {
        Entrypoint: ["sleep", "infinity"],
        User: "0",
        ExposedPorts: { "8080/tcp": {}, "8090/tcp": {}, "8404/tcp": {} },
        HostConfig: {
            Init: true,
            NetworkMode: name,
            Binds: binds,
            PortBindings: {
                "8080/tcp": publish(ports.http),
                "8090/tcp": publish(ports.preview),
                "8404/tcp": publish(ports.metrics),
            },
        },
    });
    near = { gateway: (await inspectNetwork(engine, name))?.gateway ?? "", anchor };
    await run(name)(["chown", "99:99", "/relink/run"]);
    for (const [app, version] of [
        ["web-blue-1", "v1"],
        ["web-green-1", "v2"],
        ["web-blue-2", "v1"],
    ] as const) {
        addresses.set(
            app,
            await start(`${name}-${app}`, `relink-hello:${version}`, { HostConfig: { NetworkMode: name } }),
        );
    }
    const last = addresses.get("web-blue-2")!.split(".");
    nowhere = [...last.slice(0, 3), "250"].join(".");
}

/** Removes everything that the tests have made. */
export async function removeFront(): Promise<void> {
    for (const load of loads) {
        load.kill();
    }
    const containers = await docker.listContainers({ all: true, filters: { label: [`relink.test=${name}`] } });
    await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
    for (const volume of [`${name}-config`, `${name}-run`]) {
        await docker
            .getVolume(volume)
            .remove()
            .catch(() => {});
    }
    await docker
        .getNetwork(name)
        .remove()
        .catch(() => {});
}

/** Writes a configuration without a service, and starts HAProxy as generation 1 with it. */
export async function startHaproxy(): Promise<Applied> {
    const applied = await folder.apply(
        () =>
            new Map([
                ...emptyMaps(),
                ["conf/00-global.cfg", renderGlobal({ name, timeouts })],
                ["conf/10-frontends.cfg", renderFrontends({ name, trustedProxies: [] }, near)],
            ]),
    );
    await start(`${name}-gen-1`, testedImage, {
        Cmd: [
            "haproxy -W -db -f /relink/config/current/conf".split(" "),
            ["-S", "/relink/run/master-1.sock,mode,600,level,admin"],
        ].flat(),
        HostConfig: {
            NetworkMode: `container:${name}`,
            Binds: [`${name}-config:/relink/config:ro`, `${name}-run:/relink/run`],
        },
    });
    return applied;
}

/** Writes the service `web` with both colors and without a link. HAProxy has it after a reload. */
export function writeWeb(): Promise<Applied> {
    return folder.apply(files => {
        for (const color of ["blue", "green"] as const) {
            files.set(`conf/20-web-${color}.cfg`, backend(color, 1));
        }
        writeMapEntry(files, "link", "web", LinkValue.none());
        writeMapEntry(files, "routes", "*/", "web");
        writeMapEntry(files, "releases", "web-blue", "release-1");
        writeMapEntry(files, "releases", "web-green", "release-2");
        return files;
    });
}

/**
 * Creates and starts a container.
 *
 * @returns its address in the test's network
 */
export async function start(container: string, image: string, options: object): Promise<string> {
    const made = await docker.createContainer({
        name: container,
        Image: image,
        Labels: { "relink.test": name },
        ...options,
    });
    await made.start();
    return (await made.inspect()).NetworkSettings.Networks[name]?.IPAddress ?? "";
}

export function backend(color: Color, containers: number): string {
    const slots = [1, 2, 3].map((slot): [number, string, boolean] => [
        slot,
        addresses.get(`web-${color}-${slot}`) ?? nowhere,
        slot <= containers,
    ]);
    return backendOf("web", color, 8080, slots);
}

export function backendOf(service: string, color: Color, port: number, slots: [number, string, boolean][]): string {
    return renderBackend({
        service,
        color,
        port,
        health: {
            path: "/healthz",
            tcp: false,
            host: "web",
            status: { from: 200, to: 399 },
            intervalMs: 500,
            timeoutMs: 1000,
            rise: 2,
            fall: 2,
        },
        slots: slots.map(([number, address, enabled]) => ({ number, address, enabled })),
    });
}

/** Links as a release does: first in the file, which a reload reads, then in every worker. */
export async function link(color: Color, value = LinkValue.to(color)): Promise<void> {
    await folder.apply(files => {
        writeMapEntry(files, "link", "web", value);
        return files;
    });
    const { workers } = await runtime.observe();
    assertEveryWorker(`the link ${value}`, await runtime.setMap(workers, "link", "web", value));
}

export async function workers(): Promise<Worker[]> {
    return (await runtime.observe()).workers.filter(({ old }) => !old);
}

export async function frontWhen(wish: (front: FrontState) => boolean): Promise<FrontState> {
    for (const deadline = performance.now() + 30_000; ; await pause(50)) {
        const front = await runtime.observe();
        if (wish(front)) {
            return front;
        }
        if (performance.now() > deadline) {
            throw new Error(
                `HAProxy does not have the expected state: ${JSON.stringify(front.workers.map(worker => [...worker.backends]))}`,
            );
        }
    }
}

export async function loaded(options: Partial<LoadOptions> & { connections: number }): Promise<LoadRun> {
    const load = await startLoad({
        url: `http://127.0.0.1:${ports.http}/`,
        answeredBy: { versions: ["v1", "v2"] },
        ...options,
    });
    loads.push(load);
    await load.until(({ requests }) => requests > 200, "the first answers");
    return load;
}

export interface Asked {
    status: number;
    body: string;
    version?: string;
    color?: string;
    release?: string;
    cookie?: string;
}

export function ask(
    port: number,
    { path = "/", host, headers }: { path?: string; host?: string; headers?: Record<string, string> } = {},
): Promise<Asked> {
    return new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, path, agent: false, headers: { ...headers, ...(host && { host }) } };
        http.get(options, response => {
            let body = "";
            response.setEncoding("utf8");
            response.on("data", text => {
                body += text;
            });
            const header = (key: string) => response.headers[key] as string | undefined;
            response.on("end", () =>
                resolve({
                    status: response.statusCode!,
                    body,
                    version: header("x-version"),
                    color: header("x-relink-color"),
                    release: header("x-relink-release"),
                    cookie: response.headers["set-cookie"]?.join(),
                }),
            );
            response.on("error", reject);
        }).on("error", reject);
    });
}

export function pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, milliseconds));
}
