import { describe, expect, it } from "vitest";
import { findComposeCli } from "../../../compose/composeCli";
import { composed, webFile } from "./support";

describe("the keys of the stack config beside `compose`", () => {
    it("override the file: maps key by key, a volume by its target, other keys as a whole", async () => {
        const file = webFile(
            "image: shop/web:v1",
            "environment: { A: file, B: file }",
            "volumes: [./x:/x:ro, ./y:/y]",
            "dns: [10.0.0.1, 10.0.0.2]",
            "healthcheck: { test: check }",
            "networks: [nowhere]",
            "ports: ['8080']",
        ).replace("    image: shop/web:v1\n    image", "    image");
        const web = {
            compose: "compose.yaml",
            image: "shop/web:v2",
            env: { B: "config", C: { secret: "C" } },
            volumes: [{ source: "data", target: "/y", shared: true }],
            dns: ["10.0.0.3"],
            health: { path: "/healthz", commandInterval: "5s" },
            networks: [],
            replicas: 2,
        };
        const { settings, lines } = await composed(file, { web, others: { secrets: { "web.C": "c" } } });
        expect(lines).toEqual([]);
        const { release, replicas } = settings!.services[0]!;
        expect(replicas).toBe(2);
        expect(release).toMatchObject({
            image: "shop/web:v2",
            port: 8080,
            env: { A: "file", B: "config", C: { secret: "C" } },
            dns: ["10.0.0.3"],
            networks: [],
            health: { path: "/healthz", command: ["/bin/sh", "-c", "check"], commandIntervalMs: 5_000 },
        });
        expect(release.volumes.map(({ target, source }) => `${target} ${source.replace(/.*\//, "")}`)).toEqual([
            "/y data",
            "/x x",
        ]);
    });

    it("may name another service of the file, and several services may share a file", async () => {
        const file = "services:\n  a: { image: a, expose: [80] }\n  b: { image: b, expose: [81] }\n";
        const others = {
            services: {
                web: { compose: { files: ["compose.yaml"], service: "b" }, hosts: ["b.test"] },
                a: { compose: "compose.yaml", hosts: ["a.test"] },
            },
        };
        const { settings } = await composed(file, { others });
        expect(settings?.services.map(({ name, release }) => `${name} ${release.image} ${release.port}`)).toEqual([
            "a a 80",
            "web b 81",
        ]);
    });
});

describe("the published port of a Compose service", () => {
    const fixes = async (ports: string, { web = {}, front = {} } = {}) => {
        const { problems } = await composed(webFile(`ports: ${ports}`), {
            web: { compose: "compose.yaml", ...web },
            others: { front },
        });
        return problems.map(({ message, fix }) => `${message} | ${fix}`);
    };

    it("is accepted if the front has it", async () => {
        expect(await fixes("['80:8080']")).toEqual([]);
        expect(await fixes("['0.0.0.0:80:8080']")).toEqual([]);
        expect(await fixes("['127.0.0.1:81:8080']", { front: { http: { port: 81 }, address: "127.0.0.1" } })).toEqual(
            [],
        );
    });

    it("is refused if the front does not have it, with the commands that mend that", async () => {
        expect(await fixes("['8000:8080']")).toEqual([
            "publishes 8000, but the front owns the public port, and has 80 | " +
                "pulumi config set --path 'relink:front.http.port' 8000; or, to leave the front at 80, " +
                "pulumi config set --path 'relink:services.web.port' 8080",
        ]);
        expect(await fixes("['127.0.0.1:80:8080']")).toEqual([
            "publishes on 127.0.0.1, but the front owns the public port, and has all addresses | " +
                "pulumi config set --path 'relink:front.address' 127.0.0.1",
        ]);
        expect(await fixes("['8000:8080']", { web: { port: 8080 } })).toEqual([]);
    });

    it("must lead to exactly one port of the container", async () => {
        expect(await fixes("['80:8080', '9000:9000']")).toEqual([
            expect.stringContaining("has 2 ports of a container: say which one"),
        ]);
        expect(await fixes("['80:8080', '9000:9000']", { web: { port: 8080 } })).toEqual([
            expect.stringContaining(
                "publishes 9000, but the front leads to 8080 alone, unless one of routes has this port",
            ),
        ]);
        const web = { port: 8080, routes: [{ hosts: ["admin.example.com"], port: 9000 }] };
        expect(await fixes("['80:8080', '9000:9000']", { web })).toEqual([]);
        expect(await fixes("['80:8080', '53:53/udp']")).toEqual([
            expect.stringContaining("is udp: the front speaks HTTP"),
        ]);
        expect(await fixes("['8080-8090']")).toContainEqual(expect.stringContaining("is a range of ports"));
    });
});

describe("a writable volume of a Compose file", () => {
    it("must be marked as shared, and the error has the commands for that", async () => {
        const file = `${webFile("expose: [80]", "volumes: [data:/data]")}volumes: { data: }\n`;
        const { problems } = await composed(file);
        expect(problems).toMatchObject([
            {
                place: "compose.yaml:6: services.web.volumes[0]",
                fix:
                    "pulumi config set --path 'relink:services.web.volumes[0].source' shop_data && " +
                    "pulumi config set --path 'relink:services.web.volumes[0].target' /data && " +
                    "pulumi config set --path 'relink:services.web.volumes[0].shared' true",
            },
        ]);
        const web = { compose: "compose.yaml", volumes: [{ source: "shop_data", target: "/data", shared: true }] };
        expect((await composed(file, { web })).lines).toEqual([]);
    });
});

describe("a Docker Compose that does not exist", () => {
    it("leaves no timer behind, which would delay the end of every command", async () => {
        const timers = () => process.getActiveResourcesInfo().filter(name => name === "Timeout").length;
        const before = timers();
        expect(await findComposeCli({ PATH: "/nowhere" })).toBeUndefined();
        expect(timers()).toBeLessThanOrEqual(before);
    });
});
