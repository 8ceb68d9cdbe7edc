import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** The holder of a lease, for people to read. A process on the same machine can tell by it whether the holder still lives. */
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

    /** @returns whether the holder certainly died: it was a process of this machine since its last start, and has ended */
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

/** @returns the user's name, or its number, which in a container often has no name */
function userName(): string {
    try {
        return userInfo().username;
    } catch {
        return `uid ${process.getuid?.() ?? "unknown"}`;
    }
}

/** @returns whether the process has ended, although its parent has not read its exit code yet */
function isZombie(processId: number): boolean {
    try {
        // "123 (node) Z ...": the name may contain brackets.
        return /^.*\) [ZX] /s.test(readFileSync(`/proc/${processId}/stat`, "utf8"));
    } catch {
        return false; // without the file it is not certain
    }
}

/** @returns an id of the scope of process numbers: this machine since its last start, and this container if it is one */
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
