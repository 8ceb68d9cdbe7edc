import { createHash, randomBytes } from "node:crypto";
import axios from "axios";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

/** What a user sees of an answer. */
interface Seen {
    status: number;
    version: string;
    color: string;
    hostname: string;
    /** The cookies that the answer sets, without their attributes. */
    cookies: string[];
    cacheControl: string | undefined;
}

// Which user gets which color and which container. Each test goes on where the one before ended.
describe.runIf(isFull)("Users", () => {
    oneAfterTheOther();

    let stack: TestStack;
    const secret = randomBytes(24).toString("hex");

    beforeAll(async () => {
        const preview = { secretSha256: createHash("sha256").update(secret).digest("hex") };
        const web = { replicas: 3, sticky: "cookie", hosts: ["shop.example.com"] };
        stack = await createStack({ config: webStack(web, { front: { preview } }) });
        expectSuccess(await stack.up());
    });

    afterAll(() => stack?.cleanup());

    async function visit(headers: Record<string, string> = {}, host = "shop.example.com"): Promise<Seen> {
        const answer = await axios.get(stack.url, { headers: { host, ...headers }, validateStatus: () => true });
        const { version, color, hostname } = answer.data;
        const cookies = (answer.headers["set-cookie"] ?? []).map(cookie => cookie.split(";")[0]!);
        return {
            status: answer.status,
            version,
            color,
            hostname,
            cookies,
            cacheControl: answer.headers["cache-control"] as string | undefined,
        };
    }

    const withCookie = (seen: Seen) => visit({ cookie: seen.cookies.join("; ") });
    const up = (scenario: string) =>
        underLoad(scenario, stack, async () => void expectSuccess(await stack.up()), {
            hostHeader: "shop.example.com",
            mix: withoutWebSockets,
        });

    it("stay on one container, and a container that leaves loses them without a lost request", async () => {
        const users = await Promise.all(Array.from({ length: 12 }, () => visit()));
        expect(new Set(users.map(({ hostname }) => hostname)).size).toBe(3);
        for (const user of users) {
            for (const again of [await withCookie(user), await withCookie(user)]) {
                expect(again).toMatchObject({ status: 200, hostname: user.hostname, cookies: [] });
            }
        }
        stack.setConfig("services.web.replicas", 2);
        await up("sticky users, a smaller number of containers");
        const left = new Set<string>();
        for (const user of users) {
            const now = await withCookie(user);
            left.add(now.hostname);
            expect(now.status).toBe(200);
            expect(now.cookies.length, "a new cookie for those who moved alone").toBe(
                now.hostname === user.hostname ? 0 : 1,
            );
        }
        expect(left.size).toBe(2);
    });

    it("whom a canary of weight 0 chooses get the new release, and after the promotion everybody does", async () => {
        const beta = { "x-beta": "yes" };
        const match = [{ header: "x-beta", value: "yes" }];
        const before = await visit();
        stack.setConfig("services.web.image", "relink-hello:v2");
        stack.setConfig("services.web.strategy", { canary: { weight: 0, match } });
        const load = await up("a canary for chosen users alone");
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", share: "green chosen users" });
        expect(await visit(beta)).toMatchObject({ status: 200, version: "v2", color: "green" });
        expect(await visit({ "x-beta": "no" })).toMatchObject({ version: "v1", color: "blue" });
        // The cookie of a container of the old color chooses no color.
        expect(await visit({ ...beta, cookie: before.cookies.join("; ") })).toMatchObject({ version: "v2" });

        stack.setConfig("services.web.strategy", { canary: { weight: 100, match } });
        await up("the promotion of a canary for chosen users alone");
        expect(await withCookie(before)).toMatchObject({ status: 200, version: "v2" });
        stack.setConfig("services.web.image", "relink-hello:v1");
        await up("the return from a canary for chosen users alone");
        expect(await visit(beta)).toMatchObject({ version: "v1", color: "blue" });
    });

    it("who have the secret alone see the idle color through the public listener", async () => {
        expect(await visit({ "x-relink-preview": secret })).toMatchObject({
            version: "v2",
            color: "green",
            cacheControl: "private, no-store",
        });
        expect(await visit({ cookie: `a=b; relink-preview=${secret}` })).toMatchObject({ version: "v2" });
        const host = "preview.shop.example.com";
        expect(await visit({ "x-relink-preview": secret }, host)).toMatchObject({ version: "v2" });
        const guesses: Record<string, string>[] = [
            {},
            { "x-relink-preview": `${secret}0` },
            { cookie: "relink-preview=" },
        ];
        for (const wrong of guesses) {
            expect(await visit(wrong)).toMatchObject({ version: "v1", color: "blue" });
            expect((await visit(wrong, host)).status).toBe(404);
        }
        stack.setConfig("front.preview.secretSha256", undefined);
        await up("the end of the private preview");
        expect(await visit({ "x-relink-preview": secret })).toMatchObject({ version: "v1", color: "blue" });
    });
});
