import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { findFronts } from "../../front/frontOwner";
import { expectFailure, expectSuccess } from "../support/command";
import { makeHostileImage, terminalControls } from "../support/hostileImage";
import { LiveFront } from "../support/LiveFront";
import { type RawAnswer, rawRequest } from "../support/rawRequest";
import { containersOf, haproxyImage, oneAfterTheOther, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Settings with special characters of a shell, HAProxy or JSON arrive as they were written. Requests with special
// characters of HAProxy's configuration have no effect. What settings refuse is in test/unit/settings/fuzz.test.ts.

const awkward = `it's "$(touch /tmp/pwned)" \`id\` %[src] \\ \${HOME}; # é密🔑\nnext line\ttab`;
const folder = join(tmpdir(), `relink-hostile-${process.pid}`);
const mounted = join(folder, `a b'$(x)"%[y]`);

/**
 * Answers every request with its URL and headers. Its health page answers 200 only to exactly the configured check. Every
 * answer has headers that only relink may set.
 */
const mirror = `
const { path, host } = JSON.parse(process.env.CHECK);
const headers = {
    "x-version": process.env.RELINK_SERVICE + " " + process.env.RELEASE,
    "x-relink-color": "forged", "x-relink-release": "forged", "X-Relink-Confirm": "forged",
};
require("node:http").createServer((request, response) => {
    const isCheck = request.url.startsWith("/check");
    const isRight = !isCheck || (request.url === path && request.headers.host === host);
    response.writeHead(isRight ? 200 : 500, headers).end(JSON.stringify({ url: request.url, headers: request.headers }));
}).listen(8080).keepAliveTimeout = 75000;
process.on("SIGTERM", () => process.exit(0));
`;

const check = { path: "/check%20z?a=1&b=%2e%2e;x=~(!*)@,+:", host: "Check.example.com:8443" };
const labels = { plain: awkward, "a\"b'$(x)%[y]\\`": "%[src] {{.Name}}" };
const args = ["-", "--x", "a b", "'; touch /tmp/pwned; '", "$(id)", "", "line\nbreak", "%[y]", "é密🔑"];
const env = { AWKWARD: awkward, EMPTY: "", EQUALS: "a=b=c", SPACES: "  x  ", FORMAT: "%s%n{{.}}" };
const secret = `'$(touch /tmp/pwned)\n"${awkward}\n\n`;
const workingDir = `/tmp/a b'$(x)"%[y] é`;
const target = `/data/c d'$(x)"%[y]`;

function service(release: string, hosts: string[]): Record<string, unknown> {
    return {
        image: "relink-hello:v1",
        port: 8080,
        replicas: 1,
        hosts,
        env: { ...env, RELEASE: release, CHECK: JSON.stringify(check) },
        secrets: ["AWKWARD"],
        entrypoint: ["node", "-e", mirror],
        command: args,
        workingDir,
        user: "1000:1000",
        labels,
        volumes: [`${mounted}:${target}:ro`],
        extraHosts: ["db_1.internal:10.0.0.5", "six.internal:fd00::5"],
        log: { driver: "json-file", options: { tag: `{{.Name}} it's "$(x)" %[src]`, "max-size": "1m" } },
        health: {
            path: check.path,
            host: check.host,
            interval: "500ms",
            command: ["node", "-e", "process.exit(process.argv[1] === process.env.AWKWARD ? 0 : 1)", awkward],
        },
        minHealthyTime: "500ms",
        healthyDeadline: "60s",
        bakeTime: "0s",
    };
}

let stack: TestStack;
let front: LiveFront;
/** A hook writes here what it was given. */
const told = join(folder, "told");

beforeAll(async () => {
    mkdirSync(mounted, { recursive: true });
    writeFileSync(join(mounted, "file"), "as it is");
    stack = await createStack({
        config: {
            front: { image: haproxyImage },
            services: {
                web: service("one", ["web.example.com", "*.web.example.com"]),
                api: service("one", ["api.example.com"]),
            },
        },
    });
    for (const name of ["web", "api"]) {
        await stack.setSecret(`relink:secrets["${name}.AWKWARD"]`, secret);
    }
    front = new LiveFront(stack);
});

afterAll(async () => {
    await stack?.cleanup();
    rmSync(folder, { recursive: true, force: true });
});

describe("Settings with special characters", () => {
    oneAfterTheOther();

    it("a release with them is proved by exactly the configured check", async () => {
        expectSuccess(await stack.up());
        // Then a second release, and back again. The second one's color is idle and warm from now on.
        stack.setConfig("services.web.env.RELEASE", "two");
        stack.setConfig("services.web.hooks", {
            prePromotion: { command: `printf '%s|%s' "$RELINK_IMAGE" 'a"b%s$x' > ${told}` },
        });
        expectSuccess(await stack.up());
        stack.setConfig("services.web.env.RELEASE", "one");
        expectSuccess(await stack.up());
        expect((await front.service("web")).live).toBe("blue");
    });

    it("everything arrives in the container as it was written", async () => {
        const [container] = await containersOf(stack, "blue");
        const read = async (script: string): Promise<unknown> => {
            const argv = ["node", "-p", `JSON.stringify(${script})`];
            const { stdout, stderr, exitCode } = await exec(front.engine, container!.id, argv);
            expect(exitCode, stderr).toBe(0);
            return JSON.parse(stdout);
        };
        expect(await read("process.env")).toMatchObject(env);
        const words = (await read('fs.readFileSync("/proc/1/cmdline", "utf8").split("\\0")')) as string[];
        expect(words.slice(3, -1)).toEqual(args);
        expect(await read('fs.readlinkSync("/proc/1/cwd")')).toBe(workingDir);
        expect(await read('fs.readFileSync("/run/secrets/AWKWARD", "utf8")')).toBe(secret);
        expect(await read(`fs.readFileSync(${JSON.stringify(`${target}/file`)}, "utf8")`)).toBe("as it is");
        expect(await read("[process.getuid(), process.getgid()]")).toEqual([1000, 1000]);
        const hosts = String(await read('fs.readFileSync("/etc/hosts", "utf8")'));
        expect(hosts).toMatch(/^10\.0\.0\.5\s+db_1\.internal$/m);
        expect(hosts).toMatch(/^fd00::5\s+six\.internal$/m);
        expect(await read('fs.existsSync("/tmp/pwned")')).toBe(false);
        const inspected = await front.engine.docker.getContainer(container!.id).inspect();
        expect(inspected.Config.Labels).toMatchObject(labels);
        expect(inspected.HostConfig.LogConfig?.Config).toMatchObject({ tag: `{{.Name}} it's "$(x)" %[src]` });
        expect(inspected.State.Health?.Status).toBe("healthy");
    });

    it("no part of them was run as a command, and HAProxy's files hold exactly the configured check", async () => {
        for (const id of [stack.front, `${stack.front}-gen-1`]) {
            const { exitCode } = await exec(front.engine, id, ["test", "-e", "/tmp/pwned"], { user: "0" });
            expect(exitCode).toBe(1);
        }
        const path = "/relink/config/current/conf/20-web-blue.cfg";
        const { stdout } = await exec(front.engine, stack.front, ["cat", path], { user: "0" });
        expect(stdout).toContain(`http-check send meth GET uri ${check.path} ver HTTP/1.1 hdr host ${check.host}\n`);
        const printed = await exec(front.engine, stack.front, ["sh", "-c", "cat /relink/config/current/*/*"], {
            user: "0",
        });
        expect(printed.stdout).not.toMatch(/pwned|touch/);
    });
});

describe("Requests with special hosts, paths and headers", () => {
    /** One request with these lines, on a connection of its own. */
    function ask(lines: string[], { port = stack.ports.http, body = "" } = {}): Promise<RawAnswer | undefined> {
        return rawRequest(port, `${[...lines, "connection: close", "", ""].join("\r\n")}${body}`);
    }

    const get = "GET /x HTTP/1.1";
    const secretOf = (letter: string) => `x-relink-confirm: ${letter.repeat(32)}`;
    const service = "x-relink-service: web";
    const long = "a".repeat(60);

    it.each<[string, string[], string]>([
        ["relink's headers with a made-up secret", [get, "host: api.example.com", secretOf("0"), service], "api one"],
        [
            "relink's headers, empty",
            [get, "host: api.example.com", "x-relink-confirm:", "x-relink-service:"],
            "api one",
        ],
        ["relink's headers without a host", ["GET / HTTP/1.0", secretOf("0"), service], "404"],
        [
            "relink's headers twice",
            [get, "host: api.example.com", secretOf("0"), secretOf("1"), service, service],
            "api one",
        ],
        [
            "a secret that is a list",
            [get, "host: api.example.com", "x-relink-confirm: a,b", "x-relink-service: web,web"],
            "api one",
        ],
        [
            "a format in place of the secret",
            [get, "host: api.example.com", "x-relink-confirm: %[src]", "x-relink-service: %[src]"],
            "api one",
        ],
        [
            "headers of relink's answers",
            [get, "host: web.example.com", "x-relink-color: green", "x-relink-release: x"],
            "web one",
        ],
        ["a host with a port", [get, "host: web.example.com:80"], "web one"],
        ["a host with an impossible port", [get, "host: web.example.com:99999"], "web one or 4xx"],
        ["a host in capitals with a dot at its end", [get, "host: WEB.Example.COM."], "web one"],
        ["a host with spaces around it", [get, "host:  \t web.example.com  "], "web one"],
        ["a host with a space in it", [get, "host: web.example.com api.example.com"], "4xx"],
        ["a backend's name as host", [get, "host: web-green"], "404"],
        ["a link's value as host", [get, "host: none:blue:0"], "4xx"],
        ["a host with a color as its port", [get, "host: web.example.com:green"], "web one or 4xx"],
        ["the host *", [get, "host: *"], "4xx"],
        ["a wildcard as host", [get, "host: *.web.example.com"], "web one or 4xx"],
        ["a host with dots", [get, "host: ../web.example.com"], "4xx"],
        ["a host with a path", [get, "host: web.example.com/../green"], "4xx"],
        ["a host with a user", [get, "host: api.example.com@web.example.com"], "4xx"],
        ["a host with escapes", [get, "host: web%2eexample.com"], "4xx"],
        ["a host with a format", [get, "host: %[src]"], "4xx"],
        ["a host in IPv6", [get, "host: [::1]:80"], "404"],
        ["an empty host", [get, "host:"], "4xx"],
        ["no host", [get], "4xx"],
        ["two hosts", [get, "host: web.example.com", "host: api.example.com"], "4xx"],
        ["the same host twice", [get, "host: web.example.com", "host: web.example.com"], "web one or 4xx"],
        ["a long host", [get, `host: ${Array.from({ length: 100 }, () => long).join(".")}.web.example.com`], "4xx"],
        ["a longer host than HAProxy reads", [get, `host: ${"b".repeat(100_000)}`], "4xx"],
        ["an absolute URL", ["GET http://web.example.com/x HTTP/1.1", "host: web.example.com"], "web one"],
        [
            "an absolute URL of another host",
            ["GET http://api.example.com/x HTTP/1.1", "host: web.example.com"],
            "api one or web one or 4xx",
        ],
        [
            "an absolute URL with a user",
            ["GET http://api.example.com@web.example.com/x HTTP/1.1", "host: web.example.com"],
            "web one or 4xx",
        ],
        ["an absolute URL of a host without a service", ["GET http://web-green/x HTTP/1.1", "host: web-green"], "404"],
        ["a CONNECT request", ["CONNECT web.example.com:80 HTTP/1.1", "host: web.example.com:80"], "405"],
        ["OPTIONS *", ["OPTIONS * HTTP/1.1", "host: web.example.com"], "web one or 4xx"],
        ["a path above the root", ["GET /../../relink/config HTTP/1.1", "host: web.example.com"], "web one"],
        ["a path without a slash", ["GET x HTTP/1.1", "host: web.example.com"], "4xx"],
        ["a path with a format", ["GET /%[src] HTTP/1.1", "host: web.example.com"], "web one or 4xx"],
        ["a header with a line feed", [get, "host: api.example.com", `x: a\n${secretOf("0")}`], "api one or 4xx"],
        ["a folded header", [get, "host: api.example.com", "x: a", ` ${secretOf("0")}`], "api one or 4xx"],
        ["a space before the colon", [get, "host: api.example.com", "x-relink-confirm : a"], "4xx"],
        ["two lengths that differ", [get, "host: api.example.com", "content-length: 0", "content-length: 5"], "4xx"],
    ])("%s: an allowed service or an error answers, without relink's headers", async (_name, lines, wanted) => {
        const answer = await ask(lines);
        const got = answer?.headers.get("x-version") ?? String(answer?.status ?? "closed");
        const accepted = wanted.split(" or ").map(word => (word === "4xx" ? "4\\d\\d|closed" : word));
        expect(got).toMatch(new RegExp(`^(?:${accepted.join("|")})$`));
        expect(
            [...(answer?.headers.keys() ?? [])].filter(
                name => name === "x-relink-color" || name === "x-relink-release",
            ),
        ).toEqual([]);
        if (answer?.headers.has("x-version")) {
            const { headers } = JSON.parse(answer.body) as { headers: Record<string, string> };
            expect(headers).not.toHaveProperty("x-relink-confirm");
            expect(headers).not.toHaveProperty("x-relink-service");
        }
    });

    it("a request in the body of a request is not answered", async () => {
        const inner = `GET /inner HTTP/1.1\r\nhost: api.example.com\r\n${secretOf("0")}\r\n${service}\r\n\r\n`;
        const lines = [
            "POST /outer HTTP/1.1",
            "host: web.example.com",
            `content-length: ${inner.length}`,
            "transfer-encoding: chunked",
        ];
        const both = await ask(lines, { body: `0\r\n\r\n${inner}` });
        expect(both?.count ?? 0).toBeLessThanOrEqual(1);
        const alone = await ask(lines.slice(0, 3), { body: inner });
        expect(alone).toMatchObject({ count: 1, status: 200 });
        expect(JSON.parse(alone!.body)).toMatchObject({ url: "/outer" });
    });

    it("the preview listener answers with the idle color of the named service alone, without relink's headers", async () => {
        const { preview: port } = stack.ports;
        const idle = await ask([get, "host: web.localhost", secretOf("0"), "x-relink-service: api"], { port });
        expect(idle?.headers.get("x-version")).toBe("web two");
        expect(idle?.headers.has("x-relink-color")).toBe(false);
        for (const host of ["none", "web-green", "*", "web/../api", "%[src]", ""]) {
            const answer = await ask([get, `host: ${host}`], { port });
            expect(answer?.headers.has("x-version") ?? false, host).toBe(false);
        }
    });

    it("after all of them the live color still answers", async () => {
        expect((await ask([get, "host: web.example.com"]))?.headers.get("x-version")).toBe("web one");
        expect((await front.service("web")).live).toBe("blue");
    });
});

describe("An image with forged labels of relink", () => {
    oneAfterTheOther();
    const engine = Engine.connect();
    const image = `relink-hostile-${process.pid}:v1`;
    let stack: TestStack;
    let stranger: string | undefined;

    /** @returns name, id and start of each of the front's own containers */
    async function frontLife(): Promise<string[]> {
        const all = await engine.docker.listContainers({ all: true });
        const own = all.filter(({ Names }) => Names.some(name => RegExp(`^/${stack.front}(-gen-\\d+)?$`).test(name)));
        const found = await Promise.all(own.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
        return found.map(({ Name, Id, State }) => `${Name} ${Id} ${State.StartedAt}`).sort();
    }

    beforeAll(async () => {
        stack = await createStack({ config: webStack({ replicas: 1 }) });
        await makeHostileImage(engine, {
            from: "relink-hello:v1",
            name: image,
            stack: stack.name,
            front: stack.front,
            env: ["VERSION=hostile"],
            // A record where an anchor has its own. Code that believes the label would read this one.
            files: { "relink/record/owner": "relink/somebody\n" },
        });
    });

    afterAll(async () => {
        await stack?.cleanup();
        if (stranger !== undefined) {
            await engine.docker.getContainer(stranger).remove({ force: true });
        }
        await engine.docker.getImage(image).remove({ force: true });
    });

    it("is released like any other, and its forged labels are empty on its container", async () => {
        expectSuccess(await stack.up());
        const before = await frontLife();
        expect(before).toHaveLength(2);
        stack.setConfig("services.web.image", image);
        await underLoad("an image with every label of relink's", stack, async () => {
            expectSuccess(await stack.up());
        });
        expect(await frontLife()).toEqual(before);
        const [container] = await containersOf(stack, "green");
        expect(container).toMatchObject({ state: "running", name: `${stack.front}-web-green-1` });
        expect(container!.labels).toMatchObject({ "relink.role": "", "relink.generation": "", "relink.anything": "" });
    });

    it("is not taken for a generation when the front changes", async () => {
        const [container] = await containersOf(stack, "green");
        const generations = () =>
            new LiveFront(stack).observe().then(world => world.generations.map(({ name }) => name));
        expect(await generations()).toEqual([`${stack.front}-gen-1`]);
        stack.setConfig("front.timeouts.server", "70s");
        expectSuccess(await stack.up());
        expect((await containersOf(stack, "green")).map(({ id }) => id)).toEqual([container!.id]);
        expect(await generations()).toEqual([`${stack.front}-gen-1`]);
    });

    it("is not taken for a front when somebody starts it without relink", async () => {
        const { id } = await engine.docker.createContainer({ Image: image });
        stranger = id;
        const fronts = await findFronts(engine);
        expect(fronts.filter(({ owner }) => owner === "relink/somebody")).toEqual([]);
        expect(fronts.filter(({ owner }) => owner === `relink/${stack.name}`)).toEqual([
            { name: stack.front, owner: `relink/${stack.name}`, users: [] },
        ]);
        await engine.docker.getContainer(id).remove();
        stranger = undefined;
    });

    it("does not hinder the return to another release, nor destroy", async () => {
        stack.setConfig("services.web.image", "relink-hello:v1");
        expectSuccess(await stack.up());
        expect((await new LiveFront(stack).service("web")).live).toBe("blue");
        expectSuccess(await stack.destroy());
        expect(await containersOf(stack, "green")).toEqual([]);
    });
});

describe("An app that writes terminal escapes", () => {
    oneAfterTheOther();
    const written = "\u001b]0;pwned\u0007\u001b[2J\u009b31m\u202eIt cannot start\u001b[1;1H\b\b";
    let stack: TestStack;

    beforeAll(async () => {
        stack = await createStack({
            config: webStack({ replicas: 1, healthyDeadline: "20s" }),
            env: { RELINK_REPORT: "report.html" },
        });
        expectSuccess(await stack.up());
    });

    afterAll(() => stack?.cleanup());

    it("fails, and the error has its words without the escapes", async () => {
        // Pulumi's file of the stack cannot hold these characters.
        const encoded = Buffer.from(written).toString("base64");
        const script = `console.error(String(Buffer.from("${encoded}", "base64"))); setTimeout(() => process.exit(1), 300)`;
        stack.setConfig("services.web.command", ["node", "-e", script]);
        const printed = expectFailure(await stack.up());
        expect(printed).toContain("It cannot start");
        expect(printed).not.toMatch(terminalControls);
        const report = readFileSync(join(stack.path, "report.html"), "utf8");
        expect(report).toContain("web-green");
        expect(report).not.toMatch(terminalControls);
    });

    it("has its words without the escapes in npm run logs", async () => {
        const { stdout } = expectSuccess(await stack.look("logs", ["web", "--color", "green"]).result);
        expect(stdout).toMatch(/ ! It cannot start$/m);
        expect(stdout).not.toMatch(terminalControls);
    });

    it("may answer its checks with escapes, and the error has the status without them", async () => {
        // An app chooses the reason phrase of its status line.
        const script = `require("node:net").createServer(socket => socket.on("error", () => {}).on("data", () =>
            socket.end("HTTP/1.1 500 \\u001b[2J\\u001b]0;pwned\\u0007no luck\\r\\ncontent-length: 0\\r\\n\\r\\n"))).listen(8080)`;
        stack.setConfig("services.web.command", ["node", "-e", script]);
        const printed = expectFailure(await stack.up());
        expect(printed).toMatch(/500/);
        expect(printed).not.toMatch(terminalControls);
        const { stdout } = await stack.look("status", ["--long"]).result;
        expect(stdout).toContain("green");
        expect(stdout).not.toMatch(terminalControls);
    });
});
