// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables
import { describe, expect, it } from "vitest";
import type { ComposeCli } from "../../../compose/composeCli";
import { renderProblems } from "../../../settings/Problem";
import { composed, webFile } from "./support";

const failing =
    (stderr: string): ComposeCli =>
    async () => ({ code: 1, stdout: "", stderr });

describe("a Compose file that cannot be read", () => {
    it.each<[string, string | Record<string, string>, string[]]>([
        ["does not exist", {}, ["relink:services.web.compose: names compose.yaml, which does not exist"]],
        ["is empty", "", ["compose.yaml:1: is not a Compose file: it has no `services`"]],
        [
            "has a list of services",
            "services:\n  - web\n",
            ["compose.yaml:1: is not a Compose file: `services` must be"],
        ],
        ["has a line for a service", "services:\n  web: a\n", ["compose.yaml:2: services.web: must be a map"]],
        ["has nothing for a service", "services:\n  web:\n", ["compose.yaml:2: services.web: must be a map"]],
        ["is not YAML", "services:\n  web: { image: web\n", ["compose.yaml:3: is not YAML: Flow map"]],
        [
            "has a key twice",
            "services:\n  web:\n    image: a\n    image: b\n",
            ["compose.yaml:4: is not YAML: Map keys"],
        ],
        ["is a list", "- a\n", ["compose.yaml:1: is not a Compose file"]],
        [
            "lacks an anchor",
            webFile("<<: *common"),
            ["compose.yaml:5: is not YAML: no anchor &common before this *common"],
        ],
        ["merges itself", "services:\n  web: &web\n    <<: *web\n", ["compose.yaml:3: is not YAML: *web is inside of"]],
        ["merges a word", webFile("<<: common"), ["compose.yaml:5: is not YAML: << takes maps only"]],
        ["has two documents", `${webFile("expose: [80]")}---\na: b\n`, ["compose.yaml:6: has a second document"]],
        [
            "lacks the service",
            "services:\n  app: { image: a }\n",
            ["compose.yaml:1: services.web: does not exist; services of the file: app"],
        ],
        [
            "includes others",
            `include: [a.yaml]\n${webFile("expose: [80]")}`,
            ["compose.yaml:1: include: is understood by Docker Compose only"],
        ],
        [
            "resets a key",
            webFile("expose: [80]", "ports: !reset []"),
            ["compose.yaml:6: services.web.ports: has the tag !reset"],
        ],
        [
            "needs a variable",
            webFile("user: '${NOBODY:?say who}'"),
            ["compose.yaml:5: services.web.user: needs the variable NOBODY: say who"],
        ],
        [
            "has a number that YAML readers spell in several ways",
            webFile("environment: { MASK: 022 }"),
            ["compose.yaml:5: services.web.environment.MASK: is a number that"],
        ],
        [
            "extends a missing service",
            webFile("extends: nobody"),
            ["compose.yaml:5: services.web.extends: extends the service nobody"],
        ],
        ["extends itself", webFile("extends: web"), ["compose.yaml:5: services.web.extends: extends itself"]],
        [
            "extends a service that needs a variable",
            `${webFile("extends: base")}  base: { environment: { A: '\${NOBODY:?say who}' } }\n`,
            ["compose.yaml:6: services.base.environment.A: needs the variable NOBODY"],
        ],
        [
            "extends a file that is not YAML",
            { "compose.yaml": webFile("extends: { file: x.yaml, service: a }"), "x.yaml": "a: 1\nb\n" },
            ["x.yaml, whose line 2 is not YAML"],
        ],
        [
            "merges a map that needs a variable",
            `x-common: &common\n  user: '\${NOBODY:?say who}'\n${webFile("<<: *common")}`,
            ["compose.yaml:2: services.web.user: needs the variable NOBODY"],
        ],
        [
            "has a map in a list of variables",
            webFile("expose: [80]", "environment: [A: b]"),
            ["compose.yaml:6: services.web.environment: must be a list of NAME=VALUE (- A=b) or a map"],
        ],
        [
            "has other values in the place of maps",
            webFile("expose: [80]", "deploy: [replicas]", "logging: json-file", "ulimits: 5", "healthcheck: curl"),
            [
                "compose.yaml:6: services.web.deploy: must be a map",
                "compose.yaml:9: services.web.healthcheck: must be a map",
                "compose.yaml:7: services.web.logging: must be a map",
                "compose.yaml:8: services.web.ulimits: must be a map",
            ],
        ],
        [
            "has lists of other values than names",
            webFile("expose: [80]", "command: [[a]]", "networks: 5", "depends_on: [[a]]", "secrets: [null]"),
            [
                "compose.yaml:6: services.web.command: must be a list of texts",
                "compose.yaml:7: services.web.networks: must be a list of names",
                "compose.yaml:8: services.web.depends_on: must be a list of names",
                "compose.yaml:9: services.web.secrets[0]: must be the name of a secret",
            ],
        ],
        [
            "misspells keys",
            webFile("expose: [80]", "enviroment: { A: b }", "healthcheck: { test: a, intervall: 5s }"),
            [
                "services.web.enviroment: is not supported: relink does not know it; did you mean environment?",
                "services.web.healthcheck.intervall: is not supported: relink does not know it; did you mean interval?",
            ],
        ],
        [
            "extends a file that does not exist",
            webFile("extends: { file: x.yaml, service: a }"),
            ["services.web.extends: extends a service of"],
        ],
        ["has an env file that does not exist", webFile("env_file: x.env"), ["services.web.env_file[0]: names"]],
        [
            "has a bad env file",
            { "compose.yaml": webFile("env_file: x.env"), "x.env": "A=1\n?hunter2" },
            ["whose line 2 does not begin"],
        ],
        [
            "has a bad .env",
            { "compose.yaml": webFile(), ".env": "A=1\n?hunter2" },
            [".env:2: does not begin with the name"],
        ],
        [
            "has a command for a shell",
            webFile("command: a | b"),
            ["compose.yaml:5: services.web.command: must be a list of texts, or a line without"],
        ],
    ])("%s", async (_, files, expected) => {
        const { lines } = await composed(files);
        expect(lines).toEqual(expected.map(part => expect.stringContaining(part)));
        expect(lines.join()).not.toContain("hunter2");
    });

    it("is reported in Docker Compose's words, unless they may hold a line of an env file", async () => {
        const refused = await composed(webFile(), {
            cli: failing('time="x" level=warning\nservices.web.x must be a y\n'),
        });
        expect(refused.lines).toEqual([
            "compose.yaml:3: services.web.x: is refused by Docker Compose: services.web.x must be a y",
        ]);
        const wrong = "validating /x/compose.yaml: services.web.environment.0 must be a string\n";
        expect((await composed(webFile("environment: [{ A: b }]"), { cli: failing(wrong) })).lines).toEqual([
            expect.stringMatching(/^compose\.yaml:5: services\.web\.environment\[0\]: .* must be a string$/),
        ]);
        const hidden = await composed(webFile(), { cli: failing('failed to read .env: line 2: "hunter2"\n') });
        expect(hidden.lines).toEqual([expect.stringContaining("docker compose -f ")]);
        expect(hidden.lines.join()).not.toContain("hunter2");
    });

    it("is reported with the file that exists instead, and with the command that names it", async () => {
        const files = { "docker-compose.yml": webFile("expose: [80]") };
        const one = await composed(files);
        expect(one.problems).toMatchObject([
            {
                message: "names compose.yaml, which does not exist; there is docker-compose.yml",
                fix: "pulumi config set --path 'relink:services.web.compose' docker-compose.yml",
            },
        ]);
        const compose = { files: ["docker-compose.yml", "."], envFile: ["prod.env"] };
        const { problems } = await composed(files, { web: { compose } });
        expect(problems).toMatchObject([
            {
                message: "names ., which is a folder; there is docker-compose.yml",
                fix: "pulumi config set --path 'relink:services.web.compose.files[1]' docker-compose.yml",
            },
            {
                message: "names prod.env, which does not exist",
                fix: "pulumi config set --path 'relink:services.web.compose.envFile[0]' FILE",
            },
        ]);
    });

    it("is reported with the services of the file, and with the commands that name the closest one", async () => {
        const { problems } = await composed("services:\n  web-app: { image: a, expose: [80] }\n  db: { image: b }\n");
        const fix =
            "pulumi config rm --path 'relink:services.web.compose' && " +
            "pulumi config set --path 'relink:services.web.compose.files[0]' compose.yaml && " +
            "pulumi config set --path 'relink:services.web.compose.service' web-app";
        expect(problems).toMatchObject([{ message: "does not exist; services of the file: web-app, db", fix }]);
    });

    it("is reported with the variable that it needs, which cannot be ignored", async () => {
        const { problems } = await composed(webFile("user: '${NOBODY:?say who}'"));
        expect(problems[0]?.fix).toBe(
            "set it in the environment or an env file (.env, unless envFile names others): NOBODY=VALUE",
        );
        const other = await composed({ "compose.yaml": webFile(), ".env": "A=1\nB=${NOBODY:?say who}\n" });
        expect(other.problems).toMatchObject([
            { place: ".env:2", message: "needs the variable NOBODY: say who", fix: problems[0]?.fix },
        ]);
    });

    it("is reported once for all its services, and an error of one service only for that one", async () => {
        const others = { services: { web: { compose: "compose.yaml" }, api: { compose: "compose.yaml" } } };
        const broken = await composed("services:\n  web: { image: a\n", { others });
        expect(broken.lines).toEqual([expect.stringContaining("compose.yaml:3: is not YAML")]);
        const file = "services:\n  web: { image: a, expose: [80] }\n  api: { image: b, ports: '80:80' }\n";
        const { problems } = await composed(file, { others });
        expect(problems).toHaveLength(1);
        expect(problems[0]?.fix).toContain("relink:services.api.compose.ignore[0]' ports");
    });

    it("is accepted without the key that cannot be read", async () => {
        const file = webFile("expose: [80]", "environment: { MASK: 022, A: b }", "ulimits: 5");
        const web = { compose: { files: ["compose.yaml"], ignore: ["environment.MASK", "ulimits"] } };
        const { lines, settings } = await composed(file, { web });
        expect(lines).toEqual([]);
        expect(settings?.services[0]?.release).toMatchObject({ env: { A: "b" }, ulimits: {} });
    });

    it("is reported at the last one of several files that have the key", async () => {
        const files = { "a.yaml": webFile("privileged: true"), "b.yaml": webFile("privileged: true", "tty: true") };
        const { problems } = await composed(files, { web: { compose: { files: ["a.yaml", "b.yaml"] }, port: 80 } });
        expect(problems.map(({ place }) => place)).toEqual([
            "b.yaml:5: services.web.privileged",
            "b.yaml:6: services.web.tty",
        ]);
    });

    it("is reported together with everything else that is wrong", async () => {
        const { problems } = await composed(webFile("expose: [80]", "tty: true"), {
            others: { front: { http: { port: 0 } } },
        });
        expect(renderProblems(problems, "dev")).toBe(
            [
                "2 settings are wrong in the config of stack dev; nothing was changed.",
                "  compose.yaml:6: services.web.tty\n" +
                    "      is not supported: a released container has no terminal, and this would change its log\n" +
                    "      fix: change it there, or do without it: pulumi config rm --path 'relink:services.web.compose' && " +
                    "pulumi config set --path 'relink:services.web.compose.files[0]' compose.yaml && " +
                    "pulumi config set --path 'relink:services.web.compose.ignore[0]' tty",
                "  relink:front.http.port\n      is 0, but must be a whole number from 1 to 65535\n" +
                    "      fix: pulumi config set --path 'relink:front.http.port' 80",
            ].join("\n\n"),
        );
    });

    it("gives a warning for each variable that is not set", async () => {
        const { warnings } = await composed(webFile("user: '${NOBODY}'", "working_dir: /${NOBODY}"));
        expect(warnings).toEqual(['compose.yaml: The "NOBODY" variable is not set. Defaulting to a blank string.']);
    });

    it("gives Docker Compose's own warnings if Compose reads it", async () => {
        const printed = JSON.stringify({ name: "shop", services: { web: { image: "a", expose: ["80"] } } });
        const stderr = 'time="x" level=warning msg="The \\"x\\" variable is not set. Defaulting to a blank string."';
        const cli: ComposeCli = async () => ({ code: 0, stdout: printed, stderr });
        const { warnings } = await composed({ "compose.yaml": webFile(), ".env": "A=b$x\n" }, { cli });
        expect(warnings).toEqual(['compose.yaml: The "x" variable is not set. Defaulting to a blank string.']);
    });

    it("gives a warning for a dollar sign in an env file, which swallows the word behind it", async () => {
        const { warnings } = await composed({ "compose.yaml": webFile("env_file: x.env"), "x.env": "A=pass$word\n" });
        expect(warnings).toEqual([expect.stringMatching(/x\.env: The "word" variable is not set\./)]);
    });
});
