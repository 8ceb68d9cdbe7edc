import { describe, expect, it } from "vitest";
import { renderProblems } from "../../../settings/Problem";
import { configWith, linesOf, problemsIn } from "./support";

describe("the problems of a config", () => {
    const manyWrong = {
        front: { imaeg: "haproxy:3.0", http: { port: "80" } },
        services: {
            web: { port: 0, replicas: 9, health: { interval: "10 parsecs" }, healthyDeadline: "1s", hosts: ["b.com"] },
            api: { image: "a", port: 1, hosts: ["b.com"], secrets: ["KEY"] },
        },
    };

    it("are all reported at once, also those between well-formed settings", () => {
        const paths = linesOf(manyWrong).map(line => line.split(": ")[0]);
        expect(paths).toEqual([
            "relink:front.http.port",
            "relink:front.imaeg",
            "relink:services.api.secrets[0]",
            "relink:services.web.health.interval",
            "relink:services.web.healthyDeadline",
            "relink:services.web.hosts[0]",
            "relink:services.web.image",
            "relink:services.web.port",
            "relink:services.web.replicas",
        ]);
    });

    it("are not guessed if they depend on a wrong value", () => {
        const lines = linesOf(configWith({ healthyDeadline: "soon", minHealthyTime: "20m", progressDeadline: "30m" }));
        expect(lines).toHaveLength(1);
    });

    it("are rendered with their place, the value, the expected value and the command", () => {
        const problems = problemsIn(configWith({ health: { interval: "10 parsecs" } }));
        expect(renderProblems(problems, "dev")).toBe(
            [
                "1 setting is wrong in the config of stack dev; nothing was changed.",
                "",
                "  relink:services.web.health.interval",
                '      is "10 parsecs", but must be a duration such as 500ms, 10s, 5m or 1h, longer than 0 and up to 24 days',
                "      fix: pulumi config set --path 'relink:services.web.health.interval' 2s",
            ].join("\n"),
        );
    });

    it.each<[object, object, string]>([
        [{ image: undefined }, {}, "pulumi config set --path 'relink:services.web.image' IMAGE"],
        [{ secrets: ["KEY"] }, {}, `pulumi config set --secret --path 'relink:secrets["web.KEY"]'`],
        [{ helth: {} }, {}, "pulumi config rm --path 'relink:services.web.helth'"],
        [{ env: { "it's": "a" } }, {}, `pulumi config rm --path 'relink:services.web.env["it'\\''s"]'`],
        [{}, { host: "x:y" }, "pulumi config set relink:host unix:///var/run/docker.sock"],
        [{ replicas: 12 }, {}, "pulumi config set --path 'relink:services.web.maxReplicas' 12"],
    ])("come with a command: %j %j", (service, others, command) => {
        expect(problemsIn(configWith(service, others)).map(({ fix }) => fix)).toEqual([command]);
    });

    it("never show a secret or an environment value", () => {
        const hidden = "hunter2-S3CRET";
        const raws = [
            configWith({ env: { A: [hidden], B: { secret: `${hidden} ` }, C: { secre: hidden }, D: `\0${hidden}` } }),
            configWith({ env: hidden }),
            configWith({}, { secrets: hidden, registries: hidden }),
            configWith(
                {},
                { secrets: { "web.A": { x: hidden }, web: { A: hidden }, "web.B": [hidden], "web.C": hidden } },
            ),
            configWith(
                {},
                { registries: { "r.io": { username: [hidden], password: { a: hidden } }, "r.net": hidden } },
            ),
            configWith({}, { host: `tcp://me:${hidden}@host:1` }),
            { services: hidden },
            { services: { web: hidden } },
        ];
        for (const raw of raws) {
            const lines = JSON.stringify(problemsIn(raw));
            expect(lines).toContain("fix");
            expect(lines).not.toContain("hunter2");
        }
    });

    it("show a hostile value in one short line of ASCII", () => {
        const [line] = linesOf(configWith({ live: `\u001b[31m\n"é${"x".repeat(500)}` }));
        expect(line).toMatch(/^[\x20-\x7e]{1,200}$/);
    });
});
