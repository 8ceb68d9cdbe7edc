import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { logged, which } from "./command.mjs";
import { inRelink } from "./paths.mjs";
import { note } from "./step.mjs";

const connectSeconds = 5;
let reachable;

/** Whether Pulumi's downloads can be reached. It is tried once a run, for some seconds. */
export async function vendorIsReachable() {
    reachable ??= askVendor();
    return reachable;
}

async function askVendor() {
    try {
        const signal = AbortSignal.timeout(connectSeconds * 1000);
        // curl knows the user's proxy and Node does not. Behind a proxy the name need not resolve here.
        if (!process.env.HTTPS_PROXY && !process.env.https_proxy) {
            await Promise.race([
                lookup("get.pulumi.com"),
                new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
            ]);
        }
        const curl = which("curl");
        if (curl === undefined) {
            throw new Error("curl is not there");
        }
        const args = ["-fsSL", "--connect-timeout", String(connectSeconds), "--max-time", "15"];
        await logged(curl, [...args, "https://get.pulumi.com/latest-version"], {
            logName: "vendor",
            timeoutMs: 20_000,
        });
        return true;
    } catch (error) {
        const reason = error.code ?? String(error.message).split("\n").slice(0, 2).join(" ");
        note(
            `Pulumi's downloads cannot be reached from here (${reason}): what is missing is built from package registries.`,
        );
        return false;
    }
}

/**
 * Downloads a .tar.gz, compares it with the vendor's list of checksums, and unpacks it.
 *
 * @param checksums URL of the list: lines of a SHA-256 and a file name
 * @returns whether all of that worked; nothing is unpacked otherwise
 */
export async function download({ url, checksums, folder }, showLog) {
    const name = url.slice(url.lastIndexOf("/") + 1);
    const archive = inRelink("downloads", name);
    const list = inRelink("downloads", `${name}.sha256`);
    const args = ["-fL", "--connect-timeout", String(connectSeconds), "--speed-time", "20", "--speed-limit", "10000"];
    const get = (from, to) =>
        logged("curl", [...args, "-o", to, from], { logName: "download", append: true, showLog, timeoutMs: 600_000 });
    try {
        await get(checksums, list);
        await get(url, archive);
        const found = createHash("sha256").update(readFileSync(archive)).digest("hex");
        const lines = readFileSync(list, "utf8").split("\n");
        if (!lines.some(line => line.trim() === `${found}  ${name}`)) {
            note(`${name} has the SHA-256 ${found}, which ${checksums} does not give for it: it is not used.`);
            return false;
        }
        mkdirSync(folder, { recursive: true });
        await logged("tar", ["-xzf", archive, "-C", folder], { logName: "download", append: true });
        return true;
    } catch {
        return false;
    } finally {
        rmSync(archive, { force: true });
        rmSync(list, { force: true });
    }
}
