import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configText } from "../../../tutum/configText";
import { fromStackFile } from "../../../tutum/fromStackFile";
import { converted, convertedText, onOneLine, pem } from "./support";

const web = ["web:", "  image: shop/web:v1", "  expose: ['8080']"];
const haproxy = ["haproxy:", "  image: tutum/haproxy", "  links: [web]", "  environment:"];

/** @returns `tutum.yml:LINE: KEY` of each problem */
function places(lines: string[], ignore: string[] = []): string[] {
    return convertedText(lines.join("\n"), { ignore }).problems.map(({ place }) => place);
}

describe("A stack file", () => {
    it("has the line of each problem, in a list and in a map", () => {
        const list = [...web, ...haproxy, "    - MAXCONN=100", "    - MODE=tcp"];
        expect(places(list)).toEqual(["tutum.yml:9: haproxy.environment.MODE"]);
        const map = ["---", "# a stack", ...web, ...haproxy, "    MAXCONN: 100", "    MODE: tcp"];
        expect(places(map)).toEqual(["tutum.yml:11: haproxy.environment.MODE"]);
        const compose = ["version: '2'", "services:", ...list.map(line => `  ${line}`)];
        expect(places(compose)).toEqual(["tutum.yml:11: haproxy.environment.MODE"]);
    });

    it("has a wrong setting at the variable that it comes from", () => {
        const lines = [
            ...web,
            "  environment:",
            "    - VIRTUAL_HOST=a.b",
            "    - HTTP_CHECK=GET /\\r\\nHost:\\ a b",
            ...haproxy,
        ];
        expect(places(lines)).toEqual(["tutum.yml:6: web.environment.HTTP_CHECK"]);
    });

    it("has a key that relink does not take as Compose's, and does without it", () => {
        const lines = [...web, "  privileged: true", "  links: [db]", ...haproxy, "    - MODE=http"];
        expect(places(lines)).toEqual(["tutum.yml:5: web.links", "tutum.yml:4: web.privileged"].reverse());
        expect(places(lines, ["web.links", "web.privileged"])).toEqual([]);
    });

    it("does without a variable", () => {
        expect(converted({ haproxy: { MODE: "tcp" } }, { ignore: ["haproxy.MODE"] }).lines).toEqual([]);
    });

    it.each<[string, string[], RegExp]>([
        ["no HAProxy", web, /has no service of the image/],
        ["Docker's own HAProxy", [...web, "haproxy:", "  image: haproxy:3.0"], /has no service of the image/],
        [
            "two of them",
            [...web, "a:", "  image: tutum/haproxy", "b:", "  image: dockercloud/haproxy:1.6"],
            /has 2 services/,
        ],
        [
            "a link to nowhere",
            ["haproxy:", "  image: tutum/haproxy", "  links: [web]"],
            /names web, which is not in the file/,
        ],
        ["no YAML", ["web: ["], /is not YAML/],
        ["a list", ["- web"], /is not a Compose file/],
    ])("is refused with %s", (_, lines, says) => {
        expect(() => convertedText(lines.join("\n"))).toThrow(says);
    });

    it("keeps what its containers have", () => {
        const lines = [
            ...web,
            "  command: serve -p 8080",
            "  target_num_containers: 3",
            "  autorestart: ALWAYS",
            "  tags: [blue]",
            "  sequential_deployment: true",
            "  volumes: ['data:/data', '/etc/shop:/etc/shop:ro']",
            "  environment: [LOG_LEVEL=info, 'VIRTUAL_HOST=a.b', 'PASSWORD=$PASSWORD_OF_SHOP']",
            ...haproxy,
            "    - MODE=http",
        ];
        const stack = convertedText(lines.join("\n"), { env: { PASSWORD_OF_SHOP: "secret-1" } });
        expect(stack.lines).toEqual([]);
        expect(stack.web).toEqual({
            command: ["serve", "-p", "8080"],
            replicas: 3,
            restart: "always",
            volumes: [
                { source: "data", target: "/data" },
                { source: "/etc/shop", target: "/etc/shop", readOnly: true, shared: false },
            ],
            env: { LOG_LEVEL: "info", PASSWORD: { secret: "environment.PASSWORD" } },
            health: { tcp: true },
            hosts: ["a.b"],
        });
        expect(stack.values).toEqual(new Map([['secrets["web.environment.PASSWORD"]', "secret-1"]]));
        expect(stack.steps[0]).toMatch(
            /^pulumi config set --path 'relink:services\.web\.volumes\[0\]\.shared' true {3}#/,
        );
    });

    it("publishes the front where HAProxy was", () => {
        const ports = ["  ports: ['192.0.2.1:8080:80', '443:443', '1936:1936']"];
        const lines = [...web, ...haproxy, "    - MODE=http", ...ports];
        expect(convertedText(lines.join("\n")).front).toEqual({ address: "192.0.2.1", http: { port: 8080 } });
        const secure = [...web, ...haproxy, `    - 'DEFAULT_SSL_CERT=${onOneLine}'`, ...ports];
        expect(convertedText(secure.join("\n")).front).toMatchObject({
            https: { certificates: ["default"], port: 443 },
        });
    });

    it("leaves the port to the user where only the image has it, and where there are several", () => {
        const none = convertedText(["web:", "  image: shop/web:v1", ...haproxy, "    - MODE=http"].join("\n"));
        expect(none.steps).toEqual([
            expect.stringMatching(/services\.web\.port' PORT {3}# the port that its image exposes$/),
        ]);
        const two = convertedText(
            ["web:", "  image: a/b:c", "  expose: [1, 2]", ...haproxy, "    - MODE=http"].join("\n"),
        );
        expect(two.steps).toEqual([expect.stringMatching(/services\.web\.port' PORT {3}# one of 1, 2$/)]);
    });
});

describe("Secrets of a stack", () => {
    it("are not in the config, but can be had one by one", () => {
        const stack = converted({
            haproxy: { DEFAULT_SSL_CERT: onOneLine, HTTP_BASIC_AUTH: "al:pass-word" },
        });
        expect(stack.lines).toEqual([]);
        expect(stack.values.get("certificates.default")).toBe(pem);
        expect(stack.values.get("users.al")).toBe("pass-word");
        const text = configText(stack, "tutum.yml");
        expect(text).not.toMatch(/PRIVATE|pass-word/);
        expect(text).toContain(
            "npm run -s from-tutum -- tutum.yml --value users.al | openssl passwd -6 -stdin | pulumi config set --secret --path relink:users.al\n",
        );
    });

    it("can be had by a command that reads a file of any name", () => {
        const stack = converted({ haproxy: { HTTP_BASIC_AUTH: "al:pass-word" } });
        expect(configText(stack, "my $& stack.yml")).toContain("from-tutum -- 'my $& stack.yml' --value users.al |");
        const [first, second] = configText(stack, "a\nb: c").split("\n");
        expect([first, second]).toEqual([expect.stringMatching(/^# From \$'a\\u000ab: c', /), "#"]);
    });

    it("are in no message", () => {
        const key = "-----BEGIN PRIVATE KEY-----\\nsecret-key";
        const { lines, said } = converted({
            haproxy: {
                DEFAULT_SSL_CERT: key,
                CA_CERT: key,
                HTTP_BASIC_AUTH: "al:pass-1,al:pass-2",
                STATS_AUTH: "pass-3",
            },
        });
        expect(lines).toHaveLength(3);
        expect([...lines, ...said].join("\n")).not.toMatch(/secret-key|pass-\d/);
    });
});

describe("examples/tutum-stack", () => {
    const stack = fromStackFile(join(__dirname, "../../../examples/tutum-stack/tutum.yml"));
    const text = configText(stack, "tutum.yml");

    it("becomes one service with two colors behind HTTPS", async () => {
        expect(stack.problems).toEqual([]);
        await expect(text).toMatchFileSnapshot("golden/tutum-stack.yaml");
    });

    it("is a config with one key that only the image has, and one secret", () => {
        const { "relink:services": services } = parse(text).config;
        expect(Object.keys(services)).toEqual(["web"]);
        expect(stack.steps).toEqual([
            "pulumi config set --path 'relink:services.web.port' PORT   # the port that its image exposes",
            "pulumi config set --secret --path 'relink:certificates.default' < PEM_FILE",
        ]);
    });
});
