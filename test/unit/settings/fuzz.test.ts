import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isImageReference } from "../../../settings/image";
import { checkSettings, type RawConfig } from "../../../settings/parse";
import { context } from "./support";

const valid: RawConfig = {
    front: { name: "shop", http: { port: 8080 }, network: { subnet: "10.1.0.0/20" }, timeouts: { tunnel: "2h" } },
    host: "unix:///var/run/docker.sock",
    services: {
        web: {
            image: "registry.example.com/shop/web:v1",
            port: 8080,
            replicas: 2,
            hosts: ["shop.example.com", "*.example.com"],
            env: { LEVEL: "info", DSN: { secret: "DSN" } },
            secrets: ["KEY"],
            command: ["serve", "--fast"],
            labels: { team: "shop" },
            volumes: ["static:/static:ro", { source: "/srv/up", target: "/up", shared: true }],
            capabilities: { drop: ["ALL"] },
            memory: "512m",
            cpus: 1.5,
            ulimits: { nofile: { soft: 1, hard: 2 } },
            log: { driver: "local", options: { "max-size": "10m" } },
            health: { path: "/healthz", status: "200-299", host: "shop.example.com" },
            hooks: { prePromotion: { command: "make smoke" } },
        },
        tcp: { image: "tcp", port: 9000, health: { tcp: true }, hosts: ["tcp.example.com"] },
        worker: { image: "worker", strategy: { rolling: { step: "half", preStopCommand: "drain {id}" } } },
    },
    secrets: { "web.KEY": "k", "web.DSN": "d" },
    registries: { "registry.example.com": { username: "u", password: "p" } },
};

type Path = (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
    if (typeof value !== "object" || value === null) {
        return [path];
    }
    const below = Object.entries(value).flatMap(([key, item]) =>
        pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
    );
    return [path, ...below];
}

const allPaths = pathsOf(valid).filter(path => path.length > 0);

function mutate(
    root: unknown,
    path: Path,
    change: (parent: Record<string | number, unknown>, key: string | number) => void,
) {
    let parent = root as Record<string | number, unknown>;
    for (const segment of path.slice(0, -1)) {
        const next = parent[segment];
        if (typeof next !== "object" || next === null) {
            return;
        }
        parent = next as Record<string | number, unknown>;
    }
    change(parent, path.at(-1)!);
}

const hostile = fc.oneof(
    fc
        .constantFrom("\n", '"', "'", " ", "\0", "é", "%[", "\\", "#", "$", "{", "\r\n", "\u2028", "\t")
        .chain(bad =>
            fc
                .tuple(fc.constantFrom("web", "/healthz", "shop.example.com", "shop/web:v1", ""), fc.nat(20))
                .map(([text, at]) => text.slice(0, at) + bad + text.slice(at)),
        ),
    fc.string({ unit: "grapheme" }),
);

const mutation = fc.record({
    path: fc.constantFrom(...allPaths),
    kind: fc.constantFrom("set", "set", "delete", "rename"),
    value: fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        hostile,
        fc.constantFrom(0, -1, 1e21, 0.1, "10s", "24d", null, true, "*", "__proto__", {}, []),
    ),
    name: fc.oneof(hostile, fc.constantFrom("image", "port", "__proto__", "constructor", "toString", "x.y", "")),
});

/** All that ends up in HAProxy's text, its maps or a Docker name is made of these letters only. */
const harmless = /^[A-Za-z0-9\-._~!&()*+,;=:@/?%[\]]*$/;

function checkOutcome(raw: unknown): void {
    const { settings, problems } = checkSettings(raw as RawConfig, context);
    if (problems) {
        expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems) {
            expect(problem.message).not.toBe("");
            expect(`${problem.message}${problem.fix}`).toMatch(/^[\x20-\x7e]+$/);
            expect(problem.fix).toContain("pulumi config");
        }
        return;
    }
    const { front, services } = settings;
    const texts = services.flatMap(({ name, hosts, release }) => [
        name,
        ...hosts,
        release.image,
        release.health.host,
        release.health.path ?? "",
    ]);
    for (const text of [front.name, front.image, front.address ?? "", front.network.subnet ?? "", ...texts]) {
        expect(text).toMatch(harmless);
        expect(text).not.toContain("%[");
    }
    for (const { release, name } of services) {
        expect(isImageReference(release.image)).toBe(true);
        expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    }
}

describe("any change of a valid config", () => {
    it("starts from a valid one", () => {
        expect(checkSettings(valid, context).problems).toBeUndefined();
    });

    it("gives settings or located problems, never an exception, and lets no hostile text through", () => {
        fc.assert(
            fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), mutations => {
                const raw = structuredClone(valid);
                for (const { path, kind, value, name } of mutations) {
                    mutate(raw, path, (parent, key) => {
                        if (kind === "set") {
                            parent[key] = value;
                        } else {
                            const old = parent[key];
                            delete parent[key];
                            if (kind === "rename" && !Array.isArray(parent)) {
                                Object.defineProperty(parent, name, {
                                    value: old,
                                    enumerable: true,
                                    configurable: true,
                                    writable: true,
                                });
                            }
                        }
                    });
                }
                checkOutcome(raw);
            }),
            { numRuns: 1_000 },
        );
    });

    it("refuses every text with a letter that HAProxy could misread, wherever it may end up there", () => {
        fc.assert(
            fc.property(hostile, text => {
                fc.pre(!harmless.test(text) || text.includes("%["));
                const service = { image: "a", port: 1 };
                const raws = [
                    { services: { [text]: service } },
                    { services: { web: { ...service, image: text } } },
                    { services: { web: { ...service, hosts: [text] } } },
                    { services: { web: { ...service, health: { path: text } } } },
                    { services: { web: { ...service, health: { host: text } } } },
                    { services: { web: service }, front: { name: text } },
                    { services: { web: service }, front: { image: text } },
                    { services: { web: service }, front: { address: text } },
                    { services: { web: service }, front: { network: { subnet: text } } },
                ];
                for (const raw of raws) {
                    expect(checkSettings(raw, context).settings).toBeUndefined();
                }
            }),
            { numRuns: 500 },
        );
    });

    it("may be anything at all", () => {
        fc.assert(
            fc.property(fc.jsonValue(), raw => {
                checkOutcome(raw);
            }),
            { numRuns: 300 },
        );
    });
});
