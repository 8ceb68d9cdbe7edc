import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runHook } from "../../../hooks/runHook";
import type { HookSettings } from "../../../model/HooksSettings";
import type { HookContext, HookOutcome } from "../../../up/Hooks";

const secret = 'it\'s "$x"\na-second-line-of-it';
const context: HookContext = { hook: "prePromotion", service: "web", color: "green", image: "shop/web:v2" };

/** Runs a hook whose environment has the secret, as a user's machine may have it. */
async function run(hook: Partial<HookSettings>): Promise<HookOutcome & { shown: string[] }> {
    vi.stubEnv("SECRET", secret);
    const shown: string[] = [];
    const settings: HookSettings = { timeoutMs: 10_000, retries: 0, onTimeout: "hold", ...hook };
    const ask = async () => ({
        status: 200,
        headers: { "x-token": "a-second-line-of-it", "x-link": "next: /a" },
        body: "",
    });
    const outcome = await runHook(settings, context, ask, [secret], line => shown.push(line));
    return { ...outcome, shown };
}

afterEach(() => vi.unstubAllEnvs());

describe("a hook's output", () => {
    it("is shown and reported without secrets, even if a line comes in pieces", async () => {
        // The second line comes in two pieces, with a pause between them.
        const script = `printf '%s\\n' "$SECRET"; printf 'and a-second-'; sleep 0.2; printf 'line-of-it\\n' >&1; exit 3`;
        const { kind, text, shown } = await run({ command: script });
        expect(kind).toBe("failed");
        expect(shown).toEqual(["[secret]", "[secret]", "and [secret]"]);
        expect(text).toBe("hooks.prePromotion: failed with exit code 3:\n    [secret]\n    [secret]\n    and [secret]");
    });

    it("is reported without secrets after its timeout", async () => {
        const { text } = await run({ command: `printf '%s' "$SECRET" | base64; sleep 20`, timeoutMs: 500 });
        expect(text).toMatch(/^hooks\.prePromotion: did not end within 0\.5 s \(timeout\)\n {4}\[secret\]$/);
    });

    it("cannot have Pulumi's variables for its plugins, nor the passphrase of its state", async () => {
        vi.stubEnv("PULUMI_CONFIG", "{}");
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "hunter2");
        const { shown } = await run({ command: "echo $(env | grep -c ^PULUMI_) $RELINK_IMAGE" });
        expect(shown).toEqual(["0 shop/web:v2"]);
    });
});

describe("the answer to a hook's request", () => {
    it("is reported without the secrets in its headers", async () => {
        const { text } = await run({ http: { path: "/", header: "x-token: no", status: { from: 200, to: 299 } } });
        expect(text).toBe("hooks.prePromotion: GET / was answered with header x-token: [secret]");
    });

    it("is compared with the whole wanted header, also after a second colon", async () => {
        const wanted = async (value: string) => {
            const { kind } = await run({
                http: { path: "/", header: `x-link: ${value}`, status: { from: 200, to: 299 } },
            });
            return kind;
        };
        expect(await wanted("next: /a")).toBe("passed");
        expect(await wanted("next: /b")).toBe("failed");
        expect(await wanted("next")).toBe("failed");
    });

    it("is reported for a webhook only by its status, and by the host of its address", async () => {
        const server = createServer((_request, response) => response.writeHead(500, secret.slice(0, 2)).end(secret));
        await new Promise<void>(resolve => void server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as { port: number };
        const answered = await run({ webhook: `http://127.0.0.1:${port}/services/T0/hunter2` });
        expect(answered.text).toBe("hooks.prePromotion: the webhook answered 500");
        await new Promise(resolve => server.close(resolve));
        const silent = await run({ webhook: `http://user:hunter2@127.0.0.1:${port}/services/T0/hunter2` });
        expect(silent.kind).toBe("unknown");
        expect(silent.text).toContain(`127.0.0.1:${port} did not answer`);
        expect(silent.text).not.toContain("hunter2");
    });
});
