import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isReadOnlyScript } from "../../haproxy/cli";
import { expectSuccess } from "../support/command";
import { DockerContext } from "../support/dockerContext";
import { type EngineCall, EngineProxy, type ExecCall } from "../support/engineProxy";
import { LiveFront } from "../support/LiveFront";
import { LoadedModules } from "../support/LoadedModules";
import { createStack, type TestStack } from "../support/stack";

// Rule 8 of docs/design.md: a repeated `up` makes no mutating call. Every call of the Docker Engine goes through a
// recording socket.

let stack: TestStack;
let proxy: EngineProxy;

const web = {
    image: "relink-hello:v1",
    port: 8080,
    health: { path: "/healthz", interval: "500ms" },
    minHealthyTime: "500ms",
    bakeTime: "0s",
};

beforeAll(async () => {
    proxy = await EngineProxy.beforeEngine();
    stack = await createStack({
        env: { DOCKER_HOST: proxy.host },
        config: {
            front: { image: "haproxy:3.0" },
            services: { web: { ...web, replicas: 2, hooks: { prePromotion: { command: "true" } } } },
        },
    });
    expectSuccess(await stack.up());
    stack.setConfig("services.web.image", "relink-hello:v2");
    expectSuccess(await stack.up());
});

afterAll(async () => {
    await stack?.cleanup();
    await proxy?.close();
});

/** Packages of Pulumi's SDK in both processes, and those that load TypeScript. */
const packagesOfBoth = [
    ...["@grpc/grpc-js", "@js-sdsl/ordered-map", "@opentelemetry/api", "@pulumi/pulumi", "@swc/core"],
    ...["google-protobuf", "semver", "upath"],
];
const packagesOfHost = [...packagesOfBoth, "require-from-string"];
/** With dockerode, which asks the Engine, and tar-stream, which reads the record's volume. */
const packagesOfProgram = [
    ...packagesOfBoth,
    ...["@pulumi/command", "@pulumi/docker", "ini", "minimist", "zod"],
    ...["debug", "docker-modem", "dockerode", "inherits", "ms", "readable-stream", "split-ca", "util-deprecate"],
    ...["b4a", "events-universal", "fast-fifo", "streamx", "tar-stream", "text-decoder"],
];
/** For a preview, or an `up` with nothing to do, the host only checks the program's inputs. */
const ownOfHost = [
    ...["atEnd", "discretion", "host", "parent", "registryCredentials", "reporting", "resource"].map(
        name => `providers/${name}.ts`,
    ),
    ...["beforePulumi.js", "loadTypeScript.js", "mapErrors.js", "onFirstUse.js", "requireNode.js"].map(
        name => `startup/${name}`,
    ),
    ...["report/reportPath.ts", "settings/loadTypeScript.js", "startup/pulumi-resource-pulumi-nodejs", "up/stop.ts"],
    ...["text/privateJson.ts", "text/withoutControls.ts", "text/withoutSecrets.ts"],
];

const without = (names: string[], allowed: string[]) => names.filter(name => !allowed.includes(name));

const isReading = ({ argv, stdin }: ExecCall) => isReadOnlyScript(argv, stdin);

/** @returns the Engine calls of one run of the CLI */
async function recorded(run: () => Promise<unknown>): Promise<EngineCall[]> {
    proxy.clear();
    await run();
    return [...proxy.calls];
}

/** @returns the mutating calls as readable text, for the message of a failure */
function mutating(calls: EngineCall[]): string[] {
    const execs = new Set(calls.filter(({ exec }) => exec && isReading(exec)).map(({ exec }) => exec));
    return calls
        .filter(({ method, exec }) => method !== "GET" && method !== "HEAD" && !(exec && execs.has(exec)))
        .map(
            ({ method, path, exec }) => `${method} ${path}${exec ? `: ${exec.argv.join(" ")} <<< ${exec.stdin}` : ""}`,
        );
}

/** @returns the number of calls of each kind. How often an exec is asked for its end is chance, and not counted */
function byKind(calls: EngineCall[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { method, path } of calls) {
        const kind = `${method} ${path.replace(/\?.*/, "").replace(/^(\/[a-z]+)\/(?!json$).+(\/[a-z]+)$/, "$1/X$2")}`;
        if (kind !== "GET /exec/X/json") {
            counts[kind] = (counts[kind] ?? 0) + 1;
        }
    }
    return counts;
}

function inspects(calls: EngineCall[]): number {
    return byKind(calls)["GET /containers/X/json"] ?? 0;
}

describe("with nothing to do", () => {
    it("an up changes nothing at the Engine, nor in the front's volumes", async () => {
        const front = new LiveFront(stack);
        const before = await front.record("web");
        let output = "";
        const calls = await recorded(async () => {
            ({ stdout: output } = expectSuccess(await stack.up()));
        });

        expect(output).toContain("nothing to do: green serves relink-hello:v2.");
        expect(output).toMatch(/Resources:\n\s+16 unchanged/);
        expect(calls.length).toBeGreaterThan(0);
        expect(mutating(calls)).toEqual([]);
        expect(await front.record("web")).toEqual(before);
        console.log(`A no-op up: ${calls.length} calls of the Docker Engine, 0 mutating.`);
    });

    it("a preview changes nothing either", async () => {
        const calls = await recorded(async () => expectSuccess(await stack.preview()));
        expect(calls.length).toBeGreaterThan(0);
        expect(mutating(calls)).toEqual([]);
        console.log(`A preview: ${calls.length} calls of the Docker Engine, 0 mutating.`);
    });

    it.each(["preview", "up"] as const)("%s loads nothing that it does not use", async command => {
        const modules = new LoadedModules();
        try {
            expectSuccess(await stack[command]([], { env: modules.env }));
            const { program, host } = modules;
            expect(without(program.packages, packagesOfProgram)).toEqual([]);
            expect(program.own.filter(file => /^(engines|providers|up)/.test(file))).toEqual([]);
            expect(without(host.packages, packagesOfHost)).toEqual([]);
            expect(without(host.own, ownOfHost)).toEqual([]);
        } finally {
            modules.remove();
        }
    });

    it("an up with a Docker context instead of DOCKER_HOST replaces nothing, nor does the up after it", async () => {
        const context = new DockerContext(proxy.host);
        try {
            const env = { DOCKER_HOST: undefined, DOCKER_CONFIG: context.folder };
            const calls = await recorded(async () => {
                const { stdout } = expectSuccess(await stack.up([], { env }));
                expect(stdout).toMatch(/Resources:\n\s+\+ 1 created\n\s+16 unchanged/);
                const { stdout: back } = expectSuccess(await stack.up());
                expect(back).toMatch(/Resources:\n\s+- 1 deleted\n\s+16 unchanged/);
            });
            expect(mutating(calls)).toEqual([]);
        } finally {
            context.remove();
        }
    });

    it("a preview of a new release changes nothing", async () => {
        stack.setConfig("services.web.env", { LEVEL: "debug" });
        const calls = await recorded(async () => {
            const { stderr } = expectSuccess(await stack.preview());
            expect(stderr).toContain(
                "blue gets relink-hello:v2 with other settings (2 replicas), is proved, then the link moves green => blue",
            );
        });
        expect(mutating(calls)).toEqual([]);
        stack.setConfig("services.web.env", undefined);
    });

    it("an up with other policy, hook and drain settings changes nothing, because they apply only with an action", async () => {
        stack.setConfig("services.web.drainTimeout", "5s");
        stack.setConfig("services.web.previousColor", "remove");
        stack.setConfig("services.web.hooks.prePromotion.command", "false");
        const calls = await recorded(async () => expectSuccess(await stack.up()));
        expect(mutating(calls)).toEqual([]);
    });

    it("an up of more services makes one more call for each container, and no other", async () => {
        const one = await recorded(async () => expectSuccess(await stack.up()));
        for (const name of ["api", "docs", "shop"]) {
            stack.setConfig(`services.${name}`, { ...web, image: "relink-hello:v2", hosts: [`${name}.example.com`] });
        }
        stack.setConfig("services.web.default", true);
        expectSuccess(await stack.up());
        const four = await recorded(async () => expectSuccess(await stack.up()));
        expect(mutating(four)).toEqual([]);
        expect(byKind(four)).toEqual({ ...byKind(one), "GET /containers/X/json": inspects(one) + 3 });
        console.log(`A no-op up of 1 service: ${one.length} calls of the Docker Engine; of 4: ${four.length}.`);
    });

    it("the recorder sees the calls of an up that changes something", async () => {
        stack.setConfig("services.web.replicas", 3);
        const calls = await recorded(async () => expectSuccess(await stack.up()));
        expect(mutating(calls).some(call => call.startsWith("POST /containers/create"))).toBe(true);
    });
});
