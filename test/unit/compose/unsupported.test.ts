import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { composed, webFile } from "./support";

/** The keys of the Compose specification's JSON schema, as of Compose 2.40.3. */
const known = JSON.parse(readFileSync(join(__dirname, "captured", "schema-keys.json"), "utf8")) as Record<
    "service" | "deploy" | "healthcheck",
    string[]
>;

/** Keys that relink reads or may ignore. Other tests cover them. */
const understood = [
    ...["build", "cap_add", "cap_drop", "command", "cpus", "depends_on", "deploy", "develop", "dns", "entrypoint"],
    ...["env_file", "environment", "expose", "extends", "extra_hosts", "healthcheck", "image", "init", "labels"],
    ...["logging", "mem_limit", "networks", "ports", "pull_policy", "pull_refresh_after", "restart", "scale"],
    ...[
        "pids_limit",
        "profiles",
        "read_only",
        "security_opt",
        "secrets",
        "stop_grace_period",
        "stop_signal",
        "ulimits",
        "user",
        "volumes",
        "working_dir",
        "attach",
    ],
];
const unsupported = known.service.filter(key => !understood.includes(key));

/** A value that is not empty for any key. */
const lines = unsupported.map(key => `${key}: [something]`);

describe("a key of a Compose service that relink does not support", () => {
    it("is refused with its line and a reason, together with all others", async () => {
        const { problems } = await composed(webFile("expose: [80]", ...lines));
        expect(problems.map(({ place }) => place?.split("services.web.")[1])).toEqual(unsupported);
        for (const [index, { place, message, fix }] of problems.entries()) {
            expect(place).toBe(`compose.yaml:${index + 6}: services.web.${unsupported[index]}`);
            expect(message).toMatch(/^is not supported: [a-z/].{15}/);
            expect(message).not.toContain("relink does not know it");
            expect(fix).toContain(`compose.ignore[${index}]' ${unsupported[index]}`);
        }
    });

    it("can be ignored by the command of its problem", async () => {
        const compose = {
            files: ["compose.yaml"],
            ignore: [...unsupported, "healthcheck.start_interval", "labels.caddy*"],
        };
        const others = [
            "expose: [80]",
            "healthcheck: { start_interval: 1s }",
            "labels: { caddy: x, caddy.tls: y, a: b }",
        ];
        const { lines: problems, settings } = await composed(webFile(...others, ...lines), { web: { compose } });
        expect(problems).toEqual([]);
        expect(settings?.services[0]?.release.labels).toEqual({ a: "b" });
    });

    it.each([
        ["deploy", known.deploy.filter(key => !["replicas", "resources", "restart_policy"].includes(key)), ["mode"]],
        ["healthcheck", known.healthcheck.filter(key => !["test", "disable"].includes(key)), ["start_interval"]],
    ])("is also refused inside of %s", async (key, inner, refused) => {
        const { lines: problems } = await composed(
            webFile("expose: [80]", `${key}:`, ...inner.map(name => `  ${name}: ${name === "retries" ? 3 : "5s"}`)),
        );
        expect(problems.map(line => /services\.web\.([a-z_.]+): /.exec(line)?.[1])).toEqual(
            refused.map(name => `${key}.${name}`),
        );
    });

    it.each([
        ["an unknown key", ["imagee: web"], "services.web.imagee: is not supported: relink does not know it"],
        [
            "a condition",
            ["depends_on: { db: { condition: service_healthy } }"],
            "depends_on.db: has the condition service_healthy",
        ],
        [
            "a restart with another service",
            ["depends_on: { db: { condition: service_started, restart: true } }"],
            "does not restart",
        ],
        ["build alone", ["build: ."], "services.web.build: has no image beside it"],
        ["never pulling", ["pull_policy: never"], "services.web.pull_policy: is not supported"],
        ["a number of restarts", ["restart: on-failure:5"], "services.web.restart: limits the number of restarts"],
        [
            "options without a driver",
            ["logging: { options: { a: b } }"],
            "services.web.logging: has options but no driver",
        ],
        [
            "Traefik's labels",
            ["labels: [traefik.enable=true, traefik.x=y]"],
            "services.web.labels.traefik.*: are for a proxy",
        ],
        ["nginx-proxy's variables", ["environment: { VIRTUAL_HOST: a }"], "environment.VIRTUAL_HOST: is for a proxy"],
        [
            "a name on a network",
            ["networks: { default: { aliases: [www] } }"],
            "networks.default.aliases: is not supported: two",
        ],
        ["a network that the file lacks", ["networks: [nowhere]"], "networks.nowhere: is not among the networks"],
        ["a temporary file system", ["volumes: [{ type: tmpfs, target: /t }]"], "volumes[0]: is of type tmpfs"],
        ["a volume without a name", ["volumes: [/data]"], "volumes[0]: is a volume without a name"],
        ["a volume that the file lacks", ["volumes: [x:/x:ro]"], "volumes[0]: names the volume x, which is not among"],
        ["SELinux labels", ["volumes: ['./x:/x:ro,Z']"], "volumes[0]: has the option selinux"],
        [
            "a secret that the file lacks",
            ["secrets: [s]"],
            "secrets[0]: asks for the secret s, which the file does not define",
        ],
        ["a secret at another place", ["secrets: [{ source: s, target: /s }]"], "secrets[0]: is to be at /s"],
        [
            "a reservation",
            ["deploy: { resources: { reservations: { cpus: 1 } } }"],
            "deploy.resources.reservations: is not",
        ],
        ["a profile in a file", ["security_opt: ['seccomp:./profile.json']"], "services.web.security_opt: is"],
    ])("may be %s", async (_, text, message) => {
        const file = webFile("expose: [80]", ...text);
        const { lines: problems } = await composed(text[0] === "build: ." ? file.replace(/.*image: .*\n/, "") : file);
        expect(problems).toEqual([expect.stringContaining(message)]);
    });

    it("may be a volume with a driver of its own", async () => {
        const file = `${webFile("expose: [80]", "volumes: [x:/x:ro]")}volumes: { x: { driver_opts: { type: nfs } } }\n`;
        expect((await composed(file)).lines).toEqual([
            expect.stringContaining("needs the volume shop_x with a driver"),
        ]);
    });

    it("may be a secret that Docker Swarm holds", async () => {
        const file = `${webFile("expose: [80]", "secrets: [s]")}secrets: { s: { external: true } }\n`;
        const { problems } = await composed(file);
        expect(problems[0]?.message).toContain("which Docker Swarm holds");
        expect(problems[0]?.fix).toBe(`pulumi config set --secret --path 'relink:secrets["web.s"]'`);
    });
});
