import { describe, expect, it } from "vitest";
import { setCertificates } from "../../../haproxy/certificates";
import { fakeHaproxy } from "./fakeHaproxy";

const worker = { generation: "1", socket: "/relink/run/master-1.sock", pid: 8 };
const path = "/relink/config/certificates/shop.pem";
const fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
const pem = ["-----BEGIN CERTIFICATE-----", "aGVsbG8=", "-----END CERTIFICATE-----", "c2VjcmV0"].join("\n");

const shown = (sha1: string) => `Filename: ${path}\nStatus: Used\nSHA1 FingerPrint: ${sha1}\nSubject: /CN=shop`;

describe("a certificate in HAProxy's memory", () => {
    it("is set, committed and read back in one exec, whose input alone has the key", async () => {
        const { run, execs } = fakeHaproxy(command => (command.includes(" show ") ? shown(fingerprint) : "Success!"));
        const results = await setCertificates(run, [worker], { shop: { pem, fingerprint } });
        expect(results).toEqual([{ worker, ok: true, gone: false, error: undefined }]);
        expect(execs).toHaveLength(1);
        expect(execs[0]!.argv.join(" ")).not.toContain("c2VjcmV0");
        expect(execs[0]!.commands.map(({ command }) => command)).toEqual([
            `@!8 set ssl cert ${path} <<\v${pem.replaceAll("\n", "\v")}\v`,
            `@!8 commit ssl cert ${path}`,
            `@!8 show ssl cert ${path}`,
        ]);
    });

    it("counts only if it reads back, and the error has HAProxy's words without the key", async () => {
        const other = fingerprint.replace("0123", "FFFF");
        const { run } = fakeHaproxy(command => (command.includes(" show ") ? shown(other) : "No ongoing transaction!"));
        const [result] = await setCertificates(run, [worker], { shop: { pem, fingerprint } });
        expect(result).toMatchObject({ ok: false });
        expect(result!.error).toContain(
            `the certificate shop is ${other}, not ${fingerprint}: No ongoing transaction!`,
        );
        expect(result!.error).not.toContain("c2VjcmV0");
    });

    it.each(["a;b", "", "line\rend", "$(id)"])("is not sent with a line that is not PEM: %j", async line => {
        const { run, execs } = fakeHaproxy(() => "");
        const sent = setCertificates(run, [worker], { shop: { pem: `${pem}\n${line}`, fingerprint } });
        await expect(sent).rejects.toThrow("a line of a certificate cannot be sent to HAProxy.");
        expect(execs).toEqual([]);
    });

    it("is refused if its name cannot be a file's", async () => {
        const { run } = fakeHaproxy(() => "");
        const sent = setCertificates(run, [worker], { "../shop": { pem, fingerprint } });
        await expect(sent).rejects.toThrow("cannot be a certificate");
    });

    it("goes with others in one exec, and the error names the one that did not arrive", async () => {
        const names = Array.from({ length: 60 }, (_, index) => `host-${index}`);
        const { run, execs } = fakeHaproxy(command => {
            const isMissing = command.includes("/host-30.pem");
            return command.includes(" show ") ? shown(isMissing ? "0".repeat(40) : fingerprint) : "Success!";
        });
        const results = await setCertificates(
            run,
            [worker],
            Object.fromEntries(names.map(name => [name, { pem, fingerprint }])),
        );
        expect(execs.map(({ commands }) => commands.length)).toEqual([75, 75, 30]);
        expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
        expect(results[1]!.error).toContain("the certificate host-30 is 0000");
    });
});
