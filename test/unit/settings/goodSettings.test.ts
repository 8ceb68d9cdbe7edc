import { describe, expect, it } from "vitest";
import { everything, routeText } from "../../../model/Route";
import { configWith, settingsOf } from "./support";

/** @returns the settings of the service `web` */
function web(service: object, others: object = {}) {
    return settingsOf(configWith(service, others)).services[0]!;
}

describe("good settings", () => {
    it("need no more than a service's image and port", () => {
        const settings = settingsOf(configWith());
        expect(settings.front).toMatchObject({ name: "relink-dev", image: "haproxy:3.2", http: { port: 80 } });
        expect(settings.host).toBeUndefined();
        expect(settings.registries).toEqual([]);
        expect(settings.services).toMatchObject([
            {
                name: "web",
                replicas: 1,
                routes: [everything],
                live: "auto",
                secretValues: {},
                release: { image: "shop/web:v1", port: 8080, maxReplicas: 8, health: { path: "/", host: "web" } },
                policy: { minHealthyTimeMs: 5_000, healthyDeadlineMs: 300_000, previousColor: "keep" },
            },
        ]);
    });

    it("sort the services by name", () => {
        const service = { image: "a", port: 1 };
        const services = {
            zoo: { ...service, hosts: ["z.com"] },
            api: { ...service, hosts: ["a.com"] },
            web: { ...service, default: true },
        };
        expect(settingsOf({ services }).services.map(({ name }) => name)).toEqual(["api", "web", "zoo"]);
    });

    it("take the first exact host for the health check, in lower case", () => {
        const { release, routes } = web({ hosts: ["*.Example.com", "Shop.example.com"] });
        expect(routes.map(routeText)).toEqual(["*.example.com", "shop.example.com"]);
        expect(release.health.host).toBe("shop.example.com");
    });

    it("have no health path with a TCP check", () => {
        expect(web({ health: { tcp: true } }).release.health).toMatchObject({ tcp: true, path: undefined });
    });

    it("have the secrets that a service uses only in secretValues", () => {
        const { release, secretValues } = web(
            { secrets: ["KEY"], env: { DSN: { secret: "DATABASE" }, LEVEL: "info" } },
            { secrets: { "web.KEY": "k", "web.DATABASE": "d" } },
        );
        expect(secretValues).toEqual({ DATABASE: "d", KEY: "k" });
        expect(JSON.stringify(release)).not.toContain('"d"');
        expect(release.env).toEqual({ DSN: { secret: "DATABASE" }, LEVEL: "info" });
    });

    it("list logins by the registry's address", () => {
        const login = { username: "bob", password: "p" };
        expect(settingsOf(configWith({}, { registries: { "r.io:5000": login } })).registries).toEqual([
            { address: "r.io:5000", ...login },
        ]);
    });

    it.each([
        [{ memory: "512m" }, { memoryBytes: 512 * 1024 ** 2 }],
        [{ memory: "2G" }, { memoryBytes: 2 * 1024 ** 3 }],
        [{ memory: 67_108_864 }, { memoryBytes: 67_108_864 }],
        [{ cpus: 0.5 }, { cpus: 0.5 }],
        [{ cpus: "1.5" }, { cpus: 1.5 }],
        [{ env: { PORT: 8080, ON: true } }, { env: { PORT: "8080", ON: "true" } }],
        [{ user: 1000 }, { user: "1000" }],
        [{ restart: false }, { restart: "no" }],
        [{ stopSignal: "SIGRTMIN+3" }, { stopSignal: "SIGRTMIN+3" }],
        [{ stopGracePeriod: "0s" }, { stopGracePeriodMs: 0 }],
        [{ timeouts: { server: "5m" } }, { timeouts: { serverMs: 300_000 } }],
        [{ ulimits: { nofile: 1024 } }, { ulimits: { nofile: { soft: 1024, hard: 1024 } } }],
        [{ ulimits: { core: { soft: 0, hard: -1 } } }, { ulimits: { core: { soft: 0, hard: -1 } } }],
        [{ log: { driver: "local" } }, { log: { driver: "local", options: {} } }],
        [{ capabilities: { drop: ["all"] } }, { capabilities: { add: [], drop: ["ALL"] } }],
        [
            { readOnly: true, securityOpt: ["no-new-privileges"], pidsLimit: 100 },
            { readOnly: true, securityOpt: ["no-new-privileges"], pidsLimit: 100 },
        ],
        [{ pidsLimit: -1 }, { readOnly: false, securityOpt: [], pidsLimit: -1 }],
        [{ internal: true, extraHosts: ["web:front"] }, { extraHosts: ["web:front"] }],
        [{ extraHosts: ["db:::1", "a.b:host-gateway"] }, { extraHosts: ["db:::1", "a.b:host-gateway"] }],
        [{ health: { status: 204 } }, { health: { status: { from: 204, to: 204 } } }],
        [{ health: { status: "200-299" } }, { health: { status: { from: 200, to: 299 } } }],
        [{ health: { command: "curl -f :80" } }, { health: { command: ["/bin/sh", "-c", "curl -f :80"] } }],
        [{ health: { command: ["check", 1] } }, { health: { command: ["check", "1"] } }],
        [
            { volumes: ["data:/data:ro"] },
            { volumes: [{ source: "data", target: "/data", readOnly: true, shared: false }] },
        ],
        [
            { volumes: [{ source: "/srv", target: "/data", shared: true }] },
            { volumes: [{ source: "/srv", target: "/data", readOnly: false, shared: true }] },
        ],
    ])("read %j", (service, release) => {
        expect(web(service).release).toMatchObject(release);
    });

    it.each(["tcp://10.0.0.1:2375", "tcp://[::1]:2375", "unix:///run/docker.sock"])("take the endpoint %s", host => {
        expect(settingsOf(configWith({}, { host })).host).toBe(host);
    });

    it("may have a service whose name is a property of every object", () => {
        const settings = settingsOf({ services: { constructor: { image: "a", port: 1 } } });
        expect(settings.services[0]).toMatchObject({ name: "constructor", release: { port: 1 } });
    });
});
