import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selfSigned } from "../support/certificates";
import { expectFailure, expectSuccess } from "../support/command";
import { EchoClients, type LongClient } from "../support/EchoClients";
import { findFreePorts } from "../support/freePorts";
import { isFull } from "../support/isFull";
import { haproxyImage, oneAfterTheOther } from "../support/scenario";
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
        const service = (keys: object, env: object = {}) => ({
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
        });
        const overTls = async (host: string) => {
            const { certificate, key } = await selfSigned(host);
            const listen = { port: tlsPort, sni: [host] };
            return service({ listen, health: { interval: "500ms" } }, { CERTIFICATE: certificate, KEY: key });
        };
        const health = { send: "PING\r\n", expect: "+PONG", interval: "500ms" };
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

    /** Waits until short connections are answered by a version. */
    async function serves(clients: EchoClients, version: string): Promise<void> {
        const before = clients.versions[version] ?? 0;
        await until(async () => ((clients.versions[version] ?? 0) > before ? true : undefined), {
            deadline: Date.now() + 10_000,
            what: `${version} does not answer`,
        });
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
