import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../docker/Engine";
import { isFull } from "./isFull";
import { PoweredMachine } from "./PoweredMachine";
import { repository } from "./stackFolder";
import { toolchain } from "./toolchain";
import { until } from "./until";

/** How long a daemon may take to start, to stop, and its processes to be gone, milliseconds. */
const patienceMs = 120_000;
/** Name of the folder of an Engine. The number is the process that made it. */
const folderName = /^relink-own-(\d+)-[0-9a-f]{6}$/;
/** Address of the daemon's default network, which no other network of this machine has. */
const defaultBridge = "10.214.0.1/24";

/**
 * A Docker Engine of the test's own, which the test may restart, kill and cut off from power. It runs on a
 * PoweredMachine (a network namespace and a disk), so that no other Engine notices. It needs root.
 */
export class OwnEngine {
    readonly #folder: string;
    readonly #machine: PoweredMachine;
    #daemon: ChildProcess | undefined;
    #guard: ChildProcess | undefined;

    private constructor(
        /** Everything of the machine that belongs to the Engine has a name that begins with this one. */
        readonly name: string,
        /** The first words of the daemon's command. */
        private readonly dockerd: string[],
        diskSize?: string,
    ) {
        this.#folder = join(tmpdir(), name);
        this.#machine = new PoweredMachine(name, this.#folder, diskSize);
    }

    /** Why there cannot be such an Engine here; undefined where there can. */
    static get missing(): string | undefined {
        if (process.getuid?.() !== 0) {
            return "needs root";
        }
        try {
            const dockerd = process.env.RELINK_TEST_ENGINE === undefined ? ["dockerd"] : [];
            for (const tool of [...dockerd, "docker", "ip", "nsenter", "mkfs.ext4", "losetup", "perl"]) {
                execFileSync("sh", ["-c", `command -v ${tool} || ls /usr/sbin/${tool}`], { stdio: "ignore" });
            }
            return undefined;
        } catch (error) {
            return (error as Error).message;
        }
    }

    /** Starts one of the same kind as the tests' Engine, with these images of it. */
    static async create(images: string[]): Promise<OwnEngine> {
        return OwnEngine.#create(images, process.env.RELINK_TEST_ENGINE);
    }

    /** Starts one on which all tests or the demo run. It has all images of the set-up, and a larger disk. */
    static async createForTests(kind: string): Promise<OwnEngine> {
        const { imageNames } = await toolchain("images/images.mjs");
        return OwnEngine.#create(await imageNames(isFull), kind, "20G");
    }

    /** @param kind of RELINK_TEST_ENGINE's; undefined is this machine's own dockerd */
    static async #create(images: string[], kind: string | undefined, diskSize?: string): Promise<OwnEngine> {
        await OwnEngine.sweep();
        const { ensureTestEngine } = await toolchain("testEngines.mjs");
        const dockerd = kind === undefined ? ["dockerd"] : await ensureTestEngine(kind);
        const name = `relink-own-${process.pid}-${randomBytes(3).toString("hex")}`;
        const engine = new OwnEngine(name, dockerd, diskSize);
        try {
            mkdirSync(engine.#folder);
            engine.#guard = guardian();
            engine.#machine.powerOn();
            await engine.start();
            const from = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
            const script = 'from=$1 to=$2; shift 2; docker -H "$from" save "$@" | docker -H "$to" load';
            execFileSync("sh", ["-c", script, "sh", from, engine.host, ...images], { stdio: "pipe" });
            engine.#machine.sync();
            return engine;
        } catch (error) {
            await engine.remove();
            throw error;
        }
    }

    /**
     * Removes the Engines of processes that were killed. The guardian of each Engine calls it too. Where two do so at
     * once, one of them fails at what the other one has removed, and looks again.
     */
    static async sweep(): Promise<void> {
        for (const name of readdirSync(tmpdir())) {
            const maker = folderName.exec(name)?.[1];
            if (maker !== undefined && !existsSync(`/proc/${maker}`)) {
                await until(
                    async seen =>
                        new OwnEngine(name, []).remove().then(
                            () => true,
                            error => void seen((error as Error).message),
                        ),
                    { deadline: Date.now() + patienceMs, what: `${name} cannot be removed` },
                );
            }
        }
    }

    /** The value for DOCKER_HOST. */
    get host(): string {
        return `unix://${this.#folder}/docker.sock`;
    }

    /** Address of its published ports. */
    get address(): string {
        return this.#machine.address;
    }

    /** Its network namespace. */
    get network(): string {
        return this.#machine.namespace;
    }

    /** Settings of a front on this Engine. */
    get front(): Record<string, unknown> {
        // A subnet that no other Engine's network has. This machine would send packets to that network.
        return { address: this.address, network: { subnet: "10.215.0.0/20" } };
    }

    /** Starts the daemon and waits until it answers. It has started its containers by then. */
    async start(args: string[] = []): Promise<void> {
        const output = openSync(join(this.#folder, "dockerd.log"), "a");
        mkdirSync(this.#executionRoot, { recursive: true });
        const daemon = spawn(
            "nsenter",
            [
                `--net=${this.network}`,
                ...this.dockerd,
                ...["--data-root", join(this.#machine.disk, "docker"), "--exec-root", this.#executionRoot],
                ...["--pidfile", join(this.#folder, "docker.pid"), "--host", this.host],
                ...["--cgroup-parent", `/${this.name}`, "--bip", defaultBridge],
                ...args,
            ],
            {
                stdio: ["ignore", output, output],
                detached: true,
                env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
            },
        );
        closeSync(output);
        this.#daemon = daemon;
        const engine = Engine.connect(this.host);
        await until(
            async () => {
                if (daemon.exitCode !== null || daemon.signalCode !== null) {
                    throw new Error(`dockerd did not start:\n${this.log().split("\n").slice(-10).join("\n")}`);
                }
                return engine.ping().then(
                    () => true,
                    () => undefined,
                );
            },
            { deadline: Date.now() + patienceMs, what: "dockerd does not answer" },
        );
    }

    /**
     * Ends the daemon as a service manager does. Its containers end with it, unless it was started with --live-restore.
     */
    async stop(): Promise<void> {
        this.#daemon?.kill("SIGTERM");
        await this.#gone();
    }

    /**
     * Kills the daemon alone, as a crash does. Its containers go on. Without --live-restore the next daemon ends them.
     */
    async crash(): Promise<void> {
        const containerd = readFileSync(join(this.#executionRoot, "containerd", "containerd.pid"), "utf8").trim();
        this.#daemon?.kill("SIGKILL");
        await this.#gone();
        // containerd ends with its daemon. The next daemon would wait in vain for one that is a zombie.
        await until(async () => (existsSync(`/proc/${containerd}`) ? undefined : true), {
            deadline: Date.now() + patienceMs,
            what: "the containerd of a killed dockerd is not cleared away",
        });
        rmSync(join(this.#folder, "docker.pid"), { force: true });
    }

    /**
     * Takes the power away: all processes of the machine, its network, and all writes that had not reached its disk.
     */
    async cutPower(): Promise<void> {
        this.#machine.freeze();
        await this.#killAll();
        this.#machine.powerOff();
        for (const name of ["run", "docker.pid", "docker.sock"]) {
            rmSync(join(this.#folder, name), { recursive: true, force: true });
        }
    }

    /** Gives the power back, and starts the daemon. */
    async powerOn(args: string[] = []): Promise<void> {
        await until(async () => (this.#machine.isDiskFree() ? true : undefined), {
            deadline: Date.now() + patienceMs,
            what: `the disk of ${this.name} is still in use`,
        });
        this.#machine.powerOn();
        await this.start(args);
    }

    /** Leaves no room on its disk, until the returned function is called. */
    fillDisk(): () => void {
        return this.#machine.fillDisk();
    }

    /** What the daemon has written to its log. */
    log(): string {
        return readFileSync(join(this.#folder, "dockerd.log"), "utf8");
    }

    /** Ends it and removes everything of it. */
    async remove(): Promise<void> {
        await this.#killAll();
        this.#machine.remove();
        rmSync(this.#folder, { recursive: true, force: true });
        if (this.#guard?.pid !== undefined) {
            process.kill(-this.#guard.pid, "SIGKILL");
            this.#guard = undefined;
        }
    }

    get #executionRoot(): string {
        return join(this.#folder, "run");
    }

    async #gone(): Promise<void> {
        const daemon = this.#daemon;
        await until(
            async () =>
                daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null ? true : undefined,
            { deadline: Date.now() + patienceMs, what: "dockerd does not end" },
        );
    }

    /** Daemon, containerd and shims are in the namespace, containers in the control group. */
    async #killAll(): Promise<void> {
        const namespace = this.#machine.namespaceId();
        await until(
            async () => {
                const left = processes().filter(
                    pid => (namespace !== undefined && isIn(pid, namespace)) || isOf(pid, this.name),
                );
                for (const pid of left) {
                    try {
                        process.kill(pid, "SIGKILL");
                    } catch {
                        // The process has ended meanwhile.
                    }
                }
                return left.length === 0 ? true : undefined;
            },
            { deadline: Date.now() + patienceMs, what: `processes of ${this.name} do not end` },
        );
    }
}

/**
 * Waits for the end of this process, for whatever reason, and then removes what is left. The open pipe tells of that
 * end.
 */
function guardian(): ChildProcess {
    const wait = 'maker=$1; shift; cat >/dev/null; while [ -e "/proc/$maker" ]; do sleep 0.2; done; exec "$@"';
    const sweep = ["-r", join(repository, "startup/loadTypeScript.js"), join(__dirname, "engine/sweep.ts")];
    const guard = spawn("sh", ["-c", wait, "sh", String(process.pid), process.execPath, ...sweep], {
        cwd: repository,
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
    });
    guard.unref();
    (guard.stdin as Socket).unref();
    return guard;
}

function processes(): number[] {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function isIn(pid: number, namespace: string): boolean {
    try {
        return readlinkSync(`/proc/${pid}/ns/net`) === namespace;
    } catch {
        return false;
    }
}

function isOf(pid: number, group: string): boolean {
    try {
        const isZombie = /^.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
        return !isZombie && readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(`/${group}/`);
    } catch {
        return false;
    }
}
