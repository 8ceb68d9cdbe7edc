import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutControls } from "../../../text/withoutControls";
import { withoutSecrets } from "../../../text/withoutSecrets";
import { base64, spellings } from "../../support/spellings";

const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0B==\n-----END KEY-----\n";
const long = Array.from({ length: 300 }, (_, index) => `part${index}/+`).join("");

describe("a text without secrets", () => {
    it("loses the longest secret first, and ignores an empty one", () => {
        expect(withoutSecrets("token abc and abcdef", ["abc", "abcdef", "", " \n"])).toBe(
            "token [secret] and [secret]",
        );
        expect(withoutSecrets("xabcdefx", ["xab", "bcdef"])).toBe("xa[secret]x");
    });

    it.each([
        ["quotes and a dollar", `it's "$(id)" \`x\` \\ \${y} & #1;`],
        ["several lines", key],
        ["lines as Windows ends them", "first line\r\nsecond line\r\n"],
        ["characters of other alphabets", "pässwörd-密码-🔑-\u2028-x"],
        ["signs of a URL", "a+b/c=d?e&f%20g h"],
        ["control characters", "tab\tbell\u0007escape\u001b[31mred"],
        ["backslashes in a row", "\\\\\\\\server\\\\share\\n"],
        ["more than a screen", long],
        ["JSON", '{"type": "account", "key": "-----BEGIN\\nabc/def\\n"}'],
    ])("has no part of %s left in any spelling", (_name, secret) => {
        for (const [spelling, spelt] of spellings(secret)) {
            const text = withoutSecrets(`connect to ${spelt}, says the app`, [secret]);
            expect(text, spelling).toMatch(
                /^connect to (?:['"$]*\[secret\]\s*)+['"]*(?:\\{0,2}[nrt]|%0[ad])*['"]*, says the app$/i,
            );
        }
    });

    it("loses each line of a secret that stands alone", () => {
        expect(withoutSecrets("2026-11-23 MIIEvQIBADANBgkq", [key])).toBe("2026-11-23 [secret]");
        expect(withoutSecrets("hunter2", ["user\r\nhunter2\r\n"])).toBe("[secret]");
        // A program that parses JSON inside of JSON prints lines.
        expect(withoutSecrets("MIIEvQIBADANBgkq", [JSON.stringify({ key })])).toBe("[secret]");
        for (const line of base64(key).match(/.{1,76}/g) ?? []) {
            expect(withoutSecrets(line, [key])).toBe("[secret]");
        }
    });

    it("loses a secret in the Base64 of a longer text, such as a user and a password", () => {
        for (const user of ["", "a", "ab", "abc", "relink"]) {
            const header = `Authorization: Basic ${base64(`${user}:s3cr3t-pass`)}`;
            expect(withoutSecrets(header, ["s3cr3t-pass"])).toMatch(/^Authorization: Basic [A-Za-z0-9]*\[secret\]$/);
        }
    });

    it("loses most of a secret whose end was cut off", () => {
        const cut = withoutSecrets(long.slice(0, 1000), [long]);
        expect(cut.replaceAll("[secret]", "").length).toBeLessThan(200);
    });

    it("loses a secret that had a terminal's colors inside", () => {
        const colored = "to\u001b[1;31mken-\u001b[0mabc";
        expect(withoutSecrets(withoutControls(colored), ["token-abc"])).toBe("[secret]");
        expect(withoutSecrets(withoutControls(colored), [colored])).toBe("[secret]");
    });

    it("keeps all other text", () => {
        const words = "GET /healthz 200, 3 of 3 ready; a\\nb %20 {} 'x' + = dG9rZW4=";
        expect(withoutSecrets(words, ["hunter2", key, long])).toBe(words);
    });

    it("is computed quickly for every text and secret", () => {
        const slashes = "\\".repeat(5_000);
        expect(withoutSecrets(`${slashes}x`, [`${"\\".repeat(40)}"${"\\".repeat(40)}y`])).toBe(`${slashes}x`);
        expect(withoutSecrets("A".repeat(100_000), [`${"A".repeat(150)}!`])).toBe("A".repeat(100_000));
    });

    it("has no part of any secret in any spelling", () => {
        const letter = fc.constantFrom(..."aB7 '\"$\\/+=%&\n\té密🔑".match(/./gsu)!);
        const secrets = fc.string({ unit: fc.oneof(letter, fc.string({ minLength: 1, maxLength: 1 })), minLength: 6 });
        fc.assert(
            fc.property(secrets, secret => {
                fc.pre(secret.trim().length >= 6);
                for (const [spelling, spelt] of spellings(secret)) {
                    expect(withoutSecrets(`> ${spelt} <`, [secret]), spelling).not.toContain(spelt.trim());
                }
            }),
            { numRuns: 300 },
        );
    });
});
