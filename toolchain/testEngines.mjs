import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer, which } from "./command.mjs";
import { installPackages, isDebianRoot } from "./debian.mjs";
import { makeDebianRoot } from "./debianRoot.mjs";
import { root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { note, step } from "./step.mjs";

/** Clones of this project on one machine share this folder. A root with other packages gets another one. */
const engines = "/var/lib/relink/engines/with-ps";

const overlay2 = { driver: "overlay2", args: ["--storage-driver", "overlay2"] };
const containerd = { driver: "overlayfs", args: ["--feature", "containerd-snapshotter"] };

/**
 * The Docker Engines that tests can have of their own, by the names that RELINK_TEST_ENGINE takes. Each has the Debian
 * suite that it comes from, how its version begins, its storage driver, and the arguments of its dockerd.
 */
export const testEngines = {
    "20.10": { suite: "bookworm", version: "20.10.", ...overlay2 },
    26.1: { suite: "trixie", version: "26.1.", ...overlay2 },
    "28-overlay2": { suite: "forky", version: "28.", ...overlay2 },
    "28-containerd": { suite: "forky", version: "28.", ...containerd },
};

/** Programs that a test's own Engine needs on this machine, by Debian package. */
const tools = {
    iproute2: ["ip"],
    "util-linux": ["nsenter", "unshare"],
    mount: ["mount", "losetup"],
    e2fsprogs: ["mkfs.ext4"],
    "perl-base": ["perl"],
};

/** @throws Problem for an unknown name */
export function testEngine(name) {
    if (!Object.hasOwn(testEngines, name)) {
        throw new Problem(
            `RELINK_TEST_ENGINE is "${name}", which is not one of ${Object.keys(testEngines).join(", ")}. ` +
                "Without it the tests run on this machine's own Docker Engine.",
        );
    }
    return testEngines[name];
}

/** @returns why tests cannot have an Engine of their own here; undefined where they can */
export function whyNoTestEngine() {
    if (process.env.RELINK_NO_SYSTEM === "1") {
        return "RELINK_NO_SYSTEM=1 forbids fetching one outside this folder";
    }
    return isDebianRoot() ? undefined : "an Engine of the tests' own needs root on Debian or Ubuntu";
}

/**
 * Gets the dockerd of one of these Engines, and the tools that it needs.
 *
 * @returns the first words of its command
 */
export async function ensureTestEngine(name) {
    const { suite, version, args } = testEngine(name);
    const reason = whyNoTestEngine();
    if (reason !== undefined) {
        throw new Problem(`Docker ${name} cannot be started: ${reason}.`);
    }
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    const missing = Object.keys(tools).filter(name => tools[name].some(tool => which(tool, path) === undefined));
    await installPackages(missing, "Installing what an Engine of the tests' own needs");
    const folder = join(engines, suite);
    if (!existsSync(folder)) {
        await step(`Getting the Docker Engine of Debian ${suite}`, showLog => makeRoot(suite, folder, showLog));
    }
    const found = answer("chroot", [folder, "dockerd", "--version"], { env: { PATH: path } });
    if (found === undefined) {
        throw new Problem(`${folder} has no dockerd that runs.`, [`rm -rf ${folder}    # fetches it anew`]);
    }
    if (!found.startsWith(`Docker version ${version}`)) {
        // test/e2e/engine.test.ts fails then. The other tests still run.
        note(`Docker ${name} comes from Debian ${suite}, which has another one by now: ${found}.`);
    }
    return [join(root, "toolchain", "dockerdOf.sh"), folder, ...args];
}

/**
 * Makes the root with dockerd, and with the `ps` that `docker top` needs. Another clone may make it at the same time,
 * so it is made beside its place and renamed. The first one stays.
 */
async function makeRoot(suite, folder, showLog) {
    mkdirSync(dirname(folder), { recursive: true });
    const target = `${folder}.${process.pid}`;
    try {
        await makeDebianRoot(
            { suite, packages: ["docker.io", "iptables", "procps"], target },
            { logName: suite, showLog },
        );
        if (!existsSync(folder)) {
            renameSync(target, folder);
        }
    } finally {
        rmSync(target, { recursive: true, force: true });
    }
}
