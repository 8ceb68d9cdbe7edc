import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer, isExecutable, which } from "./command.mjs";
import { download, vendorIsReachable } from "./download.mjs";
import { ensureGoProgram } from "./goModule.mjs";
import { binFolder, inRelink } from "./paths.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";
import { note, step } from "./step.mjs";

/** The oldest CLI that is good enough, and the one that the set-up gets. */
const version = "3.230.0";

/**
 * Finds, downloads or builds the Pulumi CLI with its language host for Node.
 *
 * @returns the path of `pulumi`; `ours` when it was built from Go modules, so that it must not share the user's
 *     PULUMI_HOME; `folder` when its folder has to be put on PATH; `built` when this run built it
 */
export async function ensurePulumiCli() {
    const found = usersCli();
    if (found !== undefined) {
        return { path: found, ours: false, folder: undefined };
    }
    const downloaded = await downloadedCli();
    if (downloaded !== undefined) {
        return { path: downloaded, ours: false, folder: dirname(downloaded) };
    }
    const built = await buildCli();
    return { path: join(binFolder, "pulumi"), ours: true, folder: binFolder, built };
}

function usersCli() {
    const path = which("pulumi");
    if (path === undefined) {
        return undefined;
    }
    const { mtimeMs, size } = statSync(path);
    const key = `${path} ${mtimeMs} ${size}`;
    let verdict = readStamp("users-pulumi", key);
    if (verdict === undefined) {
        verdict = judge(path);
        writeStamp("users-pulumi", key, verdict);
        note(verdict.good ? `Pulumi CLI: ${path} (${verdict.version})` : `Pulumi CLI: not ${path}: ${verdict.reason}`);
    }
    return verdict.good ? path : undefined;
}

function judge(path) {
    const found = (
        answer(path, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } }) ?? ""
    ).replace("v", "");
    if (!isAtLeast(found, version)) {
        return { good: false, reason: `its version is ${found || "unknown"}, and ${version} or later is needed` };
    }
    if (which("pulumi-language-nodejs") === undefined && !isExecutable(join(dirname(path), "pulumi-language-nodejs"))) {
        return { good: false, reason: "pulumi-language-nodejs is not beside it" };
    }
    return { good: true, version: found };
}

/** Compares numbers only: "3.230.0" with "3.230.0". A suffix after a dash does not count. */
export function isAtLeast(found, wanted) {
    const [left, right] = [found, wanted].map(text => text.split("-")[0].split(".").map(Number));
    for (let i = 0; i < 3; i++) {
        if (!(left[i] >= 0)) {
            return false;
        }
        if (left[i] !== right[i]) {
            return left[i] > right[i];
        }
    }
    return true;
}

/** @returns path of the vendor's own build, which has all language hosts; undefined where it cannot be downloaded */
async function downloadedCli() {
    const folder = join(dirname(inRelink("cli", "x")), version);
    const path = join(folder, "pulumi", "pulumi");
    if (isExecutable(path)) {
        return path;
    }
    const isBuilt = isExecutable(join(binFolder, "pulumi"));
    const arch = { x64: "x64", arm64: "arm64" }[process.arch];
    const system = { linux: "linux", darwin: "darwin" }[process.platform];
    if (isBuilt || arch === undefined || system === undefined || !(await vendorIsReachable())) {
        return undefined;
    }
    return step(`Downloading the Pulumi CLI ${version}`, async showLog => {
        const source = {
            url: `https://get.pulumi.com/releases/sdk/pulumi-v${version}-${system}-${arch}.tar.gz`,
            // From another host than the archive, so that nobody can replace both.
            checksums: `https://github.com/pulumi/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`,
            folder,
        };
        if (!(await download(source, showLog))) {
            rmSync(folder, { recursive: true, force: true });
            note("The download did not work; the CLI is built from its Go module instead.");
            return undefined;
        }
        return path;
    });
}

async function buildCli() {
    mkdirSync(binFolder, { recursive: true });
    const builtCli = await ensureGoProgram({
        title: `Building the Pulumi CLI ${version} from its Go module (about 3 minutes)`,
        module: "pulumi",
        packageName: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        output: join(binFolder, "pulumi"),
        linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
    });
    const host = join(binFolder, "pulumi-language-nodejs");
    await ensureGoProgram({
        title: "Building Pulumi's language host for Node from its Go module",
        module: "language-nodejs",
        packageName: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        output: `${host}-by-flags`,
    });
    script(host, languageHost);
    script(join(binFolder, "pulumi-resource-pulumi-nodejs"), providerHost);
    return builtCli;
}

/**
 * Today's language host reads these options from Pulumi.yaml. The one that is built has flags for them. The CLI starts
 * it in the folder of that file.
 */
const languageHost = `#!/bin/sh
option() { sed -n "s/^ *$1: *//p" Pulumi.yaml; }
typescript=$(option typescript)
exec "$0-by-flags" -typescript="\${typescript:-true}" -nodeargs="$(option nodeargs)" "$@"
`;

/** The provider host of the vendor's CLI. relink has its own, by Pulumi.yaml, but other programs need this one. */
const providerHost = `#!/bin/sh
host=$(node -e 'console.log(require.resolve("@pulumi/pulumi/cmd/dynamic-provider"))') || exit 1
exec node "$host" "$@"
`;

/** Writes a script. Each ends with `exec`, so that the CLI's signals reach the host itself. */
function script(path, text) {
    // Renamed into place, so that a command that runs now keeps its file.
    writeFileSync(`${path}.new`, text, { mode: 0o755 });
    renameSync(`${path}.new`, path);
}
