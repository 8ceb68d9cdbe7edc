import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ColorStatus } from "../../commands/ColorStatus";
import type { StackStatus } from "../../commands/StackStatus";
import { expectSuccess } from "../support/command";
import { LiveFront } from "../support/LiveFront";
import { OpenWebSocket } from "../support/longRequests";
import { containersOf, oneAfterTheOther, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// The real commands look at one stack at each point of its life; the order matters.
let stack: TestStack;
let front: LiveFront;

/** Writes to stderr, and prints a secret. */
const talkative = `
console.error("to stderr of " + process.env.RELINK_COLOR);
console.log("the token is " + process.env.TOKEN);
require("node:http").createServer((_, response) => response.end("ok")).listen(8080).keepAliveTimeout = 75000;
process.on("SIGTERM", () => process.exit(0));
`;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ replicas: 1, drainTimeout: "1s" }) });
    front = new LiveFront(stack);
});

afterAll(async () => {
    await stack?.cleanup();
});

async function status(exitCode: number): Promise<StackStatus> {
    const { stdout, code, stderr } = await stack.look("status", ["--json"]).result;
    expect(code, stdout + stderr).toBe(exitCode);
    return JSON.parse(stdout) as StackStatus;
}

async function text(args: string[] = []): Promise<string> {
    return (await stack.look("status", args).result).stdout;
}

function briefly({ state, release, replicas, ready }: ColorStatus) {
    return { state, image: release?.image, proved: release?.proved, replicas, ready };
}

describe("npm run status and npm run logs", () => {
    oneAfterTheOther();

    it("say before the first up that nothing is public, and what to do", async () => {
        const found = await status(3);
        expect(found).toMatchObject({ ok: false, source: "record", front: { anchor: "missing" } });
        expect(found.services[0]).toMatchObject({ name: "web", live: "none", history: [] });
        expect(await text()).toMatch(/! there is no front on this Docker host yet.* pulumi up\s+makes it/);
    });

    it("show after a first release what is live and proved, and who linked it when", async () => {
        expectSuccess(await stack.up());
        const found = await status(0);
        expect(found).toMatchObject({
            ok: true,
            source: "haproxy",
            front: { anchor: "running", port: stack.ports.http },
        });
        const [web] = found.services;
        expect(web).toMatchObject({ live: "blue", stable: "blue", idle: "green", routes: ["*"], problems: [] });
        expect(briefly(web!.blue)).toEqual({
            state: "running",
            image: "relink-hello:v1",
            proved: true,
            replicas: 1,
            ready: 1,
        });
        expect(web!.blue.release?.ageSeconds).toBeLessThan(600);
        expect(web!.green).toMatchObject({ state: "empty", release: null, containers: [] });
        expect(web!.history).toHaveLength(1);
        expect(web!.history[0]).toMatchObject({
            from: "none",
            to: "blue",
            image: "relink-hello:v1",
            result: "confirmed",
        });
        expect(web!.history[0]?.by).toContain(`stack relink/${stack.name}`);
        expect(await text()).toMatch(/> blue +relink-hello:v1 +live +1 of 1 +0 /);
    });

    it("show after a release the open requests on the old color, and the moves of the link, the newest first", async () => {
        const webSocket = await OpenWebSocket.open(stack.url);
        try {
            await stack.setSecret('relink:secrets["web.TOKEN"]', "a-very-secret-token");
            stack.setConfig("services.web.env", { TOKEN: { secret: "TOKEN" } });
            stack.setConfig("services.web.entrypoint", ["node", "-e", talkative]);
            stack.setConfig("services.web.health", { path: "/", interval: "500ms" });
            expectSuccess(await stack.up());
            const { services } = await status(0);
            const [web] = services;
            expect(web).toMatchObject({ live: "green", stable: "green", blue: { open: 1 }, green: { open: 0 } });
            expect(briefly(web!.blue)).toMatchObject({ state: "running", ready: 1 });
            expect(web!.history.map(({ from, to }) => `${from} => ${to}`)).toEqual(["blue => green", "none => blue"]);
            expect(await text()).toMatch(/ blue +relink-hello:v1 +warm +1 of 1 +1 /);
        } finally {
            webSocket.end();
        }
    });

    it("logs shows both colors by time, or one color, marks stderr and hides secrets", async () => {
        const { stdout } = expectSuccess(await stack.look("logs", ["web"]).result);
        const lines = stdout.trimEnd().split("\n");
        expect(lines[0]).toMatch(/^-- \d{4}-\d\d-\d\d \(UTC\)$/);
        const messages = lines.slice(1).map(line => line.replace(/^[\d:.]{12} /, ""));
        expect(messages[0]).toMatch(/^blue-1 {3}\| .* hello v1 starts$/);
        expect(messages).toContain("green-1  ! to stderr of green");
        expect(messages).toContain("green-1  | the token is [secret]");
        expect(stdout).not.toContain("a-very-secret-token");
        const times = lines.slice(1).map(line => line.slice(0, 12));
        expect(times).toEqual([...times].sort());
        const green = expectSuccess(await stack.look("logs", ["web", "--color", "green", "--tail", "1"]).result);
        expect(green.stdout).toMatch(/^-- .*\n.{12} green-1 {2}[|!] .*\n$/);
    });

    it("logs -f also follows a container that is started later, until Ctrl-C", async () => {
        const following = stack.look("logs", ["web", "-f", "--tail", "1"]);
        await awaitOutput(following, /green-1/);
        await front.engine.docker.getContainer((await containersOf(stack, "blue"))[0]!.id).restart();
        await awaitOutput(following, /blue-1 {3}\| .*hello v1 listens/);
        following.signal("SIGINT");
        const { code, stdout } = await following.result;
        expect(code).toBe(0);
        expect(stdout.match(/hello v1 listens/g)).toHaveLength(1);
    });

    it("answer from the record while the front is down, and say so", async () => {
        await front.engine.docker.getContainer(stack.front).stop({ t: 1 });
        const found = await status(3);
        expect(found).toMatchObject({ ok: false, source: "record", services: [{ live: "green", stable: "green" }] });
        expect((await text()).replace(/\s+/g, " ")).toMatch(
            /! the front's container \S+ does not run .*nothing is public/,
        );
        await front.engine.docker.getContainer(stack.front).start();
        const workers = async () => (await front.observe().catch(() => undefined))?.front?.workers.length ?? 0;
        await expect.poll(workers, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
    });

    it("name a live container that is stopped, and an error in the config", async () => {
        await front.stop("web-green-1");
        stack.setConfig("services.web.replica", 3);
        const found = await status(3);
        expect(found.problems.join()).toContain("1 setting is wrong in the config");
        expect(found.services[0]).toMatchObject({ live: "green", wanted: null });
        expect(found.services[0]!.problems.join()).toMatch(/web-green-1 is stopped \(exited with code 0\)/);
        stack.setConfig("services.web.replica", undefined);
    });

    it.each<[string, "status" | "logs", string[], Record<string, string | undefined>, number, RegExp]>([
        ["no such stack", "status", ["--stack", "nope"], {}, 1, /^There is no stack "nope"\.\n.* stack ls/],
        ["no such service", "logs", ["nope"], {}, 1, /has no service "nope"\. Its services: web\./],
        ["no service", "logs", [], {}, 2, /^Say which service/],
        ["an unknown option", "status", ["--nope"], {}, 2, /^Unknown option '--nope'\.\n\nUsage: npm run status/],
        ["no Docker", "status", [], { DOCKER_HOST: "unix:///nowhere/docker.sock" }, 1, /does not answer \(ENOENT\)/],
        ["no Pulumi CLI", "status", [], { PATH: "/nowhere" }, 1, /The Pulumi CLI is not on PATH/],
        ["--help", "logs", ["--help"], {}, 0, /^Usage: npm run logs -- SERVICE/],
    ])("end with one plain message and an exit code: %s", async (_name, command, args, env, exitCode, message) => {
        const { code, stdout, stderr } = await stack.look(command, args, { env }).result;
        expect(stdout + stderr).toMatch(message);
        expect(stdout + stderr).not.toMatch(/\n {4}at /);
        expect(code).toBe(exitCode);
    });
});

async function awaitOutput(command: { output(): string }, pattern: RegExp): Promise<void> {
    await expect.poll(() => command.output(), { timeout: 60_000, interval: 100 }).toMatch(pattern);
}
