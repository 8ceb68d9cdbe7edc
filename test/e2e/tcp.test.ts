import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selfSigned } from "../support/certificates";
import { expectFailure, expectSuccess } from "../support/command";
import { EchoClients, type LongClient } from "../support/EchoClients";
import { findFreePorts } from "../support/freePorts";
import { isFull } from "../support/isFull";
import { haproxyImage, oneAfterTheOther, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { until } from "../support/until";

/** Sends each line back with the version behind it, over TLS where there is a certificate. PING is the health check's. */
const server = `
const serve = socket => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", data => {
        const lines = (text += data).split("\\n");
        text = lines.pop();
        for (const line of lines) socket.write(line.trim() === "PING" ? "+PONG\\r\\n" : line + " " + process.env.VERSION + "\\n");
    });
};
const { CERTIFICATE: cert, KEY: key } = process.env;
const made = cert ? require("node:tls").createServer({ cert, key }, serve) : require("node:net").createServer(serve);
made.listen(7000);
process.on("SIGTERM", () => process.exit());`;

const health = { send: "PING\r\n", expect: "+PONG", interval: "500ms" };

/** @returns such a server as a service */
function service(keys: object, env: object = {}) {
    return {
        image: "relink-hello:v1",
        entrypoint: ["node", "-e", server],
        command: [],
        protocol: "tcp",
        port: 7000,
        replicas: 2,
        minHealthyTime: "1s",
        drainTimeout: "20s",
        bakeTime: "3s",
        env: { VERSION: "v1", ...env },
        ...keys,
    };
}

/** Waits until short connections are answered by a version. */
async function serves(clients: EchoClients, version: string): Promise<void> {
    const before = clients.versions[version] ?? 0;
    await until(async () => ((clients.versions[version] ?? 0) > before ? true : undefined), {
        deadline: Date.now() + 10_000,
        what: `${version} does not answer`,
    });
}

// Each test goes on where the one before ended.
describe.runIf(isFull)("TCP services", () => {
    oneAfterTheOther();

    let stack: TestStack;
    let echo: EchoClients;
    let orders: EchoClients;
    let reports: EchoClients;
    let longs: LongClient[];
    let plainPort: number;
    let ordersKeys: object;

    beforeAll(async () => {
        const ports = await findFreePorts();
        plainPort = ports.http;
        const tlsPort = ports.preview;
        const overTls = async (host: string) => {
            const { certificate, key } = await selfSigned(host);
            const listen = { port: tlsPort, sni: [host] };
            return service({ listen, health: { interval: "500ms" } }, { CERTIFICATE: certificate, KEY: key });
        };
        ordersKeys = await overTls("orders.example.com");
        const services = {
            echo: service({ listen: { port: plainPort }, health }),
            orders: ordersKeys,
            reports: await overTls("reports.example.com"),
        };
        stack = await createStack({ config: { front: { image: haproxyImage }, services } });
        echo = new EchoClients({ port: plainPort });
        orders = new EchoClients({ port: tlsPort, sni: "orders.example.com" });
        reports = new EchoClients({ port: tlsPort, sni: "reports.example.com" });
        expectSuccess(await stack.up());
    });

    afterAll(async () => {
        await Promise.all([echo, orders, reports].map(clients => clients?.stop()));
        await stack?.cleanup();
    });

    /** Releases a version of these services. */
    async function release(version: string, ...names: string[]): Promise<string> {
        for (const name of names) {
            stack.setConfig(`services.${name}.env.VERSION`, version);
        }
        return expectSuccess(await stack.up()).stdout;
    }

    it("are released and returned without a broken short connection, and long ones stay on their color", async () => {
        for (const clients of [echo, orders, reports]) {
            clients.start(2);
            await serves(clients, "v1");
        }
        longs = [echo, orders, reports].flatMap(clients => [clients.long(), clients.long()]);
        await release("v2", "echo", "orders", "reports");
        await Promise.all([echo, orders, reports].map(clients => serves(clients, "v2")));
        expect(await release("v1", "echo", "orders", "reports")).toContain("link green => blue");
        expect(await release("v2", "echo")).toContain("link blue => green");
        for (const long of longs) {
            expect([...long.answeredBy]).toEqual(["v1"]);
            expect(long.ended).toBeUndefined();
        }
        expect([echo, orders, reports].map(({ broken }) => broken)).toEqual([[], [], []]);
    });

    it("wait for connections of the color that gets the next release, and cut them at the drain's deadline", async () => {
        const [first, second] = longs;
        first!.end();
        const output = await release("v3", "echo");
        expect(output).toContain("drainTimeout");
        expect(second!.ended).toBeDefined();
        expect([...second!.answeredBy]).toEqual(["v1"]);
        expect(longs.slice(2).every(({ ended }) => ended === undefined)).toBe(true);
        await serves(echo, "v3");
        expect(echo.broken).toEqual([]);
    });

    it("do nothing in an up without a change, and say where they are", async () => {
        expect(expectSuccess(await stack.up()).stdout).not.toMatch(/\b(?:updated|created|replaced)\b/);
        const { services } = (await stack.outputs()) as { services: Record<string, { url: string }> };
        expect(services.echo!.url).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
        expect(services.orders!.url).toMatch(/^tcp:\/\/orders\.example\.com:\d+$/);
        expect(services.echo).not.toHaveProperty("previewUrl");
    });

    it("leave a release that does not answer as expected where it is", async () => {
        stack.setConfig("services.echo.health.expect", "-NO");
        stack.setConfig("services.echo.healthyDeadline", "6s");
        expectFailure(await stack.up());
        await serves(echo, "v3");
        expect(echo.broken).toEqual([]);
        stack.setConfig("services.echo.health.expect", "+PONG");
        stack.setConfig("services.echo.healthyDeadline", undefined);
    });

    it("are refused a port that the front does not publish, by name", async () => {
        stack.setConfig("services.late", {
            image: "relink-hello:v1",
            protocol: "tcp",
            port: 7000,
            listen: { port: 1 },
        });
        expect(expectFailure(await stack.preview())).toContain(
            "relink:services.late.listen.port: the front does not publish port 1",
        );
        stack.setConfig("services.late", undefined);
    });

    it("are refused a change to a service with requests, by name", async () => {
        stack.setConfig("services.orders", { image: "relink-hello:v1", port: 7000 });
        expect(expectFailure(await stack.up())).toContain("relink:services.orders.protocol");
        stack.setConfig("services.orders", ordersKeys);
    });

    it("have lost no short connection in all of this", async () => {
        await Promise.all([echo, orders, reports].map(clients => clients.stop()));
        const counts = [echo, orders, reports].map(
            ({ answered, broken }) => `${answered} answered, ${broken.length} broken`,
        );
        console.log(`scenario TCP services: ${counts.join("; ")}`);
        expect([echo, orders, reports].map(({ broken }) => broken)).toEqual([[], [], []]);
    });

    it("let in only connections from where they allow them", async () => {
        stack.setConfig("services.echo.allow", ["192.0.2.0/24"]);
        expectSuccess(await stack.up());
        const refused = new EchoClients({ port: plainPort });
        refused.start(1);
        await until(async () => refused.broken.length > 0 || undefined, {
            deadline: Date.now() + 10_000,
            what: "all are let in",
        });
        await refused.stop();
        expect(refused.answered).toBe(0);
    });
});

describe.runIf(isFull)("A TCP service on the front of another stack", () => {
    oneAfterTheOther();

    let own: TestStack;
    let other: TestStack;
    let clients: EchoClients;

    beforeAll(async () => {
        const { http: port } = await findFreePorts();
        own = await createStack({ config: webStack({}, { front: { tcpPorts: [port] } }) });
        expectSuccess(await own.up());
        other = await createStack({ config: { services: { cache: service({ listen: { port }, health }) } } });
        other.setConfig("front", { use: own.front });
        clients = new EchoClients({ port });
    });

    afterAll(async () => {
        await clients?.stop();
        await other?.cleanup();
        await own?.cleanup();
    });

    it("is released without a broken connection, also beside a change of the front by its own stack", async () => {
        expectSuccess(await other.up());
        clients.start(2);
        await serves(clients, "v1");
        const long = clients.long();
        other.setConfig("services.cache.env.VERSION", "v2");
        expect(expectSuccess(await other.up()).stdout).toContain("link blue => green");
        await serves(clients, "v2");
        own.setConfig("front.timeouts.server", "70s");
        own.setConfig("services.web.image", "relink-hello:v2");
        expectSuccess(await own.up());
        await serves(clients, "v2");
        expect(expectSuccess(await other.up()).stdout).not.toMatch(/\b(?:updated|created|replaced)\b/);
        expect({ answeredBy: [...long.answeredBy], ended: long.ended }).toEqual({
            answeredBy: ["v1"],
            ended: undefined,
        });
        long.end();
        await clients.stop();
        console.log(
            `scenario TCP service of another stack: ${clients.answered} answered, ${clients.broken.length} broken`,
        );
        expect(clients.broken).toEqual([]);
    });

    it("has its port to itself", async () => {
        const { port } = clients.target;
        const third = await createStack({ config: { services: { queue: service({ listen: { port }, health }) } } });
        third.setConfig("front", { use: own.front });
        try {
            expect(expectFailure(await third.preview())).toContain(
                `which the service cache of the stack relink/${other.name} has already on the front ${own.front}`,
            );
        } finally {
            await third.cleanup();
        }
    });

    it("leaves its port with its stack", async () => {
        expectSuccess(await other.destroy());
        const late = new EchoClients(clients.target);
        late.start(1);
        await until(async () => late.broken.length > 0 || undefined, {
            deadline: Date.now() + 10_000,
            what: "the port still has a service",
        });
        await late.stop();
        expect(late.answered).toBe(0);
    });
});
