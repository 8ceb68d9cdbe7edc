import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** Who holds a lease: for people to read, and for a process on the same machine to see whether it still lives. */
export class Owner {
    private constructor(
        /** `user@host, stack project/stack, process 123`. */
        readonly words: string,
        private readonly machine: string,
        private readonly processId: number,
    ) {}

    static ofThisProcess(stack: string): Owner {
        const words = `${userName()}@${hostname()}, stack ${stack}, process ${process.pid}`;
        return new Owner(words, thisMachine(), process.pid);
    }

    /** Reads what {@link toString} wrote. */
    static parse(text: string): Owner {
        const [words = "", machine = "", processId = ""] = text.split("\t");
        return new Owner(words, machine, Number(processId));
    }

    toString(): string {
        return [this.words, this.machine, this.processId].join("\t");
    }

    /** True only for certain: it was a process of this machine since its last start, and none of its number runs. */
    isDead(): boolean {
        if (this.machine !== thisMachine() || !(this.processId > 0)) {
            return false;
        }
        try {
            process.kill(this.processId, 0);
            return isZombie(this.processId);
        } catch (error) {
            return (error as NodeJS.ErrnoException).code === "ESRCH";
        }
    }
}

/** In a container, the number of the user that it was started with often has no name. */
function userName(): string {
    try {
        return userInfo().username;
    } catch {
        return `uid ${process.getuid?.() ?? "unknown"}`;
    }
}

/** It has ended, but whoever started it has not taken note yet. */
function isZombie(processId: number): boolean {
    try {
        // "123 (node) Z ...": the name may hold anything, brackets too.
        return /^.*\) [ZX] /s.test(readFileSync(`/proc/${processId}/stat`, "utf8"));
    } catch {
        return false; // no such file here, or just now: then it is not certain
    }
}

/** Where process numbers mean the same: this machine, since its last start, and this container if it is one. */
function thisMachine(): string {
    const known = [
        () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"),
        () => readlinkSync("/proc/self/ns/pid"),
    ];
    const parts = known.map(read => {
        try {
            return read().trim();
        } catch {
            return "-";
        }
    });
    return [hostname(), ...parts].join(" ");
}
