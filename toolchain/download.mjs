import { lookup } from "node:dns/promises";
import { mkdirSync } from "node:fs";
import { logged, which } from "./command.mjs";
import { inRelink } from "./paths.mjs";
import { note } from "./step.mjs";

const connectSeconds = 5;
let reachable;

/** Whether the Pulumi vendor's downloads can be reached from here; asked once a run, and answered in seconds. */
export async function vendorIsReachable() {
    reachable ??= askVendor();
    return reachable;
}

async function askVendor() {
    try {
        const signal = AbortSignal.timeout(connectSeconds * 1000);
        // A proxy of the user's is known to curl, not to Node: the name alone need not resolve then.
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

/** Downloads a .tar.gz and unpacks it into a folder; false when that did not work. */
export async function download(url, folder, showLog) {
    const archive = inRelink("downloads", url.slice(url.lastIndexOf("/") + 1));
    const args = ["-fL", "--connect-timeout", String(connectSeconds), "--speed-time", "20", "--speed-limit", "10000"];
    try {
        await logged("curl", [...args, "-o", archive, url], { logName: "download", showLog, timeoutMs: 600_000 });
        mkdirSync(folder, { recursive: true });
        await logged("tar", ["-xzf", archive, "-C", folder], { logName: "download", append: true });
        return true;
    } catch {
        return false;
    }
}
