import { randomBytes } from "node:crypto";
import { ContainerNotRunning } from "../docker/errors";
import type { Run, RunResult } from "../haproxy/Run";
import { folders } from "../model/folders";
import type { LeaseFile } from "../model/Lease";
import { LeaseLost } from "../up/stop";
import { keepFile } from "./keepFile";
import { Owner } from "./Owner";

/** How long a lease lives without a heartbeat, seconds: the longest pause of a provider host that is not taken for its death. */
const leaseSeconds = 20;
/** Time between two heartbeats, milliseconds: three may be lost before the lease ends. */
const heartbeatMs = 5_000;
/** Time between two looks at a lease that somebody else holds, milliseconds. */
const waitStepMs = 1_000;
/** Exit code of a guarded script whose lease is not ours any more. */
const lostExitCode = 75;
/** Exit code of a request for a lease that somebody else holds. */
const heldExitCode = 76;
/** Exit code of a request for the lease of a front that belongs to another stack. */
const notOwnerExitCode = 77;

/** Somebody else is changing this front now. */
export class LeaseHeld extends Error {
    constructor(
        readonly owner: string,
        readonly secondsLeft: number,
    ) {
        super(
            `another up is at work on this front: ${owner}. Nothing was changed. ` +
                `Wait for it to end and run pulumi up again; if it died, its lease runs out in ${secondsLeft} s`,
        );
    }
}

/** The front belongs to another stack. */
export class NotOwner extends Error {
    constructor(readonly owner: string) {
        super(
            `the front belongs to the stack ${owner}, so nothing was done. If this stack is that one under another name, ` +
                "docs/state.md says how to adopt it",
        );
    }
}

/** Reads the lease file; undefined where nobody has the lease. */
export function parseLease(text: string | undefined): LeaseFile | undefined {
    const [, expires, token = "-", holder = ""] = (text ?? "").split("\n");
    const seconds = Number(expires);
    return token === "-" || !(seconds > 0)
        ? undefined
        : { expires: new Date(seconds * 1000), holder: Owner.parse(holder) };
}

/**
 * One lease per front, a file in the record's volume on the Docker host. Its epoch rises with every new holder, and
 * every write goes through {@link guarded}, which compares it under a lock: a holder that was presumed dead can write
 * nothing more.
 */
export class Lease {
    #epoch: number | undefined;
    #pending: Promise<void> | undefined;
    #heartbeat: NodeJS.Timeout | undefined;
    #lost = false;
    readonly #token = randomBytes(8).toString("hex");
    readonly #self: Owner;

    constructor(
        private readonly anchor: Run,
        /** The stack that this process works for, `project/stack`. */
        readonly stack: string,
        /** Tells the user what is going on. */
        private readonly tell: (text: string) => void = () => {},
        /** Called before each look at a lease that another `up` holds. @throws when this one is to wait no more */
        private readonly stop: () => void = () => {},
    ) {
        this.#self = Owner.ofThisProcess(stack);
    }

    /** Who we are, for people to read. */
    get owner(): string {
        return this.#self.words;
    }

    /** Whether this process holds it. */
    get held(): boolean {
        return this.#epoch !== undefined && !this.#lost;
    }

    /**
     * Takes the lease, once per process.
     * @param waitMs How long to wait for somebody else's, milliseconds (`lockTimeout`).
     * @param adoptFrom Another stack that the front may belong to.
     * @throws {@link LeaseHeld}, {@link NotOwner}
     */
    take(waitMs = 0, adoptFrom = this.stack): Promise<void> {
        this.#pending ??= this.#wait(waitMs, adoptFrom).catch(error => {
            this.#pending = undefined;
            throw error;
        });
        return this.#pending;
    }

    /**
     * Takes over from an `up` of this machine that died, where there is one: for who finds its work done, so that it leaves
     * no lease behind either.
     */
    async inherit(): Promise<void> {
        try {
            const { stdout } = await this.anchor(["sh", "-c", 'cat "$1/lease"', "relink", folders.record]);
            if (parseLease(stdout)?.holder.isDead()) {
                await this.take();
            }
        } catch (error) {
            // Somebody else was faster, or there is no front: nothing is left to take.
            if (!(error instanceof LeaseHeld || error instanceof ContainerNotRunning)) {
                throw error;
            }
        }
    }

    async #wait(waitMs: number, adoptFrom: string): Promise<void> {
        const deadline = Date.now() + waitMs;
        let told = "";
        for (;;) {
            this.stop();
            try {
                return await this.#take(adoptFrom);
            } catch (error) {
                if (!(error instanceof LeaseHeld) || Date.now() >= deadline) {
                    throw error;
                }
                if (error.owner !== told) {
                    told = error.owner;
                    this.tell(`waiting for another up to end: ${error.owner}`);
                }
                await new Promise(resolve => setTimeout(resolve, Math.min(waitStepMs, deadline - Date.now())));
            }
        }
    }

    async #take(adoptFrom: string, deadEpoch = -1): Promise<void> {
        const lease = [String(leaseSeconds), this.#token, String(deadEpoch)];
        const { exitCode, stdout, stderr } = await this.anchor(
            ["sh", "-c", takeScript, "relink", folders.record, ...lease, this.stack, adoptFrom],
            `${this.#self}\n`,
        );
        if (exitCode === notOwnerExitCode) {
            throw new NotOwner(stdout.trim());
        }
        if (exitCode === heldExitCode) {
            const [epoch = "", seconds = "", text = ""] = stdout.trim().split("\n");
            const owner = Owner.parse(text);
            if (owner.isDead() && Number(epoch) !== deadEpoch) {
                // Its process was on this machine and is gone: nobody has to wait until its lease runs out.
                this.tell(`taking over from an up that died: ${owner.words}`);
                return this.#take(adoptFrom, Number(epoch));
            }
            throw new LeaseHeld(owner.words, Number(seconds));
        }
        if (exitCode !== 0) {
            throw new Error(`the lease of the front could not be taken: ${stderr || stdout}`);
        }
        const [epoch, previous] = stdout.trim().split("\n");
        if (previous !== undefined && deadEpoch === -1) {
            this.tell(`taking over from an up whose lease ran out: ${Owner.parse(previous).words}`);
        }
        this.#epoch = Number(epoch);
        this.#heartbeat = setInterval(() => {
            this.#renew().catch(() => {});
        }, heartbeatMs);
        this.#heartbeat.unref();
    }

    /**
     * Runs a command in the anchor, if the lease is still ours, under the lock that guards it.
     * @throws {@link LeaseLost}
     */
    async run(argv: string[], stdin?: Buffer | string): Promise<RunResult> {
        await this.take();
        const result = await this.anchor(
            ["sh", "-c", `${guardScript}exec "$@"`, "relink", folders.record, String(this.#epoch), ...argv],
            stdin,
        );
        if (result.exitCode === lostExitCode) {
            this.#lost = true;
            throw new LeaseLost();
        }
        return result;
    }

    /**
     * Runs a shell script the same way, in the record's folder.
     * @param args what the script sees as `$1`, `$2`, ...; never part of its text.
     */
    async guarded(script: string, args: string[], stdin?: Buffer | string): Promise<string> {
        const { exitCode, stdout, stderr } = await this.run(["sh", "-c", script, "relink", ...args], stdin);
        if (exitCode !== 0) {
            throw new Error(
                `a step in the front's anchor failed (exit code ${exitCode}): ${stderr.trim() || stdout.trim()}`,
            );
        }
        return stdout;
    }

    /** Makes sure that the lease is still ours, right before a call that cannot be guarded by its own command. */
    async verify(): Promise<void> {
        await this.guarded(":", []);
    }

    /** Gives it back. Does nothing when it is not held. */
    async release(): Promise<void> {
        clearInterval(this.#heartbeat);
        if (this.held) {
            await this.guarded("{ sed -n 1p lease; echo 0; echo -; echo -; } > lease.new && mv lease.new lease", []);
            this.#epoch = undefined;
            this.#pending = undefined;
        }
    }

    async #renew(): Promise<void> {
        await this.guarded(
            `{ sed -n 1p lease; echo $(( $(date +%s) + ${leaseSeconds} )); sed 1,2d lease; } > lease.new && mv lease.new lease`,
            [],
        );
    }
}

// The lease file: epoch, time of expiry (seconds, the Docker host's clock), token of the holder, who that is.
const lockScript = `
cd "$1" || exit 1
umask 077
exec 9> lock
flock 9 || exit 1
`;

// A heartbeat is not synced, so a power cut may leave anything of the file. That is nobody's lease, and its epoch is then
// higher than any that was counted: whoever held it before can write nothing more.
const takeScript = `${lockScript}${keepFile}
mine=$(tail -n 1 owner 2>/dev/null)
if [ -n "$mine" ] && [ "$mine" != "$5" ] && [ "$mine" != "$6" ]; then echo "$mine"; exit ${notOwnerExitCode}; fi
epoch=0; expires=0; token=-; owner=-
if [ -f lease ]; then { read -r epoch; read -r expires; read -r token; read -r owner; } < lease; fi
now=$(date +%s)
case "$epoch" in '' | *[!0-9]*) epoch=$now; expires=0 ;; esac
case "$expires" in '' | *[!0-9]*) expires=0 ;; esac
if [ "$token" != "$3" ] && [ "$now" -lt "$expires" ] && [ "$epoch" != "$4" ]; then
    echo "$epoch"; echo $(( expires - now )); echo "$owner"; exit ${heldExitCode}
fi
{ echo $(( epoch + 1 )); echo $(( now + $2 )); echo "$3"; cat; } | keep lease || exit 1
echo $(( epoch + 1 ))
if [ "$token" != - ] && [ "$token" != "$3" ]; then echo "$owner"; fi
`;

const guardScript = `${lockScript}
read -r epoch < lease
[ "$epoch" = "$2" ] || exit ${lostExitCode}
shift 2
`;
