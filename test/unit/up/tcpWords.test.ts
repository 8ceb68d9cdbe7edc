import { describe, expect, it } from "vitest";
import { confirm } from "../../../up/confirm";
import type { Answer, Questions } from "../../../up/Front";
import { countText } from "../../../up/OpenRequests";
import type { Up } from "../../../up/Up";
import { recorded } from "../plan/support";

const web = recorded("B");
const cache = { ...web, settings: { ...web.settings, protocol: "tcp" as const } };

/** @returns why a release is not confirmed that gives this answer */
async function reasonOf(release: typeof web, answer: Partial<Answer>): Promise<string> {
    const up = { clock: { nowMs: () => 0, sleep: async () => {} } } as unknown as Up;
    const questions = {
        ask: async () => ({ color: "green", release: release.id, good: false, text: "", ...answer }),
        renew: async () => false,
    } as unknown as Questions;
    const subject = { color: "green" as const, release, what: "the switch", wrongAnswers: 1 };
    return confirm(up, questions, subject).catch(error => error.message);
}

describe("the words about a TCP service", () => {
    it("name its connections where it is not confirmed", async () => {
        expect(await reasonOf(web, { status: 500 })).toBe("shop/web:B answered 500 to the confirming request");
        const wrong = "shop/web:B did not answer as expected to the confirming connection";
        expect(await reasonOf(cache, { status: 502 })).toBe(wrong);
        const gone = "shop/web:B was not healthy any more at the confirming connection";
        expect(await reasonOf(cache, { status: 503, release: undefined })).toBe(gone);
    });

    it("name its connections where they are open", () => {
        expect(countText({ requests: 1, isTcp: true })).toBe("1 open connection");
        expect(countText({ requests: 2, isTcp: true })).toBe("2 open connections");
        expect(countText({ requests: 1 })).toBe("1 open request");
        expect(countText({ requests: 0 })).toBe("0 open requests");
    });
});
