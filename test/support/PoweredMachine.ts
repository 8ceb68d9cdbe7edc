import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** EXT4_IOC_SHUTDOWN without a flush of the journal: what xfstests use for a power cut. */
const shutDown = "2";
const shutdownScript = `
open(my $disk, "<", $ARGV[0]) or die "$ARGV[0]: $!";
my $how = pack("L", $ARGV[1]);
ioctl($disk, 0x8004587d, $how) or die "EXT4_IOC_SHUTDOWN: $!";
`;

/**
 * The parts of a machine that a power cut affects: network and disk. The network is a namespace with one cable to this
 * machine. The disk is an ext4 file system in a file, which loses writes that were not synced.
 */
export class PoweredMachine {
    readonly disk: string;
    readonly namespace: string;
    /** Its address on the cable. This machine's address there is one less. */
    readonly address: string;
    readonly #folder: string;
    readonly #image: string;
    readonly #cable: string;
    readonly #subnet: string;
    readonly #gateway: string;
    #isMade = false;

    constructor(
        private readonly name: string,
        folder: string,
        private readonly diskSize = "3G",
    ) {
        this.#folder = folder;
        this.disk = join(folder, "disk");
        this.#image = join(folder, "disk.img");
        this.namespace = `/run/netns/${name}`;
        // A name of an interface has at most 15 characters.
        this.#cable = `v${name.slice(-12)}`;
        const network = `10.213.${randomInt(256)}`;
        const host = randomInt(64) * 4;
        this.#subnet = `${network}.${host}/30`;
        this.#gateway = `${network}.${host + 1}`;
        this.address = `${network}.${host + 2}`;
    }

    powerOn(): void {
        if (!this.#isMade) {
            // A daemon in a mount namespace of its own mounts below this folder too. The daemon after it has to find these
            // mounts: containers go on with them.
            call("mount", "--bind", this.#folder, this.#folder);
            call("mount", "--make-shared", this.#folder);
            mkdirSync(this.disk);
            call("truncate", "-s", this.diskSize, this.#image);
            call("mkfs.ext4", "-q", "-m", "0", this.#image);
            // While the power is off, packets to it must not go elsewhere.
            call("ip", "route", "add", "unreachable", this.#subnet, "metric", "9999");
            this.#isMade = true;
        }
        // The harshest setting of ext4: only synced writes reach the disk.
        call("mount", "-o", "loop,commit=300,noauto_da_alloc", this.#image, this.disk);
        call("ip", "netns", "add", this.name);
        call("ip", "link", "add", this.#cable, "type", "veth", "peer", "name", "eth0", "netns", this.name);
        call("ip", "addr", "add", `${this.#gateway}/30`, "dev", this.#cable);
        call("ip", "link", "set", this.#cable, "up");
        call("ip", "-n", this.name, "addr", "add", `${this.address}/30`, "dev", "eth0");
        call("ip", "-n", this.name, "link", "set", "eth0", "up");
        call("ip", "-n", this.name, "link", "set", "lo", "up");
    }

    /** From now on no write reaches the disk. Earlier writes that had not reached it are lost. */
    freeze(): void {
        call("perl", "-e", shutdownScript, this.disk, shutDown);
    }

    /** Takes network and disk away, once its processes are gone. */
    powerOff(): void {
        const mounts = readFileSync("/proc/self/mounts", "utf8")
            .split("\n")
            .map(line => line.split(" ")[1] ?? "")
            .filter(path => path.startsWith(`${this.#folder}/`));
        for (const path of mounts.reverse()) {
            attempt("umount", "-l", path);
        }
        attempt("ip", "link", "del", this.#cable);
        attempt("ip", "netns", "del", this.name);
    }

    /**
     * @returns whether the kernel has let go of the disk. A container of another Engine that began meanwhile may hold a
     * copy of the mount for a while. A disk that is mounted again before its end would still be the one that was cut off
     */
    isDiskFree(): boolean {
        return call("losetup", "-j", this.#image).trim() === "";
    }

    /** Removes what is outside its folder. */
    remove(): void {
        this.powerOff();
        attempt("umount", "-l", this.#folder);
        attempt("ip", "route", "del", "unreachable", this.#subnet, "metric", "9999");
    }

    sync(): void {
        call("sync", "-f", this.disk);
    }

    /** Leaves no room on the disk, until the returned function is called. */
    fillDisk(): () => void {
        const filler = join(this.disk, "filler");
        const { bavail, bsize } = statfsSync(this.disk);
        call("fallocate", "-l", String(bavail * bsize - 16 * bsize), filler);
        // All space that the file system does not need itself.
        attempt("dd", "if=/dev/zero", `of=${filler}.rest`, "bs=4096", "conv=fsync");
        return () => {
            rmSync(filler);
            rmSync(`${filler}.rest`, { force: true });
        };
    }

    /** Its network namespace as /proc names it; undefined while the power is off. */
    namespaceId(): string | undefined {
        try {
            return call("nsenter", `--net=${this.namespace}`, "readlink", "/proc/self/ns/net").trim();
        } catch {
            return undefined;
        }
    }
}

function call(command: string, ...args: string[]): string {
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env });
}

/** Runs a command whose subject may be gone already. */
function attempt(command: string, ...args: string[]): void {
    try {
        call(command, ...args);
    } catch {
        // It is gone, or it never existed.
    }
}
