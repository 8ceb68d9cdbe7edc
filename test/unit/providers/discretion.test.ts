import { describe, expect, it } from "vitest";
import { discreet, discreetly } from "../../../providers/discretion";
import { deployment, frontConfig, link } from "../../../providers/host";
import { failedCreate } from "../../../providers/resource";

const config: Record<string, string> = {
    "relink:secrets": JSON.stringify({ "web.TOKEN": "hunter-22", "web.SHORT": "link", "web.ODD": 7 }),
    "relink:registries": JSON.stringify({ "r.example.com": { username: "someone", password: "pass-word" } }),
};

describe("output of the provider host", () => {
    it.each([deployment, link, frontConfig])(
        "has no secret of the stack's config, whichever resource comes first",
        async one => {
            await one.configure({ config: { get: () => undefined } });
            expect(discreet("hunter-22")).toBe("hunter-22");
            await one.configure({ config: { get: key => config[key] } });
            expect(discreet("link: someone has hunter-22 and pass%2Dword")).toBe(
                "link: someone has [secret] and [secret]",
            );
        },
    );

    it("has no secret in errors of any kind", async () => {
        const failing = (error: unknown) => discreetly(() => Promise.reject(error)).catch((told: unknown) => told);
        const plain = (await failing(new TypeError("no hunter-22"))) as Error;
        expect(plain).toBeInstanceOf(TypeError);
        expect(plain.message).toBe("no [secret]");
        expect(plain.stack).not.toContain("hunter-22");
        // The engine knows which of the resource's own properties are secret.
        const created = failedCreate("id", { secrets: { TOKEN: "hunter-22" } }, new Error("no hunter-22"));
        expect(await failing(created)).toEqual({
            id: "id",
            properties: { secrets: { TOKEN: "hunter-22" } },
            reasons: ["no [secret]"],
            message: "no [secret]",
        });
        expect(await failing("hunter-22")).toBe("[secret]");
    });

    it.each(["{}", undefined])("may have no secrets to hide: %s", async text => {
        await link.configure({ config: { get: () => text } });
        expect(discreet("hunter-22")).toBe("hunter-22");
    });
});
