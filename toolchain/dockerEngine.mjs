import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { answer, isExecutable, which } from "./command.mjs";
import { installPackages, isDebianRoot, isKnownPackage, refuseSystemChange } from "./debian.mjs";
import { inRelink, usersPath } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { lastLines, note, step } from "./step.mjs";

const runFolder = "/run/relink";
const pidFile = `${runFolder}/docker.pid`;
const ourHost = `unix://${runFolder}/docker.sock`;
const dataRoot = "/var/lib/relink/docker";

/**
 * Finds a Docker Engine that answers, or as root on Debian or Ubuntu installs and starts one with a data root of its
 * own. Clones of this project on one machine share it.
 *
 * @returns the value for DOCKER_HOST, or undefined when every Docker client finds the Engine by itself
 */
export async function ensureDockerEngine() {
    const users = usersEngine();
    if (users !== undefined) {
        return users.host;
    }
    if (engineVersion(ourHost) !== undefined) {
        return ourHost;
    }
    if (process.env.DOCKER_HOST && process.env.DOCKER_HOST !== ourHost) {
        throw new Problem(`No Docker Engine answers at DOCKER_HOST=${process.env.DOCKER_HOST}.`, [
            "unset DOCKER_HOST    # or start that Engine",
        ]);
    }
    if (!isDebianRoot()) {
        throw new Problem("No Docker Engine answers, and one can be set up here only as root on Debian or Ubuntu.", [
            "docker info    # start Docker, or set DOCKER_HOST, until this works",
        ]);
    }
    await installEngine();
    // Without a client nobody could see that the daemon of another clone runs already.
    if (engineVersion(ourHost) === undefined) {
        await startEngine();
    }
    return ourHost;
}

/**
 * Finds the Engine that the user's own `docker` reaches: by DOCKER_HOST, the current context, or the default socket.
 * @returns its address as `host`, undefined where every client finds it; undefined where no such Engine answers
 */
function usersEngine() {
    const env = { ...process.env, PATH: usersPath() };
    if (env.DOCKER_HOST === ourHost) {
        return undefined;
    }
    const docker = which("docker");
    if (docker === undefined) {
        return undefined;
    }
    if (answer(docker, ["version", "--format", "{{.Server.Version}}"], { env }) === undefined) {
        return undefined;
    }
    const context = answer(docker, ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], { env });
    const isDefault =
        env.DOCKER_HOST !== undefined || context === undefined || context === "unix:///var/run/docker.sock";
    // Pulumi's docker plugin and dockerode do not read contexts, so they need the address.
    return { host: isDefault ? undefined : context };
}

function engineVersion(host) {
    const docker = which("docker");
    if (docker === undefined || !existsSync(host.slice("unix://".length))) {
        return undefined;
    }
    return answer(docker, ["--host", host, "version", "--format", "{{.Server.Version}}"]);
}

/** @returns path of dockerd, which only root's PATH may have; or undefined */
function daemonProgram() {
    return which("dockerd") ?? ["/usr/sbin/dockerd", "/usr/local/bin/dockerd"].find(isExecutable);
}

async function installEngine() {
    const missing = {
        daemon: daemonProgram() === undefined,
        client: which("docker") === undefined,
        iptables: !["/usr/sbin/iptables", "/sbin/iptables"].some(isExecutable),
    };
    if (!Object.values(missing).includes(true) && process.env.RELINK_NO_SYSTEM !== "1") {
        return;
    }
    const needed = enginePackages(missing, missing.client && (await isKnownPackage("docker-cli")));
    const by = `apt-get install -y --no-install-recommends ${needed.join(" ")}`;
    refuseSystemChange("No Docker Engine answers.", [needed.length > 0 ? by : "", daemonLine()].filter(Boolean));
    note("No Docker Engine answers. Debian's is installed for this project; RELINK_NO_SYSTEM=1 refuses that.");
    await installPackages(needed, "Installing Docker Engine");
}

/**
 * Finds the Debian packages that bring what is missing.
 *
 * @param missing which of `daemon`, `client` and `iptables`
 * @param hasOwnClient whether the client has a package of its own, as since Debian 13. Before, docker.io has it
 */
export function enginePackages({ daemon, client, iptables }, hasOwnClient) {
    return [
        ...(daemon || (client && !hasOwnClient) ? ["docker.io"] : []),
        ...(client && hasOwnClient ? ["docker-cli"] : []),
        ...(iptables ? ["iptables"] : []),
    ];
}

function daemonArguments() {
    return ["--data-root", dataRoot, "--exec-root", `${runFolder}/exec`, "--pidfile", pidFile, "--host", ourHost];
}

function daemonLine() {
    return `dockerd ${daemonArguments().join(" ")} &`;
}

async function startEngine() {
    refuseSystemChange("No Docker Engine answers.", [daemonLine()]);
    note(`An Engine of this project's own is started, with its data in ${dataRoot}. As every Docker Engine it adds`);
    note("iptables rules to this machine and turns IP forwarding on. `npm run docker:stop` stops it.");
    await step(`Starting dockerd (${ourHost})`, async showLog => {
        mkdirSync(runFolder, { recursive: true });
        mkdirSync(dataRoot, { recursive: true });
        // A pid file from before a restart of the machine may name another process. dockerd would refuse to start.
        if (enginePid() === undefined) {
            rmSync(pidFile, { force: true });
        }
        const log = inRelink("logs", "dockerd.log");
        showLog(log);
        const output = openSync(log, "a");
        // `detached` gives it a session of its own. It outlives this process, and a Ctrl-C does not reach it.
        const daemon = spawn(daemonProgram(), daemonArguments(), {
            cwd: "/",
            detached: true,
            stdio: ["ignore", output, output],
        });
        closeSync(output);
        let ended;
        daemon.on("error", error => {
            ended = error.message;
        });
        daemon.on("exit", code => {
            ended ??= `exit code ${code}`;
        });
        daemon.unref();
        const deadline = Date.now() + 60_000;
        // Another clone may have started the daemon meanwhile. Then ours ends, and theirs answers.
        while (engineVersion(ourHost) === undefined) {
            if ((ended !== undefined && enginePid() === undefined) || Date.now() > deadline) {
                throw new Problem(
                    `dockerd did not start (${ended ?? "no answer in 60 s"}):\n${lastLines(log, 5)}\n` +
                        "It needs a machine or a privileged container; or use a Docker Engine elsewhere.",
                    ["export DOCKER_HOST=..."],
                );
            }
            await delay(100);
        }
    });
}

/** @returns process id of the daemon that a set-up started; undefined while it does not run */
function enginePid() {
    try {
        const pid = Number(readFileSync(pidFile, "utf8"));
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(runFolder) ? pid : undefined;
    } catch {
        return undefined;
    }
}

/** Stops the daemon that a set-up started, and its containers. Images and volumes stay in its data root. */
export async function stopDockerEngine() {
    const pid = enginePid();
    if (pid === undefined) {
        note("The set-up's Docker Engine is not running.");
        return;
    }
    await step(`Stopping dockerd (${pid})`, async () => {
        process.kill(pid, "SIGTERM");
        const deadline = Date.now() + 60_000;
        while (enginePid() === pid) {
            if (Date.now() > deadline) {
                throw new Problem(`dockerd (${pid}) does not stop.`, [`kill -9 ${pid}`]);
            }
            await delay(100);
        }
    });
}
