import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { expectSuccess } from "../support/command";
import { makeHostileImage, terminalControls } from "../support/hostileImage";
import { rawRequest } from "../support/rawRequest";
import { containersOf, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// What a stranger's requests and an image can do to a release while it is judged.

/**
 * Runs before the sample app. It writes terminal escapes again and again, and logs each request with a forged header that
 * has reached it.
 */
const hostile = `
setInterval(() => process.stderr.write("\\u001b]0;pwned\\u0007\\u001b[2J\\u009b31m\\u202eapp says hello\\u001b[1;1H\\b\\b\\n"), 100);
const http = require("node:http");
const create = http.createServer;
http.createServer = (...args) =>
    create(...args).prependListener("request", ({ rawHeaders }) => {
        if (rawHeaders.join().includes("forged")) {
            console.log("LEAKED " + rawHeaders);
        }
    });
`;

const forged = [
    "x-forwarded-for: forged",
    "x-forwarded-proto: forged",
    "x-forwarded-host: forged.example.org",
    "x-forwarded-port: forged",
    "x-forwarded-prefix: /forged",
    "x_forwarded_proto: forged",
    "x-real-ip: forged",
    "forwarded: host=forged",
    "x-relink-confirm: forged",
    "x-relink-service: forged",
    "x-relink-color: forged",
];

/** Requests a second of the stranger, beside 300 of users. Half of them have a Host that is too long. */
const abusePerSecond = 100;

/** Sends requests until `stop`, in turn with a Host that is too long and with forged headers. */
class Stranger {
    readonly #answers: Promise<void>[] = [];
    /** Number of answers by kind of request and status, as in `long host 400`. */
    readonly got = new Map<string, number>();
    readonly #timer: NodeJS.Timeout;
    #asked = 0;

    constructor(private readonly port: number) {
        const startedMs = performance.now();
        // A late timer catches up, as in the load client.
        this.#timer = setInterval(() => {
            while (this.#asked < ((performance.now() - startedMs) * abusePerSecond) / 1000) {
                this.#answers.push(this.#ask());
            }
        }, 20);
    }

    async stop(): Promise<void> {
        clearInterval(this.#timer);
        await Promise.all(this.#answers);
    }

    async #ask(): Promise<void> {
        this.#asked += 1;
        // Some of these lengths leave no room for the front's own headers, the others just do.
        const cookie = `cookie: ${"c".repeat(14_240 + (this.#asked % 50))}`;
        const [kind, lines] =
            this.#asked % 2 === 0
                ? ["long host", [`host: shop.example.com:${"1".repeat(933)}`, cookie]]
                : ["forged", ["host: shop.example.com", ...forged]];
        const answer = await rawRequest(
            this.port,
            ["GET / HTTP/1.1", ...lines, "connection: close", "", ""].join("\r\n"),
        );
        const told = [...(answer?.headers.keys() ?? [])].some(name => name.startsWith("x-relink"))
            ? " and was told"
            : "";
        const what = `${kind} ${answer?.status ?? "closed"}${told}`;
        this.got.set(what, (this.got.get(what) ?? 0) + 1);
    }
}

describe("Abuse", () => {
    const engine = Engine.connect();
    const image = `relink-abuse-${process.pid}:v2`;
    let stack: TestStack;

    beforeAll(async () => {
        stack = await createStack({ config: webStack({ bakeTime: "10s" }) });
        await makeHostileImage(engine, {
            from: "relink-hello:v2",
            name: image,
            stack: stack.name,
            front: stack.front,
            env: ["VERSION=v2", "NODE_OPTIONS=--require=/hostile.cjs"],
            files: { "hostile.cjs": hostile },
        });
        expectSuccess(await stack.up());
    });

    afterAll(async () => {
        await stack?.cleanup();
        await engine.docker.getImage(image).remove({ force: true });
    });

    it("during a release with a bake leaves it stable, leaks nothing and fails no good request", async () => {
        stack.setConfig("services.web.image", image);
        let printed = "";
        let stranger: Stranger | undefined;
        const load = await underLoad(
            "abuse during a release with a bake",
            stack,
            async load => {
                stranger = new Stranger(stack.ports.http);
                try {
                    const { stdout, stderr } = expectSuccess(await stack.up());
                    printed = stdout + stderr;
                    await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
                } finally {
                    await stranger.stop();
                }
            },
            { mix: { post: 2, newConnection: 1 } },
        );
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(printed).toMatch(/ is stable: 0 of \d+/);
        expect(printed).not.toMatch(terminalControls);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", stable: "green" });
        expect([...(stranger?.got.keys() ?? [])].sort()).toEqual(["forged 200", "long host 400"]);
        expect(stranger?.got.get("long host 400")).toBeGreaterThan(load.requests / 10);
        console.log("the stranger got:", Object.fromEntries(stranger?.got ?? []));

        const containers = await containersOf(stack, "green");
        expect(containers).toHaveLength(2);
        for (const { id, labels } of containers) {
            expect(labels).toMatchObject({ "relink.generation": "", "relink.role": "" });
            const logs = String(await engine.docker.getContainer(id).logs({ stdout: true, stderr: true }));
            // The app wrote its escapes and got requests, but no forged header reached it.
            expect(logs).toContain("\u001b[2J");
            expect(logs).not.toContain("LEAKED");
        }
        const { stdout } = expectSuccess(await stack.look("logs", ["web", "--color", "green"]).result);
        expect(stdout).toContain("app says hello");
        expect(stdout).not.toMatch(terminalControls);
    });
});
