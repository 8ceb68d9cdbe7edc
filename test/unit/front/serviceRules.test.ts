import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderFrontends } from "../../../front/configuration";
import type { ServiceRules } from "../../../model/ServiceRules";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const services: Record<string, ServiceRules> = {
    web: {
        match: [
            { header: "x-beta", value: 'yes, "no" & 50 %[src] #'.replaceAll('"', "'") },
            { cookie: "beta", value: "on" },
            { cookie: "staff" },
        ],
    },
    api: { match: [{ header: "x-tenant", value: "-i" }] },
};
const previewSecretSha256 = "0123456789abcdef".repeat(4);
const frontendsOf = (rules: Record<string, ServiceRules>) =>
    renderFrontends({ name: "shop-dev", trustedProxies: [], services: rules }, near);

describe("what the listeners do for single services, and for the private preview", () => {
    it("is in lines of their own, with each service's name", async () => {
        const front = { name: "shop-dev", trustedProxies: [], services, previewSecretSha256 };
        await expect(renderFrontends(front, near)).toMatchFileSnapshot(
            join(__dirname, "golden", "10-frontends-services.cfg"),
        );
    });

    it("is failover to the warm color, as the link says", async () => {
        const rules = { web: { failover: true }, api: { failover: true }, docs: {} } as const;
        await expect(frontendsOf(rules)).toMatchFileSnapshot(join(__dirname, "golden", "10-frontends-failover.cfg"));
        expect(() => frontendsOf({ "web } { always_true": { failover: true } })).toThrow(/cannot be a service/);
    });

    it("is a listener for the stack's own containers, which ask internal services by their names", async () => {
        const rules = { web: { internal: true, failover: true }, api: { internal: true }, docs: {} } as const;
        const access = { api: { allow: ["10.0.0.0/8"] } };
        const text = renderFrontends({ name: "shop-dev", trustedProxies: [], services: rules, access }, near);
        await expect(text).toMatchFileSnapshot(join(__dirname, "golden", "10-frontends-internal.cfg"));
        expect(() => frontendsOf({ "web } { always_true": { internal: true } })).toThrow(/cannot be a service/);
    });

    it("is nothing where no service asks for it", () => {
        const plain = renderFrontends({ name: "shop-dev", trustedProxies: [] }, near);
        expect(frontendsOf({})).toBe(plain);
        expect(frontendsOf({ web: {} })).toBe(plain);
    });

    it.each<[string, ServiceRules["match"]]>([
        ["a name with a directive", [{ header: "x) -m found } || { always_true", value: "a" }]],
        ["a value with a quote", [{ header: "x-beta", value: 'a" } || { always_true' }]],
        ["a value with a newline", [{ header: "x-beta", value: "a\n    use_backend web-green" }]],
        ["a value with a variable", [{ cookie: "beta", value: "$HOME" }]],
        ["a value with an escape", [{ cookie: "beta", value: "a\\" }]],
        ["a cookie with a comma", [{ cookie: "a,b" }]],
    ])("refuses %s", (_, match) => {
        expect(() => frontendsOf({ web: { match } })).toThrow(/cannot be a/);
    });

    it("refuses a preview's secret in place of its hash", () => {
        const front = { name: "a", trustedProxies: [], previewSecretSha256: "secret" };
        expect(() => renderFrontends(front, near)).toThrow(/cannot be a hash/);
    });
});
