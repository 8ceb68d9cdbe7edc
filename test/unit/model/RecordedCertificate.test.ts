import { describe, expect, it } from "vitest";
import type { ManagedCertificate } from "../../../model/FrontSettings";
import { dueReason, parseCertificates, type RecordedCertificate, renewalOf } from "../../../model/RecordedCertificate";

const lifetime = { notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2026-04-01T00:00:00.000Z" };
const acme = { directory: "https://acme.example.com/dir" };
const wanted: ManagedCertificate = { name: "a", hosts: ["a"], by: "acme" };

function recorded(issued: Partial<RecordedCertificate["issued"]> = {}): RecordedCertificate {
    const made = { pem: "", fingerprint: "", hosts: ["a"], ...lifetime, directory: acme.directory };
    return {
        format: 1,
        name: "a",
        issued: { ...made, renewAfter: "2026-03-02T00:00:00.000Z", installed: true, ...issued },
    };
}

describe("the time of a renewal", () => {
    const window = { from: "2026-02-01T00:00:00.000Z", to: "2026-02-03T00:00:00.000Z" };
    const late = { from: "2026-03-30T00:00:00.000Z", to: "2026-03-31T00:00:00.000Z" };

    it.each([
        ["is after two thirds where nobody asks", {}, undefined, "2026-03-02T00:00:00.000Z"],
        ["is in the window of the authority", {}, window, "2026-02-02T00:00:00.000Z"],
        ["is never in the last sixth", {}, late, "2026-03-17T00:00:00.000Z"],
        ["is what the user wants", { renewBeforeMs: 24 * 3_600_000 }, window, "2026-03-31T00:00:00.000Z"],
    ])("%s", (_, settings, window, at) => {
        expect(renewalOf(lifetime, settings, window, 0.5)).toBe(at);
    });
});

describe("a certificate", () => {
    const now = Date.parse("2026-02-01T00:00:00.000Z");

    it.each([
        ["that nobody has issued is missing", undefined, acme, "missing"],
        [
            "of which there is a key alone is missing",
            { format: 1, name: "a", next: { key: "" } } as const,
            acme,
            "missing",
        ],
        ["for other hosts is missing", recorded({ hosts: ["b"] }), acme, "missing"],
        ["of another authority has to move", recorded({ directory: "https://other.example.com" }), acme, "moved"],
        ["of another profile has to move", recorded(), { ...acme, profile: "shortlived" }, "moved"],
        ["is due at its time", recorded({ renewAfter: "2026-02-01T00:00:00.000Z" }), acme, "due"],
        ["that HAProxy may not have is unfinished", recorded({ installed: false }), acme, "unfinished"],
        ["is left alone before", recorded(), acme, undefined],
    ])("%s", (_, record, settings, why) => {
        expect(dueReason(wanted, record, settings, now)).toBe(why);
    });
});

describe("the files of the record", () => {
    it("are read by their names, and those of a newer version are refused", () => {
        const files = new Map([
            ["record/certificates/account.json", JSON.stringify({ format: 1, directory: "d", key: "k" })],
            ["record/certificates/account.pem.json", JSON.stringify({ format: 1, name: "account" })],
            ["record/services/web.json", "not read"],
        ]);
        const { account, certificates } = parseCertificates(files);
        expect(account).toMatchObject({ directory: "d" });
        expect([...certificates.keys()]).toEqual(["account"]);
        expect(() => parseCertificates(new Map([["certificates/a.pem.json", '{"format":2}']]))).toThrow(/format 2/);
    });
});
