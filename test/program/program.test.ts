import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Engine } from "../../docker/Engine";
import { formatEngineAddress } from "../../docker/EngineAddress";
import { DockerContext } from "../support/dockerContext";
import { findFreePorts, type StackPorts } from "../support/freePorts";
import { isSecret, type ProgramRun, type Registered, runProgram, withoutSecrets } from "./runProgram";

// The resources that the whole program registers on a new stack, and their inputs.

const token = "s3cret-t0ken";
const stack = `t-${randomBytes(4).toString("hex")}`;
let ports: StackPorts;
let run: ProgramRun;

function configWith(web: object = {}, others: object = {}): Record<string, unknown> {
    return {
        front: {
            image: "haproxy:3.0",
            address: "127.0.0.1",
            http: { port: ports.http },
            preview: { port: ports.preview },
            metrics: { port: ports.metrics },
        },
        services: {
            web: {
                image: "relink-hello:v1",
                port: 8080,
                replicas: 2,
                hosts: ["shop.example.com"],
                secrets: ["TOKEN"],
                hooks: { prePromotion: { command: "./check" } },
                ...web,
            },
        },
        secrets: { "web.TOKEN": token },
        ...others,
    };
}

beforeAll(async () => {
    ports = await findFreePorts();
    run = await runProgram(configWith(), { stack });
});

afterEach(() => vi.restoreAllMocks());

function resource(type: string, name: string): Registered {
    const found = run.resources.find(other => other.type.endsWith(type) && other.name === name);
    if (found === undefined) {
        throw new Error(`no ${type} ${name} among ${run.resources.map(({ type, name }) => `${type} ${name}`)}`);
    }
    return found;
}

describe("the program's resources", () => {
    it("are the front, and for each service two colors, the hook and the link", () => {
        const tree = run.resources.map(({ type, name, parent }) => `${type} ${name}${parent && ` in ${parent}`}`);
        expect(tree.sort()).toEqual([
            "command:local:Command web-prePromotion in web",
            "docker:index/container:Container front-anchor in front",
            "docker:index/network:Network front-network in front",
            "docker:index/remoteImage:RemoteImage front-image in front",
            "docker:index/volume:Volume front-config in front",
            "docker:index/volume:Volume front-record in front",
            "docker:index/volume:Volume front-run in front",
            "pulumi-nodejs:dynamic/relink:Deployment web-blue in web-blue",
            "pulumi-nodejs:dynamic/relink:Deployment web-green in web-green",
            "pulumi-nodejs:dynamic/relink:FrontConfig front-config in front",
            "pulumi-nodejs:dynamic/relink:Link web in web",
            "relink:index:BlueGreenService web",
            "relink:index:ColorService web-blue in web",
            "relink:index:ColorService web-green in web",
            "relink:index:HaproxyFront front",
        ]);
    });

    it("come in order: the front, the colors, the hook, the link", () => {
        // A child waits for its parent, and is deleted before it.
        expect(resource(":BlueGreenService", "web").dependsOn).toEqual(
            expect.arrayContaining(["front-anchor", "front-config"]),
        );
        expect(resource(":Command", "web-prePromotion").dependsOn).toEqual(
            expect.arrayContaining(["web-blue", "web-green"]),
        );
        expect(resource(":Link", "web").dependsOn).toEqual(
            expect.arrayContaining(["web-blue", "web-green", "web-prePromotion"]),
        );
    });

    it("are loaded by a text that never changes, so that an upgrade of relink shows no diff", () => {
        for (const [type, name, provider] of [
            [":Deployment", "web-blue", "deployment"],
            [":Link", "web", "link"],
            [":FrontConfig", "front-config", "frontConfig"],
        ] as const) {
            expect(resource(type, name).inputs.__provider).toBe(
                'exports.handler = () => {\n    require("./settings/loadTypeScript");\n' +
                    `    return require("./providers/host").${provider};\n};`,
            );
            expect(resource(type, name).hideDiffs).toEqual(["__plan"]);
        }
    });

    it("of the front are never replaced, even if a plugin reports a change", () => {
        const made = run.resources.filter(({ type }) => type.startsWith("docker:"));
        expect(made.length).toBe(6);
        for (const { name, ignoreChanges } of made.filter(({ name }) => name !== "front-anchor")) {
            expect(ignoreChanges, name).toEqual(["*"]);
        }
        // The program gives the properties that the plugin never reads, and ignores all others by name
        // (components/HaproxyFront.ts).
        const { inputs, ignoreChanges } = resource("docker:index/container:Container", "front-anchor");
        const heeded = Object.entries(inputs).filter(([key]) => !ignoreChanges.includes(key));
        expect(Object.fromEntries(heeded)).toEqual({ envs: [], securityOpts: [] });
    });

    it("have the first release on blue, and an empty green", () => {
        expect(resource(":Deployment", "web-blue").inputs).toMatchObject({
            service: "web",
            color: "blue",
            image: "relink-hello:v1",
            replicas: 2,
            state: "running",
            act: true,
            settings: { port: 8080, secrets: ["TOKEN"] },
        });
        const green = resource(":Deployment", "web-green").inputs;
        expect(green).toMatchObject({ color: "green", replicas: 0, state: "empty", act: false });
        expect(green).not.toHaveProperty("image");
        expect(green).not.toHaveProperty("secrets");
    });

    it("have the future link and its routes", () => {
        expect(resource(":Link", "web").inputs).toMatchObject({
            link: "blue",
            routes: ["shop.example.com"],
            act: true,
        });
    });

    it("run the hook once for each promotion, with the release that it checks", () => {
        expect(resource(":Command", "web-prePromotion").inputs).toEqual({
            create: "./check",
            interpreter: ["node", "providers/hook.cjs"],
            triggers: ["promotion 1"],
            // The secrets that must not appear in its output.
            stdin: expect.toSatisfy(isSecret),
            environment: {
                RELINK_HOOK: "prePromotion",
                RELINK_HOOK_SPEC: expect.stringContaining('"timeoutMs":300000') as string,
                RELINK_RELEASE: expect.stringMatching(/^[0-9a-f]{12}-[0-9a-f]{16}$/) as string,
                RELINK_SERVICE: "web",
                RELINK_COLOR: "blue",
                RELINK_IMAGE: "relink-hello:v1",
                RELINK_PREVIEW_URL: `http://web.localhost:${ports.preview}`,
            },
            addPreviousOutputInEnv: false,
        });
    });

    it("have the promotion for which a hook ran, although --target may have left out its Command", async () => {
        expect(resource(":Link", "web").inputs).toMatchObject({ __plan: { promotion: 1, hookRan: "promotion 1" } });
        const left = { "web-prePromotion": { triggers: ["promotion 0"] } };
        const { resources } = await runProgram(configWith(), { stack, left });
        const link = resources.find(({ type, name }) => type.endsWith(":Link") && name === "web");
        expect(link?.inputs).toMatchObject({ __plan: { promotion: 1, hookRan: "promotion 0" } });
    });

    it("have the stack's labels, and publish ports for this machine alone on 127.0.0.1", () => {
        const { labels, ports: published } = resource(":Container", "front-anchor").inputs as {
            labels: { label: string; value: string }[];
            ports: { internal: number; external: number; ip: string }[];
        };
        expect(Object.fromEntries(labels.map(({ label, value }) => [label, value]))).toMatchObject({
            "relink.project": "relink",
            "relink.stack": stack,
            "relink.front": `relink-${stack}`,
            "relink.role": "anchor",
        });
        expect(published.map(({ internal, external, ip }) => `${ip}:${external}->${internal}`).sort()).toEqual(
            [
                `127.0.0.1:${ports.http}->8080`,
                `127.0.0.1:${ports.preview}->8090`,
                `127.0.0.1:${ports.metrics}->8404`,
                `127.0.0.1:${ports.http + 363}->8443`,
            ].sort(),
        );
    });

    it("refuse only the service whose image is missing, and not the others", async () => {
        const services = { ...(configWith().services as object), api: { image: "127.0.0.1:1/no:image", port: 80 } };
        const { web } = services as unknown as { web: object };
        run = await runProgram(
            configWith(
                {},
                {
                    services: {
                        ...services,
                        api: { ...services.api, hosts: ["api.example.com"] },
                        web: { ...web, default: true },
                    },
                },
            ),
            { stack },
        );
        expect(resource(":Link", "web").inputs).toMatchObject({ link: "blue", act: true });
        expect(resource(":Link", "api").inputs).toMatchObject({
            link: "none",
            act: true,
            __plan: { refusal: expect.stringContaining("127.0.0.1:1/no:image") },
        });
        expect(resource(":Deployment", "api-blue").inputs).toMatchObject({ act: false, state: "empty" });
    });
});

describe("the Docker Engine of the front", () => {
    const { address } = Engine.connect();
    const host = formatEngineAddress(address);
    const context = new DockerContext(host);

    afterAll(() => context.remove());
    afterEach(() => vi.unstubAllEnvs());

    const providers = () =>
        new Set(run.resources.filter(({ type }) => type.startsWith("docker:")).map(p => p.provider));

    it("is left to the default provider if that finds the same", async () => {
        run = await runProgram(configWith(), { stack });
        expect([...providers()]).toEqual([""]);
    });

    it("is that of the services if a Docker context names it", async () => {
        vi.stubEnv("DOCKER_HOST", undefined);
        vi.stubEnv("DOCKER_CONFIG", context.folder);
        run = await runProgram(configWith(), { stack });
        expect(resource("providers:docker", "docker").inputs).toMatchObject({ host });
        expect([...providers()]).toEqual(["docker"]);
    });

    it("is that of the services although docker:host names another one", async () => {
        run = await runProgram(configWith(), { stack, others: { "docker:host": "tcp://elsewhere:2375" } });
        expect(resource("providers:docker", "docker").inputs).toMatchObject({ host });
        expect([...providers()]).toEqual(["docker"]);
    });

    it("is refused if DOCKER_CONTEXT names another one than relink:host", async () => {
        vi.stubEnv("DOCKER_CONTEXT", "elsewhere");
        await expect(runProgram(configWith({}, { host }), { stack })).rejects.toThrow(/unset DOCKER_CONTEXT/);
    });
});

describe("secrets", () => {
    it("are marked as secrets, and are in no other input or output", async () => {
        run = await runProgram(configWith(), { stack });
        expect(isSecret(resource(":Deployment", "web-blue").inputs.secrets)).toBe(true);
        expect(isSecret(resource(":FrontConfig", "front-config").inputs.__key)).toBe(true);
        expect(JSON.stringify(run.resources)).toContain(token);
        expect(JSON.stringify(withoutSecrets(run.resources))).not.toContain(token);
        expect(JSON.stringify(run.outputs)).not.toContain(token);
    });

    it("are missing in the inputs of a service without secrets", async () => {
        run = await runProgram(configWith({ secrets: [] }, { secrets: {} }), { stack });
        expect(resource(":Deployment", "web-blue").inputs).not.toHaveProperty("secrets");
    });
});

describe("the stack's outputs", () => {
    it("have for each service what is live, what each color holds and its URLs", async () => {
        const { outputs } = await runProgram(configWith(), { stack });
        const engine = Engine.connect();
        const { Id: digest } = await engine.docker.getImage("relink-hello:v1").inspect();
        expect(outputs).toEqual({
            services: {
                web: {
                    live: "blue",
                    stable: "blue",
                    blue: {
                        image: "relink-hello:v1",
                        digest,
                        release: expect.stringMatching(/^[0-9a-f]{12}-[0-9a-f]{16}$/),
                        replicas: 2,
                        state: "running",
                    },
                    green: undefined,
                    url: `http://shop.example.com:${ports.http}`,
                    previewUrl: `http://web.localhost:${ports.preview}`,
                },
            },
        });
    });

    it("have the observed state of a service if --target has left out a part of it", async () => {
        const { outputs } = await runProgram(configWith(), { stack, left: { web: { link: "none" } } });
        expect(outputs).toMatchObject({ services: { web: { live: "none", stable: "none", blue: undefined } } });
    });

    it("have no release id in the very first preview, because the stack has no key yet", async () => {
        run = await runProgram(configWith(), { stack, preview: true });
        expect(run.outputs).toMatchObject({ services: { web: { blue: { release: undefined } } } });
        expect(resource(":FrontConfig", "front-config").inputs).not.toHaveProperty("__key");
    });
});

describe("a config that is wrong", () => {
    async function failure(config: Record<string, unknown>): Promise<Error> {
        const error = await runProgram(config, { stack }).catch((error: Error) => error);
        expect(error).toBeInstanceOf(Error);
        return error as Error;
    }

    it("is one error that lists every problem with its place and its fix, before any resource", async () => {
        const { message } = await failure(configWith({ imgae: "x", port: 70_000, secrets: ["TOKEN", "MISSING"] }));
        expect(message).toContain(`3 settings are wrong in the config of stack ${stack}; nothing was changed.`);
        for (const place of ["relink:services.web.imgae", "relink:services.web.port", "MISSING"]) {
            expect(message).toContain(place);
        }
        expect(message.match(/fix: pulumi config /g)).toHaveLength(3);
        expect(message).not.toContain(token);
    });

    it("names a Docker Engine that does not answer, without a stack trace", async () => {
        const error = await failure(configWith({}, { host: "unix:///nonexistent/docker.sock" }));
        expect(error.message).toContain("The Docker Engine at unix:///nonexistent/docker.sock (from relink:host)");
        // Pulumi prints only the message of such an error.
        expect(Object.keys(error)).toContain("__pulumiRunError");
    });
});
