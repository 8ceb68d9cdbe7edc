import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Guarded, namedBeside, withCertificatesBeside, writeCertificates } from "../../../front/certificateFiles";
import { certificatesFolder } from "../../../haproxy/names";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-certificates-"));
    // The scripts run as they are. HAProxy accepts every certificate but one, and owners do not matter here.
    program("chown", "exit 0");
    program("haproxy", 'grep -q bad "$(dirname "$3")"/*.new && { echo "no start line"; exit 1; }; exit 0');
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): void {
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
}

/** Runs the real scripts on a folder of this machine instead of the volume. */
const guarded: Guarded = async (script, args, input) => {
    const here = args.map(arg => arg.replaceAll(certificatesFolder, join(folder, "certificates")));
    const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    const { stdout, stderr, status } = spawnSync("sh", ["-c", script, "sh", ...here], { input, env, encoding: "utf8" });
    if (status !== 0) {
        throw new Error(stderr);
    }
    return stdout;
};

const shop = (pem: string) => ({ shop: { pem, fingerprint: "" } });
const files = () =>
    Object.fromEntries(
        readdirSync(join(folder, "certificates")).map(name => [
            name,
            readFileSync(join(folder, "certificates", name), "utf8").trim(),
        ]),
    );

describe("a certificate", () => {
    beforeEach(() => writeCertificates(guarded, shop("old")));

    it("is beside its place while a configuration is tried with it, and then there is only the one before", async () => {
        await withCertificatesBeside(guarded, shop("new"), async () => {
            expect(files()).toEqual({ "shop.pem": "old", "shop.pem.new": "new" });
        });
        expect(files()).toEqual({ "shop.pem": "old" });
    });

    it("is not left beside its place where the trial fails", async () => {
        const trial = withCertificatesBeside(guarded, shop("new"), () => Promise.reject(new Error("no")));
        await expect(trial).rejects.toThrow("no");
        expect(files()).toEqual({ "shop.pem": "old" });
    });

    it("is refused by name before anything is tried with it", async () => {
        const trial = withCertificatesBeside(guarded, shop("bad"), () => Promise.reject(new Error("tried")));
        await expect(trial).rejects.toThrow("relink:certificates.shop: HAProxy refuses this certificate");
        expect(files()).toEqual({ "shop.pem": "old" });
    });

    it("is found there by all of HAProxy's files that name it", () => {
        const path = `${certificatesFolder}/shop.pem`;
        expect(namedBeside(`bind :443 ssl crt ${path} crt ${certificatesFolder}/a.b.pem alpn h2\n${path}\n`)).toBe(
            `bind :443 ssl crt ${path}.new crt ${certificatesFolder}/a.b.pem.new alpn h2\n${path}.new\n`,
        );
        expect(namedBeside("bind :80\n")).toBe("bind :80\n");
    });
});
