import { describe, expect, it } from "vitest";
import { checkSettings } from "../../../settings/parse";
import { configWith, linesOf } from "./support";

const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("a config with one wrong setting", () => {
    const web = "relink:services.web";
    it.each<[string, object, object, string]>([
        ["no port", { port: undefined }, {}, `${web}.port: is missing`],
        ["a port out of range", { port: 65536 }, {}, `${web}.port: is 65536, but must be a whole number`],
        ["an empty value", { port: null }, {}, `${web}.port: is empty`],
        ["a misspelled key", { imgae: "a" }, {}, `${web}.imgae: is not a known key; did you mean image?`],
        ["a key that does not exist", { gpus: "all" }, {}, `${web}.gpus: is not a known key`],
        ["a misspelled nested key", { health: { intervall: "1s" } }, {}, "did you mean interval?"],
        ["a misspelled section", {}, { sevices: {} }, "relink:sevices: is not a known key; did you mean services?"],
        ["a forgotten --path", {}, { "front.name": "a" }, "was set without --path"],
        ["a bare number as duration", { drainTimeout: 10 }, {}, `${web}.drainTimeout: is 10, but must be a duration`],
        ["an interval of zero", { health: { interval: "0s" } }, {}, `${web}.health.interval: is "0s"`],
        ["an unknown word", { live: "red" }, {}, `${web}.live: is "red", but must be one of auto, blue, green`],
        ["too many replicas", { replicas: 9 }, {}, `${web}.replicas: is 9, but must be at most maxReplicas (8)`],
        ["a TCP check with a path", { health: { tcp: true, path: "/" } }, {}, `${web}.health.path: is set together`],
        ["a host with a port", { hosts: ["a.com:80"] }, {}, `${web}.hosts[0]: is "a.com:80"`],
        ["a host twice", { hosts: ["a.com", "A.com"] }, {}, `${web}.hosts[1]: is in the list twice`],
        ["no host at all", { hosts: [] }, {}, `${web}.hosts: is an empty list`],
        ["one host as text", { hosts: "a.com" }, {}, `${web}.hosts: is "a.com", but must be a list`],
        ["a writable volume", { volumes: ["data:/data"] }, {}, `${web}.volumes[0]: can be written by both colors`],
        ["a relative path", { volumes: ["./data:/data:ro"] }, {}, `${web}.volumes[0]: is "./data:/data:ro"`],
        ["a path with ..", { volumes: ["/a/../etc:/data:ro"] }, {}, `${web}.volumes[0]: is`],
        ["two volumes at one place", { volumes: ["aa:/a:ro", "bb:/a:ro"] }, {}, `${web}.volumes[1]: is mounted where`],
        [
            "a volume where a read-only container has its secrets",
            { readOnly: true, secrets: ["KEY"], volumes: ["aa:/a:ro", "bb:/run//secrets/:ro"] },
            { secrets: { "web.KEY": "x" } },
            `${web}.volumes[1]: is mounted at /run/secrets, where`,
        ],
        ...["/run/secrets", "/run/secrets/", "/run/", "/run/secrets/KEY"].map(
            (target): [string, object, object, string] => [
                `a volume at ${target}, into which the secrets would be written`,
                { secrets: ["KEY"], volumes: ["aa:/a:ro", { source: "/srv/host", target, shared: true }] },
                { secrets: { "web.KEY": "x" } },
                `${web}.volumes[1]: is mounted at ${target.replace(/\/$/, "")}, so that secrets of this service would be written`,
            ],
        ),
        ["a reserved variable", { env: { RELINK_COLOR: "x" } }, {}, `${web}.env.RELINK_COLOR: has a name`],
        ["a reserved label", { labels: { "relink.stack": "x" } }, {}, `${web}.labels["relink.stack"]: has a name`],
        ["too little memory", { memory: "1m" }, {}, `${web}.memory: is "1m"`],
        [
            "a text in the place of a number",
            { replicas: "2" },
            {},
            `${web}.replicas: is "2", but must be a whole number`,
        ],
        ["a limit of 0 processes", { pidsLimit: 0 }, {}, `${web}.pidsLimit: is 0, but must be a whole number`],
        ["a profile in a file", { securityOpt: ["seccomp=a.json"] }, {}, `${web}.securityOpt[0]: is "seccomp=a.json"`],
        [
            "a soft limit above the hard one",
            { ulimits: { nofile: { soft: 2, hard: 1 } } },
            {},
            `${web}.ulimits.nofile: has`,
        ],
        ["a status range upside down", { health: { status: "399-200" } }, {}, `${web}.health.status: is "399-200"`],
        ["an image that Pulumi does not know yet", { image: unknownValue }, {}, `${web}.image: is not known yet`],
        ["an Output in a text", { image: "web:[object Object]" }, {}, `${web}.image: is not known yet`],
        ["an object as image", { image: {} }, {}, `${web}.image: is an object, but must be an image as plain text`],
        ["an image with a space", { image: "shop/web: v1" }, {}, `${web}.image: is "shop/web: v1"`],
        [
            "a hook without command",
            { hooks: { prePromotion: {} } },
            {},
            `${web}.hooks.prePromotion: has nothing to do, but must have exactly one of command, http or webhook`,
        ],
        ["an unknown drift policy", { driftPolicy: "adopt" }, {}, `${web}.driftPolicy: is "adopt", but must be`],
        [
            "a minHealthyTime that is too long",
            { minHealthyTime: "5m" },
            {},
            `${web}.healthyDeadline: is 5m, but must be longer than min`,
        ],
        ["deadlines in the wrong order", { healthyDeadline: "10m" }, {}, `${web}.progressDeadline: is 10m`],
        [
            "checks that are too slow",
            { health: { interval: "3m" } },
            {},
            `${web}.health.interval: is 3m, and 2 good checks`,
        ],
        ["an unknown secret as file", { secrets: ["KEY"] }, {}, `${web}.secrets[0]: asks for the secret KEY`],
        ["an unknown secret in env", { env: { A: { secret: "KEY" } } }, {}, `${web}.env.A.secret: asks for the secret`],
        ["a secret without use", {}, { secrets: { "web.KEY": "x" } }, 'relink:secrets["web.KEY"]: is not used'],
        [
            "a secret of a missing service",
            {},
            { secrets: { "api.KEY": "x" } },
            "belongs to the service api, which does not exist",
        ],
        ["a nested secret", {}, { secrets: { web: { KEY: "x" } } }, 'under one quoted key: relink:secrets["web.NAME"]'],
        [
            "a registry as URL",
            {},
            { registries: { "https://r.io": {} } },
            'relink:registries["https://r.io"]: has a name',
        ],
        ["another protocol", {}, { host: "ssh://a" }, 'relink:host: is "ssh://a", but must be unix:///PATH or tcp'],
        [
            "a subnet too small",
            {},
            { front: { network: { subnet: "10.0.0.0/25" } } },
            "relink:front.network.subnet: is",
        ],
        [
            "a subnet with host bits",
            {},
            { front: { network: { subnet: "10.0.0.1/24" } } },
            "relink:front.network.subnet",
        ],
        [
            "a trusted proxy that is a name",
            {},
            { front: { trustedProxies: ["10.0.0.0/8", "proxy.example.com"] } },
            'relink:front.trustedProxies[1]: is "proxy.example.com", but must be an IP address, or a network',
        ],
        [
            "a network with more bits than an address",
            {},
            { front: { trustedProxies: ["10.0.0.0/33"] } },
            "relink:front.trustedProxies[0]: is",
        ],
        [
            "a network twice",
            {},
            { front: { trustedProxies: ["::1/128", "::1/128"] } },
            "relink:front.trustedProxies[1]: is in the list twice",
        ],
        [
            "a taken port",
            {},
            { front: { preview: { port: 80 } } },
            "relink:front.preview.port: makes preview use port 80",
        ],
        ["a port that https takes", {}, { front: { http: { port: 8041 } } }, "which https (http.port + 363) uses"],
        [
            "a port without room",
            {},
            { front: { http: { port: 65535 } } },
            "relink:front.http.port: is 65535, but must be",
        ],
        ["the front's own network", { networks: ["relink-dev"] }, {}, `${web}.networks[0]: is the front's own network`],
        ["a front that is a text", {}, { front: "x" }, 'relink:front: is "x", but must be an object'],
        ["services that are a list", {}, { services: [] }, "relink:services: is a list, but must be an object"],
        ["no service", {}, { services: {} }, "relink:services: names no service"],
    ])("reports %s", (_, service, others, line) => {
        const lines = linesOf(configWith(service, others));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toContain(line);
    });

    it.each(["Web", "1web", "web_1", "none", "web-blue", "x-green", "web-", "a".repeat(31), "wéb", "a b", "", "web\n"])(
        "reports the service name %j",
        name => {
            const [line, ...more] = linesOf({ services: { [name]: { image: "a", port: 1 } } });
            expect(line).toContain("has a name that is not allowed");
            expect(more.every(other => other.includes("names no service"))).toBe(true);
        },
    );

    it("reports that project and stack do not make a valid name for the front", () => {
        const { problems = [] } = checkSettings(configWith(), { project: "relink", stack: "s".repeat(60) });
        expect(problems.map(({ path }) => path)).toEqual([["front", "name"]]);
    });

    it("reports a key that JavaScript would drop", () => {
        const raw = JSON.parse('{"services": {"web": {"image": "a", "port": 1, "env": {"__proto__": "x"}}}}');
        expect(linesOf(raw)).toEqual(["relink:services.web.env.__proto__: is not a known key"]);
    });
});
