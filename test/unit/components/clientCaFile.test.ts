import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withClientCaFile } from "../../../components/clientCaFile";

let folder: string;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-ca-"));
    writeFileSync(join(folder, "ca.pem"), "PEM");
});

afterAll(() => rmSync(folder, { recursive: true }));

const configOf = (clientCa: unknown) => ({ front: { name: "shop", https: { port: 443, clientCa } } });

describe("the file of front.https.clientCa", () => {
    it("is read, and the rest of the config stays", () => {
        expect(withClientCaFile(configOf("ca.pem"), folder)).toEqual({
            raw: configOf({ path: "ca.pem", text: "PEM" }),
            problems: [],
        });
        for (const raw of [{}, { front: "x" }, configOf(3), configOf(" ")]) {
            expect(withClientCaFile(raw, folder)).toEqual({ raw, problems: [] });
        }
    });

    it("is a problem where it cannot be read", () => {
        const { raw, problems } = withClientCaFile(configOf("none.pem"), folder);
        expect(raw).toEqual(configOf("none.pem"));
        expect(problems).toMatchObject([
            { path: ["front", "https", "clientCa"], message: expect.stringContaining("cannot be read (ENOENT)") },
        ]);
    });
});
