// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { expectFailure, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { rawRequest } from "../support/rawRequest";
import { containersOf, lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// A usual Compose project. relink takes over its service `web`, and later `api`; `db` stays with Compose. The tests do not
// need Compose: they make the network and the volume that its `up` would make.
let stack: TestStack;
let project: string;
const { docker } = Engine.connect();

/** Writes a file of the Compose project; the folder is beside Pulumi.yaml. */
function write(name: string, text: string): void {
    mkdirSync(join(stack.path, "shop"), { recursive: true });
    writeFileSync(join(stack.path, "shop", name), text);
}

/** @param more further lines of the service `web` */
function writeCompose(image: string, ...more: string[]): void {
    write(
        "compose.yaml",
        `name: ${project}
x-common: &common
  restart: always
  logging: { driver: json-file, options: { max-size: 10m } }
services:
  web:
    <<: *common
    profiles: [relink]
    build: .
    image: ${image}
    ports: ["127.0.0.1:\${PORT:?the public one}:8080"]
    environment:
      - GREETING=\${GREETING:-good day}, \${WHO}
      - DATABASE_HOST=db
    env_file: web.env
    depends_on: [db]
    healthcheck:
      test: [CMD, node, -e, "fetch('http://127.0.0.1:8080/healthz').then(r => process.exit(r.ok ? 0 : 1))"]
      interval: 1s
      start_period: 20s
    volumes:
      - ./page:/page:ro
      - data:/data
    deploy:
      replicas: 2
      resources: { limits: { memory: 256M } }
    secrets: [token]
    stop_grace_period: 1m30s
${more.map(line => `    ${line}\n`).join("")}  api:
    <<: *common
    profiles: [relink]
    image: relink-hello:v1
    command: [node, server.js]
    expose: ["8080"]
  db:
    <<: *common
    image: relink-hello:v1
    volumes: [data:/data]
volumes:
  data:
secrets:
  token: { file: ./token.txt }
`,
    );
}

beforeAll(async () => {
    const compose = "shop/compose.yaml";
    const config = webStack({ compose, image: undefined, port: undefined, replicas: undefined });
    stack = await createStack({ config });
    project = `${stack.front}-shop`;
    await docker.createNetwork({ Name: `${project}_default` });
    await docker.createVolume({ Name: `${project}_data` });
    write(".env", `PORT=${stack.ports.http}\nWHO=everybody\n`);
    write("web.env", "LOG_LEVEL=info\nDATABASE_HOST=elsewhere\n");
    write("token.txt", "a-token");
    mkdirSync(join(stack.path, "shop", "page"));
    write("page/index.html", "a page");
    writeCompose("relink-hello:v1");
    if (!isFull) {
        stack.setConfig("services.web.volumes", [{ source: `${project}_data`, target: "/data", shared: true }]);
    }
});

afterAll(async () => {
    await stack?.cleanup();
});

/** @returns the command that follows these words in an error */
function fixIn(printed: string, words: string): string {
    const fix = new RegExp(`fix: ${words}(.*)`).exec(printed)?.[1];
    expect(fix, printed).toBeDefined();
    return fix!;
}

describe("A service of a Compose file", () => {
    oneAfterTheOther();

    it.runIf(isFull)(
        "is refused until two colors can share its volume, and the error's commands mend that",
        async () => {
            const printed = expectFailure(await stack.up());
            expect(printed).toMatch(/1 setting is wrong in the config of stack \S+; nothing was changed\./);
            expect(printed).toContain("shop/compose.yaml:23: services.web.volumes[1]");
            expect(await containersOf(stack, "blue")).toEqual([]);
            expectSuccess(await stack.shell(fixIn(printed, "")));
        },
    );

    it("runs as the file says after its first release", async () => {
        expectSuccess(await stack.up());
        const load = await underLoad("Compose: first release", stack, async load => {
            await load.until(({ answered }) => answered >= 500, "it answers for a while");
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        const containers = await containersOf(stack, "blue");
        expect(containers).toHaveLength(2);
        const { Config, HostConfig, Mounts, NetworkSettings } = await docker.getContainer(containers[0]!.id).inspect();
        expect(Config.Env).toEqual(
            expect.arrayContaining(["GREETING=good day, everybody", "LOG_LEVEL=info", "DATABASE_HOST=db"]),
        );
        expect(Config.Healthcheck).toMatchObject({ Interval: 1e9, StartPeriod: 20e9, Retries: 3 });
        expect((Config as { StopTimeout?: number }).StopTimeout).toBe(90);
        expect(HostConfig).toMatchObject({
            Memory: 256 * 1024 ** 2,
            RestartPolicy: { Name: "always" },
            LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
        });
        expect(Mounts.map(({ Destination, RW }) => `${Destination} ${RW}`).sort()).toEqual([
            "/data true",
            "/page false",
        ]);
        expect(Object.keys(NetworkSettings.Networks)).toContain(`${project}_default`);
        const files = await exec(Engine.connect(), containers[0]!.id, [
            "cat",
            "/page/index.html",
            "/run/secrets/token",
        ]);
        expect(files.stdout).toBe("a pagea-token");
    });

    it("is released again when the file has another image", async () => {
        writeCompose("relink-hello:v2");
        const load = await underLoad("Compose: another image", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    it("is refused with one located error for a key that relink does not support, until `ignore` names the key", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        writeCompose("relink-hello:v1", "privileged: true");
        const printed = expectFailure(await stack.up());
        expect(printed).toContain("1 setting is wrong");
        expect(printed).toContain("shop/compose.yaml:29: services.web.privileged");
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expectSuccess(await stack.shell(fixIn(printed, "change it there, or do without it: ")));
        const load = await underLoad("Compose: the old image", stack, async load => {
            expect(expectSuccess(await stack.up()).stdout).toContain("only the link moves green => blue");
            await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
    });

    it.runIf(isFull)("is not touched when another service of the same file joins it by its host", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        const { web } = webStack({ compose: "shop/compose.yaml" }).services as { web: Record<string, unknown> };
        const { image: _image, port: _port, ...settings } = web;
        stack.setConfig("services.web.default", true);
        stack.setConfig("services.api", { ...settings, hosts: ["api.shop.test"] });
        const load = await underLoad("Compose: a second service", stack, async () => {
            expectSuccess(await stack.up());
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        const api = await containersOf(stack, "blue", "api");
        expect(api.map(({ state }) => state)).toEqual(["running", "running"]);
        const answer = await rawRequest(
            stack.ports.http,
            "GET / HTTP/1.1\r\nHost: api.shop.test\r\nConnection: close\r\n\r\n",
        );
        const { hostname } = JSON.parse(answer?.body ?? "") as { hostname: string };
        expect(api.map(({ id }) => id.slice(0, 12))).toContain(hostname);
    });
});
