import { describe, expect, it } from "vitest";
import { fromCli } from "../../../settings/fromCli";
import { checkSettings } from "../../../settings/parse";

/** As `pulumi config --json` prints it: a key that holds a secret has no value. */
const printed = JSON.stringify({
    "relink:front": { value: "{}", objectValue: { http: { port: 8000 } }, secret: false },
    "relink:host": { value: "", secret: false },
    "relink:registries": { secret: true },
    "relink:secrets": { secret: true },
    "relink:services": {
        value: "...",
        objectValue: {
            web: {
                image: "shop/web:1",
                port: 8080,
                default: true,
                secrets: ["KEY"],
                env: { TOKEN: { secret: "TOKEN" }, A: "b" },
            },
            api: { image: "shop/api:1", port: 8080, hosts: ["api.example.com"] },
        },
        secret: false,
    },
    "other:key": { value: "1", secret: false },
});

describe("the config as the CLI prints it without its secrets", () => {
    it("is parsed like the program's config, with a placeholder for each secret that a service asks for", () => {
        const { settings, problems } = checkSettings(fromCli(printed), { project: "shop", stack: "prod" });
        expect(problems).toBeUndefined();
        expect(settings?.front).toMatchObject({ name: "shop-prod", http: { port: 8000 } });
        expect(settings?.host).toBeUndefined();
        expect(settings?.services.map(({ name, secretValues }) => [name, Object.keys(secretValues)])).toEqual([
            ["api", []],
            ["web", ["KEY", "TOKEN"]],
        ]);
    });

    it("has a placeholder for each certificate of the front, without known hosts", () => {
        const withHttps = {
            ...JSON.parse(printed),
            "relink:certificates": { secret: true },
            "relink:front": {
                objectValue: { http: { redirectToHttps: 308 }, https: { certificates: ["shop", "other"] } },
                secret: false,
            },
        };
        const target = { project: "shop", stack: "prod" };
        const { settings, problems } = checkSettings(fromCli(JSON.stringify(withHttps)), target);
        expect(problems).toBeUndefined();
        expect(settings?.front.https?.certificates.map(({ name }) => name)).toEqual(["shop", "other"]);
        const without = { ...withHttps, "relink:certificates": undefined };
        expect(checkSettings(fromCli(JSON.stringify(without)), target).problems).toHaveLength(2);
    });

    it("has its mistakes found although certificates and users are not read", () => {
        const wrong = {
            "relink:certificates": { secret: true },
            "relink:users": { secret: true },
            "relink:front": {
                objectValue: { https: { certificates: ["shop"] }, statistics: ["al"], http: { port: "eighty" } },
                secret: false,
            },
            "relink:services": { objectValue: { web: { image: "shop/web:v1", port: 8080 } }, secret: false },
        };
        const target = { project: "shop", stack: "prod" };
        const { problems } = checkSettings(fromCli(JSON.stringify(wrong)), target);
        expect(problems?.map(({ path }) => path.join("."))).toEqual(["front.http.port"]);
    });

    it.each([
        ["no service", "{}"],
        ["services of a wrong type", '{"relink:services":{"objectValue":"x"},"relink:secrets":{"secret":true}}'],
        [
            "a service without a value",
            '{"relink:services":{"objectValue":{"web":null}},"relink:secrets":{"secret":true}}',
        ],
    ])("may have %s, and the parser reports that", (_name, json) => {
        expect(() => fromCli(json)).not.toThrow();
    });
});
