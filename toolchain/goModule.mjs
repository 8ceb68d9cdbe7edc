import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { answer, isExecutable, logged, which } from "./command.mjs";
import { inRelink, root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { contentHash, readStamp, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";

const oldestGo = [1, 25];

/** Why the Pulumi CLI and its plugins are built, and what to do where that is not possible. */
const vendors = {
    reason: "The vendor's download cannot be reached",
    commands: [
        "curl -fsSL https://get.pulumi.com | sh    # the Pulumi CLI, where the network allows it",
        "# or install Go 1.25 or later (https://go.dev/doc/install): the set-up then builds the CLI",
    ],
};

/**
 * Builds a program from one of the modules under toolchain/go, unless it was built from the same sources before.
 *
 * @param title what the step says, e.g. "Building the Pulumi CLI"
 * @param module folder under toolchain/go, with its own go.mod and go.sum
 * @param packageName what to build inside it
 * @param name of its log and of its stamp (default: the module's)
 * @param output path of the binary
 * @param linkerFlags added to `-s -w` (default: none)
 * @param without why it has to be built, and what to do where Go is missing or too old (default: the Pulumi CLI's)
 * @param prepare called before the build with `go` and the options of `logged` (default: nothing)
 * @returns true when it was built now
 */
export async function ensureGoProgram({
    title,
    module,
    packageName,
    name = module,
    output,
    linkerFlags = "",
    without = vendors,
    prepare,
}) {
    const folder = join(root, "toolchain", "go", module);
    const key = `${contentHash(folder)} ${packageName} ${linkerFlags}`;
    if (isExecutable(output) && readStamp(`go-${name}`, key)) {
        return false;
    }
    const go = requireGo(without);
    await step(title, async showLog => {
        const options = { logName: `go-${name}`, showLog, cwd: folder, env: goEnv() };
        await prepare?.(go, options);
        const flags = ["-trimpath", "-v", "-ldflags", `-s -w ${linkerFlags}`.trim(), "-o", output];
        await logged(go, ["build", ...flags, packageName], { ...options, append: prepare !== undefined });
    });
    writeStamp(`go-${name}`, key);
    return true;
}

/**
 * @returns an environment in which Go writes only under `.relink/go`, since the home folder may be missing or read-only
 */
function goEnv() {
    const folder = inRelink("go", "go.env");
    const under = name => {
        const path = join(folder, "..", name);
        mkdirSync(path, { recursive: true });
        return path;
    };
    return {
        ...process.env,
        GOPATH: under("path"),
        GOMODCACHE: under("mod"),
        GOCACHE: under("build"),
        GOFLAGS: "-mod=readonly -buildvcs=false -modcacherw",
        GOWORK: "off",
        CGO_ENABLED: "0",
        // The compiler runs as many short processes. Without garbage collection they take a seventh less processor
        // time.
        GOGC: "off",
        GOMEMLIMIT: "1500MiB",
    };
}

/** Removes some gigabytes that are not needed once every program is built. Stamps tell a later run what is built. */
export async function dropGoCaches() {
    await step("Removing Go's caches", async () => {
        rmSync(inRelink("go"), { recursive: true, force: true });
    });
}

function requireGo({ reason, commands }) {
    const go = which("go") ?? ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"].find(isExecutable);
    if (go === undefined) {
        throw new Problem(`${reason}, and there is no Go to build from sources.`, commands);
    }
    const version = answer(go, ["env", "GOVERSION"], { env: goEnv() }) ?? "go0.0";
    const [major, minor] = version.replace(/^go/, "").split(".").map(Number);
    if (major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1])) {
        throw new Problem(`${reason}, and ${version} is too old to build from sources.`, commands);
    }
    return go;
}
