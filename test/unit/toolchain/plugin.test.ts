import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConfigureRequest, DiffRequest, type DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../support/stackFolder";

// Behaviour of the docker plugin that relink relies on, by Pulumi's own protocol. The plugin is the one that the set-up has
// installed. To compare it with the vendor's (toolchain/go/plugin/README.md):
//   RELINK_TEST_PLUGIN=~/.pulumi/plugins/resource-docker-v5.2.0/pulumi-resource-docker npx vitest run test/unit/toolchain/plugin.test.ts
const chosen = process.env.RELINK_TEST_PLUGIN;
const installed = join(process.env.PULUMI_HOME ?? "", "plugins", "resource-docker-v5.2.0", "pulumi-resource-docker");
const plugin = chosen ?? installed;

const anchor = "urn:pulumi:t::relink::relink:index:HaproxyFront$docker:index/container:Container::front-anchor";
/** The state of an imported container, with the properties whose change replaces it. `envs` is never known. */
const imported = {
    name: "shop",
    image: "sha256:1",
    command: [],
    entrypoints: [],
    securityOpts: [],
    networkMode: "bridge",
    readOnly: false,
    stdinOpen: false,
    tty: false,
};

let engine: Server;
/** Stands for Pulumi's engine. It accepts connections and knows no request. */
let pulumis: grpc.Server;
let address: string;
let process_: ChildProcess;
let client: ResourceProviderClient;

beforeAll(async () => {
    engine = createServer((_request, response) => response.end("OK"));
    await new Promise<void>(resolve => void engine.listen(0, "127.0.0.1", resolve));
    [pulumis, address] = await engineOfPulumi();
});

async function engineOfPulumi(): Promise<[grpc.Server, string]> {
    const server = new grpc.Server();
    const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
            error ? reject(error) : resolve(port),
        ),
    );
    return [server, `127.0.0.1:${port}`];
}

afterEach(() => {
    client?.close();
    process_?.kill("SIGKILL");
});

afterAll(() => {
    engine?.close();
    pulumis?.forceShutdown();
});

/** Starts the plugin as Pulumi's engine does. A plugin whose engine is gone ends within seconds, even during a slow test. */
async function start(engineAddress = address): Promise<void> {
    process_ = spawn(plugin, [engineAddress], { stdio: ["ignore", "pipe", "ignore"] });
    const [port] = await once(createInterface({ input: process_.stdout! }), "line");
    client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
}

function configure(host: string): Promise<void> {
    const request = new ConfigureRequest();
    const settings = { host, disableDockerDaemonCheck: "true" };
    request.setArgs(Struct.fromJavaScript(settings));
    for (const [name, value] of Object.entries(settings)) {
        request.getVariablesMap().set(`docker:config:${name}`, value);
    }
    return new Promise((resolve, reject) => client.configure(request, error => (error ? reject(error) : resolve())));
}

function diff(olds: object, news: object, ignoreChanges: string[] = []): Promise<DiffResponse> {
    const request = new DiffRequest();
    request.setUrn(anchor);
    request.setId("c0ffee");
    request.setOlds(Struct.fromJavaScript(olds as Record<string, string>));
    request.setOldInputs(Struct.fromJavaScript(olds as Record<string, string>));
    request.setNews(Struct.fromJavaScript(news as Record<string, string>));
    request.setIgnorechangesList(ignoreChanges);
    return new Promise((resolve, reject) =>
        client.diff(request, (error, answer) => (error || !answer ? reject(error) : resolve(answer))),
    );
}

async function replaced(news: object, ignoreChanges?: string[], olds: object = imported): Promise<string[]> {
    const given = { name: "shop", image: "sha256:1", networkMode: "bridge", ...news };
    return (await diff(olds, given, ignoreChanges)).getReplacesList();
}

describe.runIf(existsSync(plugin))("The docker plugin", () => {
    it("asks the Docker Engine when it is configured, even with disableDockerDaemonCheck", async () => {
        await start();
        const { port } = engine.address() as AddressInfo;
        await configure(`tcp://127.0.0.1:${port}`);
        await expect(configure("tcp://127.0.0.1:1")).rejects.toThrow();
    });

    it("plans to replace an imported container without given envs, even if everything is ignored", async () => {
        await start();
        await configure(`tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`);
        expect(await replaced({})).toEqual(["envs"]);
        expect(await replaced({}, ["*"])).toEqual(["envs"]);
        expect(await replaced({}, ["envs"])).toEqual(["envs"]);
        expect(await replaced({ envs: [] })).toEqual([]);
        expect(await replaced({}, [], { ...imported, envs: [] })).toEqual([]);
    });

    it("ignores a change by the name of the property, and by no wildcard", async () => {
        await start();
        await configure(`tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`);
        const news = { image: "sha256:2", envs: [] };
        expect(await replaced(news)).toEqual(["image"]);
        expect(await replaced(news, ["*"])).toEqual(["image"]);
        expect(await replaced(news, ["image"])).toEqual([]);
    });
});

// The vendor's plugin looks every five minutes, which is too long for a test.
const isOurs = chosen === undefined && existsSync(join(repository, ".relink", "bin", "relink-plugin"));

describe.runIf(isOurs && existsSync(plugin))("Each plugin of relink's", () => {
    it("ends when Pulumi's engine is gone, and not before", async () => {
        const [own, ownAddress] = await engineOfPulumi();
        await start(ownAddress);
        const ended = once(process_, "exit");
        // Longer than the time between two looks of the plugin.
        const early = await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 7_000))]);
        expect(early).toBeUndefined();
        own.forceShutdown();
        await ended;
    });
});
