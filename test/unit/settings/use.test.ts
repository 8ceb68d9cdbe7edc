import { describe, expect, it } from "vitest";
import { configWith, linesOf, settingsOf } from "./support";

describe("front.use", () => {
    it("names another stack's front", () => {
        expect(settingsOf(configWith({}, { front: { use: "shop-prod" } })).front).toMatchObject({
            use: "shop-prod",
            name: "shop-prod",
        });
    });

    it("stands alone: each setting beside it is a problem of its own", () => {
        const front = { use: "shop-prod", name: "mine", http: { port: 8080 }, timeouts: {}, limits: { body: "1m" } };
        const belongs = "belongs to the stack of the front shop-prod, which this stack only uses";
        expect(linesOf(configWith({}, { front }))).toEqual([
            `relink:front.http: ${belongs}`,
            `relink:front.limits: ${belongs}`,
            `relink:front.name: ${belongs}`,
            `relink:front.timeouts: ${belongs}`,
        ]);
    });

    it("leaves certificates and adoptions to the front's own stack", () => {
        const config = configWith({ adoptFrom: "shop/old" }, { front: { use: "shop-prod" }, certificates: { a: 1 } });
        expect(linesOf(config)).toContain(
            "relink:certificates.a: belongs into the stack of the front shop-prod, which this stack only uses",
        );
        expect(linesOf(config)).toContain(
            "relink:services.web.adoptFrom: takes over a front, but this stack only uses the front shop-prod of another one",
        );
    });

    it.each([
        ["a number", 5],
        ["a list", ["shop-prod"]],
        ["an object", { name: "shop-prod" }],
        ["a line break", "shop\nprod"],
        ["nothing", ""],
    ])("is refused as %s", (_, use) => {
        const [line = ""] = linesOf(configWith({}, { front: { use } }));
        expect(line).toMatch(/^relink:front\.use: .*(a Docker name|an object)/);
    });

    it("needs no name that project and stack make", () => {
        const config = configWith({ networks: ["shop-prod"] }, { front: { use: "shop-prod" } });
        expect(linesOf(config)).toEqual([
            "relink:services.web.networks[0]: is the front's own network, which every service joins anyway",
        ]);
    });
});
