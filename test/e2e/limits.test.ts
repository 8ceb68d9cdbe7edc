import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec } from "../../docker/exec";
import { inspectNetwork } from "../../docker/networks";
import { expectFailure, expectSuccess } from "../support/command";
import { HttpsStack, hosts } from "../support/HttpsStack";
import { type RawAnswer, rawRequest } from "../support/rawRequest";
import { containersOf, oneAfterTheOther, outputsOf, underLoad } from "../support/scenario";

// One stack gets and loses what the public listener can do besides routing; the order matters. The clients of the load ask
// from the Docker host, which no limit is for.

const echo = `host: ${hosts.echo}`;
const password = "correct horse";
const basic = (user: string, text: string) =>
    `authorization: Basic ${Buffer.from(`${user}:${text}`).toString("base64")}`;

let front: HttpsStack;
let gateway = "";
let anchor = "";

beforeAll(async () => {
    front = await HttpsStack.create();
    expectSuccess(await front.up("first"));
    const { engine, target } = front.front;
    gateway = (await inspectNetwork(engine, target.front))?.gateway ?? "";
    anchor = (await front.front.observe()).anchor?.address ?? "";
});

afterAll(() => front?.cleanup());

/** An `up` under load that changes the front by one reload, and loses no request. */
async function changed(what: string): Promise<void> {
    const before = await front.anchor();
    await underLoad(what, front.stack, async () => void expectSuccess(await front.up(what)));
    expect(await front.anchor()).toEqual(before);
}

/** A request of a client, as a trusted proxy on the Docker host passes it on. */
function asClient(address: string, lines: string[] = [], method = "GET /", body = ""): Promise<RawAnswer | undefined> {
    return front.ask([`${method} HTTP/1.1`, echo, `x-forwarded-for: ${address}`, ...lines], body);
}

/** @returns how many requests got each status */
async function statuses(answers: Promise<RawAnswer | undefined>[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const answer of await Promise.all(answers)) {
        const status = String(answer?.status);
        counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
}

async function oneByOne(count: number, ask: (index: number) => Promise<RawAnswer | undefined>) {
    const answers: Promise<RawAnswer | undefined>[] = [];
    for (let at = 0; at < count; at++) {
        answers.push(ask(at));
        await answers.at(-1);
    }
    return statuses(answers);
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

describe("The public listener", () => {
    oneAfterTheOther();

    it("limits requests, connections and bodies of each client, and nobody else", async () => {
        const { stack } = front;
        stack.setConfig("front.trustedProxies", [gateway]);
        stack.setConfig("front.limits", { rate: "20/1m", connections: 5, body: "1k" });
        await changed("limits");
        expect(await oneByOne(30, () => asClient("203.0.113.7"))).toEqual({ 200: 20, 429: 10 });
        const refused = await asClient("203.0.113.7");
        expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([429, "60"]);
        expect((await asClient("203.0.113.8"))?.status).toBe(200);
        // The proxy's own address is not a client's, and a client cannot take the address of another one.
        expect(await statuses(times(30, () => front.ask(["GET / HTTP/1.1", echo])))).toEqual({ 200: 30 });
        expect((await asClient("203.0.113.8, 203.0.113.7"))?.status).toBe(429);
        // Two addresses of one IPv6 network are one client.
        expect(await oneByOne(30, at => asClient(`2001:db8::${at + 1}`))).toEqual({ 200: 20, 429: 10 });
        const together = times(9, () =>
            front.ask(["GET /slow?ms=1500 HTTP/1.1", "host: shop.example.com", "x-forwarded-for: 203.0.113.10"]),
        );
        expect(await statuses(together)).toEqual({ 200: 5, 429: 4 });
        const post = (lines: string[], body: string) => asClient("203.0.113.11", lines, "POST /", body);
        expect((await post(["content-length: 1024"], "x".repeat(1024)))?.status).toBe(200);
        expect((await post(["content-length: 1025"], "x".repeat(1025)))?.status).toBe(413);
        expect((await post(["transfer-encoding: chunked"], "1\r\nx\r\n0\r\n\r\n"))?.status).toBe(411);
    });

    it("begins counting anew after a reload, and releases within the limits", async () => {
        const { stack } = front;
        expect((await asClient("203.0.113.7"))?.status).toBe(429);
        stack.setConfig("services.web.image", "relink-hello:v2");
        stack.setConfig("front.compression", true);
        await changed("a release within limits, and compression");
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        expect((await asClient("203.0.113.7"))?.status).toBe(200);
        const ask = (lines: string[]) => front.ask(["GET / HTTP/1.1", "host: shop.example.com", ...lines]);
        expect((await ask(["accept-encoding: gzip"]))?.headers.get("content-encoding")).toBe("gzip");
        expect((await ask([]))?.headers.has("content-encoding")).toBe(false);
    });

    it("answers with pages of one's own, also where no container is up", async () => {
        const { stack, front: live } = front;
        const page = (name: string, text: string) => writeFileSync(join(stack.path, name), text);
        page("down.html", `<h1>down</h1>${" ".repeat(11_900)}é`);
        page("bad.json", '{"bad":true}');
        page("soon.txt", "soon");
        stack.setConfig(["front", "errorPages"], { 503: "down.html", 400: "bad.json", maintenance: "soon.txt" });
        await changed("pages");
        const answered = async (lines: string[]) => {
            const answer = await front.ask(lines);
            return [answer?.status, answer?.headers.get("content-type"), answer?.body.trim().replace(/ +/g, " ")];
        };
        const longHost = `host: ${"a".repeat(300)}`;
        expect(await answered(["GET / HTTP/1.1", longHost])).toEqual([400, "application/json", '{"bad":true}']);
        await live.stop("echo-blue-1");
        const down = [503, "text/html; charset=utf-8", "<h1>down</h1> é"];
        expect(await answered(["GET / HTTP/1.1", echo])).toEqual(down);
        await live.start("echo-blue-1", "echo", "blue");
        // A text that has changed is another file.
        page("down.html", "<h1>away</h1>");
        stack.setConfig("services.echo.maintenance", true);
        await changed("another page");
        const soon = [503, "text/plain; charset=utf-8", "soon"];
        expect(await answered(["GET / HTTP/1.1", echo])).toEqual(soon);
        stack.setConfig("services.echo.maintenance", undefined);
        stack.setConfig(["front", "errorPages"], { 503: "none.html" });
        expect(expectFailure(await front.up("no such page"))).toMatch(
            /relink:front\.errorPages\["503"\]\s+cannot be read \(ENOENT\)/,
        );
        stack.setConfig(["front", "errorPages"], undefined);
    });

    it("reads the client's address by PROXY protocol, from trusted proxies alone, and releases", async () => {
        const { stack } = front;
        const subnet = `${gateway.replace(/\d+$/, "0")}/20`;
        stack.setConfig("front.compression", undefined);
        stack.setConfig("front.healthPath", "/front-health");
        // The network of the front: relink itself asks from there too, without PROXY protocol.
        stack.setConfig("front.trustedProxies", [subnet]);
        stack.setConfig("front.proxyProtocol", true);
        stack.setConfig("services.web.image", "relink-hello:v1");
        await changed("PROXY protocol");
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        const head = (path = "/") => [`GET ${path} HTTP/1.1`, echo, "x-forwarded-for: 198.51.100.66"];
        const proxied = "PROXY TCP4 203.0.113.20 192.0.2.1 1234 80";
        const answer = await fromContainer([proxied, ...head()]);
        expect(answer).toMatch(/^HTTP\/1.1 200 /);
        expect(answer).toContain('"x-forwarded-for":"203.0.113.20"');
        expect(await fromContainer(head())).toBe("");
        // Limits are for that address.
        const answers = times(8, () => fromContainer(["PROXY TCP4 203.0.113.21 192.0.2.1 1 80", ...head()]));
        expect((await Promise.all(answers)).every(text => text.startsWith("HTTP/1.1 200"))).toBe(true);
        expect(await fromContainer([proxied, ...head("/front-health")])).toMatch(/^HTTP\/1.1 200 /);
        // The Docker host is not asked for the protocol, so it cannot speak it.
        expect((await front.ask([proxied, ...head()]))?.status).toBe(400);
        expect((await front.ask(["GET /front-health HTTP/1.1", "host: x"]))?.status).toBe(200);
        for (const key of ["trustedProxies", "proxyProtocol", "healthPath", "limits"]) {
            stack.setConfig(`front.${key}`, undefined);
        }
        await changed("none of it");
    });

    it("lets in who has the password and comes from an allowed address, also during releases", async () => {
        const { stack, hunt } = front;
        const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: password }).toString().trim();
        hunt.addHash(hash);
        await front.setSecret("relink:users.alice", hash);
        stack.setConfig("services.echo.auth", { basic: ["alice"] });
        stack.setConfig("services.echo.allow", ["203.0.113.0/24", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]);
        stack.setConfig("services.echo.bakeTime", "2s");
        stack.setConfig("front.trustedProxies", [gateway]);
        await changed("a password and allowed addresses");
        const good = basic("alice", password);
        expect((await asClient("203.0.113.1"))?.headers.get("www-authenticate")).toBe('Basic realm="echo"');
        expect((await asClient("203.0.113.1", [basic("alice", "wrong")]))?.status).toBe(401);
        expect((await asClient("203.0.113.1", [basic("bob", password)]))?.status).toBe(401);
        expect((await asClient("198.51.100.1", [good]))?.status).toBe(403);
        // Anybody may be behind the gateway's address: no network lets it in.
        expect((await front.ask(["GET / HTTP/1.1", echo, good]))?.status).toBe(403);
        const seen = JSON.parse((await asClient("203.0.113.1", [good]))?.body ?? "{}");
        expect(seen).toMatchObject({ "x-forwarded-user": "alice" });
        expect(seen).not.toHaveProperty("authorization");

        stack.setConfig("services.echo.redeploy", "again");
        stack.setConfig("services.echo.maintenance", true);
        await underLoad("a release behind a password and under maintenance", stack, async () => {
            expect(expectSuccess(await front.up("behind a password")).stdout).toMatch(/ is stable: 0 of \d+/);
        });
        expect(await outputsOf(stack, "echo")).toMatchObject({ live: "green", stable: "green" });
        expect((await asClient("203.0.113.1", [good]))?.status).toBe(503);
        stack.setConfig("services.echo.maintenance", undefined);
        stack.setConfig("front.statistics", ["alice"]);
        await changed("no maintenance, and statistics");
        const statistics = (lines: string[]) =>
            rawRequest(
                stack.ports.metrics,
                ["GET /stats HTTP/1.1", "host: x", "connection: close", ...lines, "", ""].join("\r\n"),
            );
        expect((await statistics([]))?.status).toBe(401);
        expect((await statistics([good]))?.body).toContain("echo-green");
        expect((await asClient("203.0.113.1", [good]))?.status).toBe(200);
    });

    it("refuses a password in the place of its hash, and users that are not there: nothing changes", async () => {
        const { stack, hunt } = front;
        const refused = async (message: RegExp) => {
            let printed = "";
            const calls = await front.changes(async () => {
                printed = expectFailure(await front.up(`refused: ${message}`));
            });
            expect(printed).toContain("1 setting is wrong in the config");
            expect(printed).toMatch(message);
            expect(calls).toEqual([]);
        };
        hunt.addHash("plain-pLaNtEd-password");
        stack.setConfig("services.echo.auth", { basic: ["alice", "bob"] });
        await refused(/relink:services\.echo\.auth\.basic\[1\]\s+names the user bob/);
        await front.setSecret("relink:users.bob", "plain-pLaNtEd-password");
        await refused(/relink:users\.bob\s+is not a hash.*\s+fix: openssl passwd -6 \| pulumi config set --secret/);
        expectSuccess(await stack.pulumi(["config", "rm", "--path", "relink:users.bob"]));
        stack.setConfig("services.echo.auth", { basic: ["alice"] });
    });

    it("shows no hash to anybody, and a repeated up changes nothing", async () => {
        const { stack, hunt } = front;
        const calls = await front.changes(async () => {
            expect(expectSuccess(await front.up("nothing to do")).stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        });
        expect(calls).toEqual([]);
        expect(await hunt.found(stack, front.front)).toEqual([]);
        expect(hunt.isIn(expectSuccess(await stack.pulumi(["stack", "export", "--show-secrets"])).stdout)).toBe(true);
    });

    it("keeps the password of a service that leaves until its routes are gone", async () => {
        const { stack } = front;
        stack.setConfig("services.echo", undefined);
        stack.setConfig("front.statistics", undefined);
        expectSuccess(await stack.pulumi(["config", "rm", "--path", "relink:users.alice"]));
        const seen = new Map<string, number>();
        let goesOn = true;
        const asking = (async () => {
            while (goesOn) {
                const answer = await asClient("203.0.113.1");
                const who = answer?.headers.has("x-version") ? "web" : String(answer?.status);
                seen.set(who, (seen.get(who) ?? 0) + 1);
            }
        })();
        try {
            await changed("a service with a password leaves");
        } finally {
            goesOn = false;
            await asking;
        }
        // Its host is then one of web's, which takes all hosts.
        expect([...seen.keys()].sort()).toEqual(["401", "web"]);
        const { stdout } = expectSuccess(await front.up("nothing to do"));
        expect(stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        const listed = await exec(front.front.engine, stack.front, [
            "sh",
            "-c",
            "ls /relink/config/current/conf; grep -c txn.user /relink/config/current/conf/10-frontends.cfg",
        ]);
        expect(listed.stdout).not.toContain("05-users");
    });
});

const dial = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port });
process.stdin.pipe(socket, { end: false });
socket.on("data", data => process.stdout.write(data));
socket.on("error", () => {});
socket.on("close", () => process.exit());`;

/** Sends lines to the listener from a container in the front's network. @returns the answer, or nothing where there was none */
async function fromContainer(lines: string[]): Promise<string> {
    const { engine } = front.front;
    const containers = await containersOf(front.stack, "blue", "echo");
    const stdin = [...lines, "connection: close", "", ""].join("\r\n");
    return (await exec(engine, containers[0]!.name, ["node", "-e", dial, anchor, "8080"], { stdin })).stdout;
}
