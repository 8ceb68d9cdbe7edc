import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdsSecret, withCertificateFiles } from "../../../components/certificateFiles";
import { configKey } from "../../../settings/ConfigPath";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-certificate-"));
    writeFileSync(join(folder, "chain.pem"), "CHAIN");
    writeFileSync(join(folder, "key.pem"), "KEY");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (shop: unknown) => withCertificateFiles({ certificates: { shop } }, folder);

describe("a certificate in files", () => {
    it("is read from the project's folder, or by an absolute path", () => {
        expect(read({ file: "chain.pem", key: join(folder, "key.pem") })).toEqual({
            raw: { certificates: { shop: "CHAIN\nKEY" } },
            problems: [],
        });
        expect(read({ file: "chain.pem" }).raw.certificates).toEqual({ shop: "CHAIN" });
    });

    it("is not read if it is a text, or not an object", () => {
        expect(read("PEM").raw.certificates).toEqual({ shop: "PEM" });
        expect(withCertificateFiles({ certificates: "x" }, folder).raw.certificates).toBe("x");
        expect(withCertificateFiles({}, folder)).toEqual({ raw: {}, problems: [] });
    });

    it.each<[string, unknown, string, string]>([
        [
            "is not there",
            { file: "none.pem" },
            "relink:certificates.shop.file: cannot be read (ENOENT): it must be the path of a PEM file",
            "pulumi config set --path 'relink:certificates.shop.file' PEM_FILE",
        ],
        [
            "is a folder",
            { file: "chain.pem", key: "." },
            "relink:certificates.shop.key: cannot be read (EISDIR): it must be the path of a PEM file",
            "pulumi config set --path 'relink:certificates.shop.key' PEM_FILE",
        ],
        [
            "has no path",
            { key: "key.pem" },
            "relink:certificates.shop.file: is missing: it must be the path of a PEM file",
            "pulumi config set --path 'relink:certificates.shop.file' PEM_FILE",
        ],
        [
            "has another key",
            { file: "chain.pem", chain: "x" },
            "relink:certificates.shop.chain: is not a known key; known here: file, key",
            "pulumi config rm --path 'relink:certificates.shop.chain'",
        ],
    ])("is one located problem if it %s", (_, value, line, fix) => {
        const { problems } = read(value);
        expect(problems.map(problem => `${configKey(problem.path)}: ${problem.message}`)).toEqual([line]);
        expect(problems[0]!.fix).toBe(fix);
    });
});

describe("whether a section of the config holds a secret", () => {
    it.each([
        ["certificates", { shop: { file: "a" } }, false],
        ["certificates", { shop: { file: "a" }, api: "PEM" }, true],
        ["secrets", { "web.A": {} }, true],
    ])("%s %j: %s", (section, value, holds) => {
        expect(holdsSecret(section, value)).toBe(holds);
    });
});
