import { existsSync, readdirSync, readFileSync } from "node:fs";
import { answer, logged, which } from "./command.mjs";
import { Problem } from "./problem.mjs";
import { note, step } from "./step.mjs";

/** Whether packages can be installed here: root, with Debian's or Ubuntu's apt-get. */
export function isDebianRoot() {
    return process.getuid?.() === 0 && isDebian();
}

export function isDebian() {
    if (which("apt-get") === undefined || !existsSync("/etc/os-release")) {
        return false;
    }
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
}

/**
 * @param commands what the user can run instead
 * @throws Problem under RELINK_NO_SYSTEM=1, which keeps the set-up inside the project's folder
 */
export function refuseSystemChange(reason, commands) {
    if (process.env.RELINK_NO_SYSTEM === "1") {
        throw new Problem(`${reason} RELINK_NO_SYSTEM=1 forbids the set-up to change the system.`, commands);
    }
}

/** Installs Debian packages on this machine, after it has said so. */
export async function installPackages(names, title) {
    if (names.length === 0) {
        return;
    }
    const command = `apt-get install -y --no-install-recommends ${names.join(" ")}`;
    refuseSystemChange(`These Debian packages are missing: ${names.join(" ")}.`, [command]);
    if (!isDebianRoot()) {
        throw new Problem(`These Debian packages are missing: ${names.join(" ")}.`, [`sudo ${command}`]);
    }
    note(`This installs on the system: ${command}`);
    await step(title, async showLog => {
        const install = append =>
            aptGet(["install", "-y", "--no-install-recommends", ...names], { logName: "apt-install", showLog, append });
        if (!hasPackageLists()) {
            await updateLists(showLog);
        }
        await install(false).catch(async () => {
            // Old lists name versions that the mirror no longer has.
            await updateLists(showLog);
            await install(true);
        });
    });
}

/** Whether a package is in this system's package lists. Missing lists are fetched, where that is allowed. */
export async function isKnownPackage(name) {
    if (!hasPackageLists() && isDebianRoot() && process.env.RELINK_NO_SYSTEM !== "1") {
        await step("Getting Debian's package lists", updateLists);
    }
    return Boolean(answer("apt-cache", ["show", "--no-all-versions", name]));
}

/** Downloads one .deb file into a folder. Installs nothing. */
export async function downloadPackage(name, folder, showLog) {
    const download = append => aptGet(["download", name], { logName: `apt-${name}`, showLog, append, cwd: folder });
    if (!hasPackageLists() && isDebianRoot()) {
        await updateLists(showLog);
    }
    await download(false).catch(async error => {
        if (!isDebianRoot()) {
            throw error;
        }
        await updateLists(showLog);
        await download(true);
    });
}

function hasPackageLists() {
    try {
        return readdirSync("/var/lib/apt/lists").some(name => name.includes("_Packages"));
    } catch {
        return false;
    }
}

function updateLists(showLog) {
    return aptGet(["update"], { logName: "apt-update", showLog });
}

function aptGet(args, options) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    return logged("apt-get", aptArguments(args), { ...options, env });
}

/** @returns arguments of apt-get */
export function aptArguments([verb, ...rest]) {
    return [
        // Another apt-get on the machine may hold the lock: wait for it.
        "-o",
        "DPkg::Lock::Timeout=120",
        // apt downloads as a user of its own, which cannot write into root's folder. Only a download runs as root.
        ...(verb === "download" ? ["-o", "APT::Sandbox::User=root"] : []),
        verb,
        ...rest,
    ];
}
