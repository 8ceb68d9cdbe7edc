import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectContainer } from "../../docker/ContainerInfo";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { containersOf, lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

/** Asks a service by its name, 100 times a second, until a file is there. Prints how many were answered, by version, and what failed. */
const askAllTheTime = `
const http = require("node:http"), fs = require("node:fs");
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const seen = {}, failed = {};
let open = 0;
const note = (counts, key) => { counts[key] = (counts[key] ?? 0) + 1; };
const ask = () => {
    open++;
    const end = (counts, key) => { open--; note(counts, key); };
    http.get({ host: "api", path: "/", agent }, response => {
        let body = "";
        response.on("data", data => { body += data; });
        response.on("error", error => end(failed, error.code));
        response.on("end", () => response.statusCode === 200 ? end(seen, JSON.parse(body).version) : end(failed, response.statusCode));
    }).on("error", error => end(failed, error.code));
};
const timer = setInterval(() => {
    if (!fs.existsSync("/tmp/stop")) return ask();
    if (open === 0) { clearInterval(timer); console.log(JSON.stringify({ seen, failed })); process.exit(); }
}, 10);`;

/** Sends one request with a host and headers of its own to the front. Prints status and body. */
const askOnce = `
const [host, headers] = process.argv.slice(1);
require("node:http").get({ host: "api", headers: { host, ...JSON.parse(headers) } }, response => {
    let body = "";
    response.on("data", data => { body += data; });
    response.on("end", () => console.log(JSON.stringify({ status: response.statusCode, body })));
}).on("error", error => console.log(JSON.stringify({ status: 0, body: error.code })));`;

interface Asked {
    seen: Record<string, number>;
    failed: Record<string, number>;
}

// A service of the stack asks another one by its name. Each test goes on where the one before ended.
describe.runIf(isFull)("An internal service", () => {
    oneAfterTheOther();

    const engine = Engine.connect();
    let stack: TestStack;
    let anchor: string;

    beforeAll(async () => {
        // The front is there before, as one of an earlier version.
        stack = await createStack({ config: webStack() });
        expectSuccess(await stack.up());
        anchor = await lifeOfAnchor();
    });

    afterAll(() => stack?.cleanup());

    async function lifeOfAnchor(): Promise<string> {
        const { id, startedAt } = (await inspectContainer(engine, stack.front, stack.front))!;
        return `${id} since ${startedAt?.toISOString()}`;
    }

    async function caller(): Promise<string> {
        const { live } = await outputsOf(stack, "web");
        return (await containersOf(stack, live as "blue"))[0]!.name;
    }

    /** Web asks api all the time. @returns how it was answered */
    async function asking(scenario: string, act: () => Promise<void>): Promise<Asked> {
        const name = await caller();
        await exec(engine, name, ["rm", "-f", "/tmp/stop"]);
        const asked = exec(engine, name, ["node", "-e", askAllTheTime]);
        await underLoad(scenario, stack, act);
        await exec(engine, name, ["touch", "/tmp/stop"]);
        const { stdout, stderr } = await asked;
        const result = JSON.parse(stdout || JSON.stringify({ seen: {}, failed: { [stderr]: 1 } })) as Asked;
        console.log(`scenario ${scenario}: web asked api ${JSON.stringify(result)}`);
        return result;
    }

    async function once(host: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
        const { stdout } = await exec(engine, await caller(), ["node", "-e", askOnce, host, JSON.stringify(headers)]);
        return JSON.parse(stdout);
    }

    it("comes beside a front that is there, without another anchor and without a public place", async () => {
        await underLoad("an internal service comes", stack, async () => {
            const { web } = webStack().services as { web: object };
            stack.setConfig("services.api", { ...web, internal: true });
            stack.setConfig("services.web.extraHosts", ["api:front"]);
            expectSuccess(await stack.up());
        });
        expect(await lifeOfAnchor()).toBe(anchor);
        const { url, internalUrl, live } = await outputsOf(stack, "api");
        expect({ url, internalUrl, live }).toEqual({ url: undefined, internalUrl: "http://api/", live: "blue" });
        expect(expectSuccess(await stack.up()).stdout).not.toMatch(/updated|created|replaced/);
    });

    it("is asked by its name while it is released and returned, and no request is lost", async () => {
        const image = (version: string) => async () => {
            stack.setConfig("services.api.image", `relink-hello:${version}`);
            expectSuccess(await stack.up());
        };
        const before = await lifeOf(stack, "green");
        for (const version of ["v2", "v1"]) {
            const { seen, failed } = await asking(`the internal service gets ${version}`, image(version));
            expect(failed).toEqual({});
            expect(Object.keys(seen).sort()).toEqual(["v1", "v2"]);
        }
        expect(await lifeOf(stack, "green")).toEqual(before);
        expect(await lifeOfAnchor()).toBe(anchor);
    });

    it("answers under its own name alone, and believes nobody", async () => {
        expect(await once("api")).toMatchObject({ status: 200 });
        expect(await once("API.:80")).toMatchObject({ status: 200 });
        for (const host of ["web", "shop.example.com", "api.example.com"]) {
            expect(await once(host)).toMatchObject({ status: 404 });
        }
        const answer = await once("api", { "x-relink-color": "green", "x-relink-service": "web" });
        expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('"color":"blue"') });
    });
});
