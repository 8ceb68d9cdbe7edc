// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { composed, webFile } from "./support";

// The relink keys that each Compose key becomes. The front's port is 80.
const table: [string, string[], Record<string, unknown>][] = [
    ["a command line", ["command: serve 'a b'"], { command: ["serve", "a b"] }],
    [
        "a command",
        ["command: [serve, '80']", "entrypoint: /entry"],
        { command: ["serve", "80"], entrypoint: ["/entry"] },
    ],
    [
        "user and folder",
        ["user: '1:2'", "working_dir: /srv", "init: true"],
        { user: "1:2", workingDir: "/srv", init: true },
    ],
    [
        "a map of variables",
        ["environment: { A: x, N: 5, B: true, E: '' }"],
        { env: { A: "x", N: "5", B: "true", E: "" } },
    ],
    ["a list of variables", ["environment: [A=x=y, FROM_HERE, NOT_SET]"], { env: { A: "x=y", FROM_HERE: "here" } }],
    ["labels", ["labels: [a=b, c]"], { labels: { a: "b", c: "" } }],
    ["ports: the container's", ["ports: ['8080']"], { port: 8080 }],
    ["ports: published where the front is", ["ports: ['80:8080']"], { port: 8080 }],
    ["ports: the long form", ["ports: [{ target: 8080, published: '80', protocol: tcp }]"], { port: 8080 }],
    ["expose", ["expose: ['8080']"], { port: 8080 }],
    [
        "a folder",
        ["volumes: ['./html:/html/:ro']"],
        { volumes: [{ source: "FOLDER/html", target: "/html", readOnly: true }] },
    ],
    [
        "health: a line",
        ["healthcheck: { test: curl -f http://localhost }"],
        {
            health: {
                command: "curl -f http://localhost",
                commandInterval: "30s",
                commandTimeout: "30s",
                commandRetries: 3,
            },
        },
    ],
    [
        "health: a list and times",
        ["healthcheck: { test: [CMD, check], interval: 1m30s, timeout: 1.5s, retries: 5, start_period: 1h }"],
        {
            health: {
                command: ["check"],
                commandInterval: "90s",
                commandTimeout: "1500ms",
                commandRetries: 5,
                startPeriod: "3600s",
            },
        },
    ],
    ["health: the image's with another time", ["healthcheck: { start_period: 5s }"], { health: { startPeriod: "5s" } }],
    ["health: off", ["healthcheck: { disable: true }"], { health: { command: [] } }],
    ["health: off, as a test", ["healthcheck: { test: [NONE] }"], { health: { command: [] } }],
    ["replicas", ["deploy: { replicas: 3, labels: [a=b], update_config: { parallelism: 1 } }"], { replicas: 3 }],
    ["scale", ["scale: 2"], { replicas: 2 }],
    [
        "limits",
        ["deploy: { resources: { limits: { cpus: '0.5', memory: 1.5g } } }"],
        { cpus: "0.5", memory: 1610612736 },
    ],
    ["a limit of processes", ["deploy: { resources: { limits: { pids: 100 } } }"], { pidsLimit: 100 }],
    [
        "hardening",
        ["read_only: true", "security_opt: [no-new-privileges:true]", "pids_limit: -1", "cap_drop: [ALL]"],
        {
            readOnly: true,
            securityOpt: ["no-new-privileges:true"],
            pidsLimit: -1,
            capabilities: { drop: ["ALL"] },
        },
    ],
    ["limits, the old way", ["mem_limit: 512m", "cpus: 2"], { memory: 536870912, cpus: 2 }],
    ["stopping", ["stop_grace_period: 1m", "stop_signal: SIGQUIT"], { stopGracePeriod: "60s", stopSignal: "SIGQUIT" }],
    ["restart", ["restart: 'no'"], { restart: "no" }],
    ["restart in deploy", ["deploy: { restart_policy: { condition: any, delay: 5s } }"], { restart: "always" }],
    ["hosts", ["extra_hosts: { db: 10.0.0.5 }", "dns: 10.0.0.53"], { extraHosts: ["db:10.0.0.5"], dns: ["10.0.0.53"] }],
    [
        "capabilities",
        ["cap_add: [NET_ADMIN]", "cap_drop: [ALL]"],
        { capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] } },
    ],
    [
        "ulimits",
        ["ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 9 }"],
        { ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 9 } },
    ],
    [
        "logging",
        ["logging: { driver: local, options: { max-size: 1m } }"],
        {
            log: { driver: "local", options: { "max-size": "1m" } },
        },
    ],
    ["variables anywhere", ["user: '${USER_ID:-7}'", "scale: ${COUNT}"], { user: "7", replicas: 4 }],
    [
        "keys without an effect",
        ["privileged: false", "tmpfs: []", "tty: false", "x-note: hi", "build: .", "develop: {}"],
        {},
    ],
];

describe("a Compose service as a relink service", () => {
    it.each(table)("%s", async (_, lines, expected) => {
        const result = await composed(webFile(...lines), { env: { FROM_HERE: "here", COUNT: "4" } });
        const { compose, image, ...mapped } = result.web;
        const text = JSON.stringify(mapped).replaceAll(result.folder, "FOLDER").replaceAll(',"shared":false', "");
        expect(result.lines.filter(line => !line.startsWith("relink:services.web.port: is missing"))).toEqual([]);
        expect({ compose, image }).toEqual({ compose: "compose.yaml", image: "shop/web:v1" });
        expect(JSON.parse(text)).toEqual(expected);
    });

    it("joins the networks that it shares with other services, by their names in Docker", async () => {
        const file = `
name: shop
services:
    web: { image: web, networks: [default, back, own] }
    db: { image: db }
networks:
    back: { external: true, name: corp }
    own:
`;
        expect((await composed(file)).web.networks).toEqual(["corp", "shop_default", "shop_own"]);
        expect((await composed(webFile())).web.networks).toBeUndefined();
    });

    it("mounts a project's volumes by their names in Docker", async () => {
        const file = `${webFile("volumes: [a:/a:ro, b:/b:ro, cc:/c:ro]")}\nvolumes: { a: , b: { name: bee }, cc: { external: true } }`;
        const { web, lines } = await composed(file, { env: { COMPOSE_PROJECT_NAME: "other" } });
        expect(lines).toEqual([expect.stringContaining("relink:services.web.port: is missing")]);
        const volumes = web.volumes as { source: string }[];
        expect(volumes.map(({ source }) => source)).toEqual(["other_a", "bee", "cc"]);
    });

    it("gets its secrets from files and variables", async () => {
        const compose = webFile("secrets: [db, { source: token, target: token }]", "expose: [80]");
        const file = `${compose}\nsecrets: { db: { file: ./db.txt }, token: { environment: TOKEN } }`;
        const { settings } = await composed({ "compose.yaml": file, "db.txt": "hunter2\n" }, { env: { TOKEN: "abc" } });
        expect(settings?.services[0]?.release.secrets).toEqual(["db", "token"]);
        expect(settings?.services[0]?.secretValues).toEqual({ db: "hunter2\n", token: "abc" });
    });

    it("gets a secret from the stack config if that has it, and then needs no file", async () => {
        const file = `${webFile("secrets: [db]", "expose: [80]")}\nsecrets: { db: { file: ./not-here } }`;
        const { settings } = await composed(file, { others: { secrets: { "web.db": "ours" } } });
        expect(settings?.services[0]?.secretValues).toEqual({ db: "ours" });
    });

    it("has its problems at the lines of the Compose file", async () => {
        const file = webFile("expose: [80]", "environment:", "  RELINK_X: hunter2", "user: 'a b'", "mem_limit: 1k");
        const { problems, lines } = await composed(file);
        expect(lines).toEqual([
            "compose.yaml:7: services.web.environment.RELINK_X: has a name that is not allowed: it must be the name of an " +
                "environment variable; those that start with RELINK_ are set by relink",
            expect.stringContaining(
                "compose.yaml:9: services.web.mem_limit: is 1024, but must be a size of at least 6m",
            ),
            expect.stringContaining('compose.yaml:8: services.web.user: is "a b", but must be USER'),
        ]);
        expect(problems[0]?.fix).toBe("change it there");
        expect(problems[2]?.fix).toBe(
            "change it there, or: pulumi config set --path 'relink:services.web.user' 1000:1000",
        );
    });

    it("has paths relative to the Compose file", async () => {
        const { web, folder } = await composed(
            { "a.yml": webFile("volumes: ['./x:/x:ro']") },
            { web: { compose: "./a.yml" } },
        );
        expect(web.volumes).toEqual([{ source: join(folder, "x"), target: "/x", readOnly: true, shared: false }]);
    });
});
