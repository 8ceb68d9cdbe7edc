import { randomBytes } from "node:crypto";
import { ContainerNotRunning } from "../docker/errors";
import type { Run, RunResult } from "../haproxy/Run";
import { folders } from "../model/folders";
import { stackName } from "../model/ownership";
import type { Target } from "../model/Target";
import { retry } from "../time/retry";
import { LeaseLost } from "../up/stop";
import { LeaseHeld, NotOwner } from "./leaseErrors";
import { anyOwner, exitCodes, guardScript, releaseScript, renewScript, takeScript } from "./leaseScripts";
import { Owner } from "./Owner";
import { parseLease } from "./parseLease";

/** How long a lease lives without a heartbeat, seconds. A provider host that pauses for longer counts as dead. */
const leaseSeconds = 20;
/** Time between two heartbeats, milliseconds: three of them may be lost before the lease ends. */
const heartbeatMs = 5_000;
/** Time between two requests for a lease that another `up` has, milliseconds. */
const waitStepMs = 1_000;

/** What a process does while another `up` has the lease. */
export interface Waiting {
    /** How long it waits, milliseconds. @default not at all */
    waitMs?: number;
    /** Tells the user what happens. @default the user is not told */
    tell?(text: string): void;
    /** Called before each request for the lease. @throws where this `up` must not wait any longer */
    stop?(): void;
}

/**
 * The lease of one front, a file in the record's volume on the Docker host. Its epoch rises with each new holder. Every write
 * goes through {@link Lease.run}, which compares the epoch under a lock. So a holder that was taken for dead cannot write.
 */
export class Lease {
    #epoch: number | undefined;
    #pending: Promise<void> | undefined;
    #heartbeat: NodeJS.Timeout | undefined;
    #lost = false;
    readonly #token = randomBytes(8).toString("hex");
    readonly #self: Owner;

    constructor(
        /** Runs a command as root in the anchor. */
        private readonly anchor: Run,
        /** The stack that this process works for. */
        private readonly target: Pick<Target, "project" | "stack" | "uses">,
        private readonly waiting: Waiting = {},
    ) {
        this.#self = Owner.ofThisProcess(this.stack);
    }

    /** The stack that this process works for, `project/stack`. */
    get stack(): string {
        return stackName(this.target);
    }

    /** The stacks that the front may belong to beside this one. */
    get #adopts(): string {
        return this.target.uses ? anyOwner : this.stack;
    }

    /** Who this process is, for people. */
    get owner(): string {
        return this.#self.words;
    }

    /** Whether this process has the lease. */
    get held(): boolean {
        return this.#epoch !== undefined && !this.#lost;
    }

    /**
     * Takes the lease, once per process.
     * @param waitMs how long to wait at least while another `up` has it, milliseconds (`lockTimeout`). @default {@link Waiting}
     * @param adoptFrom another stack that the front may belong to. @default none; any for a stack that only uses the front
     * @throws LeaseHeld, NotOwner
     */
    take(waitMs = 0, adoptFrom = this.#adopts): Promise<void> {
        return this.#take(Math.max(waitMs, this.waiting.waitMs ?? 0), adoptFrom);
    }

    #take(waitMs: number, adoptFrom: string): Promise<void> {
        this.#pending ??= this.#wait(waitMs, adoptFrom).catch(error => {
            this.#pending = undefined;
            throw error;
        });
        return this.#pending;
    }

    /**
     * Takes over the lease of an `up` of this machine that died, if there is one. So an `up` with nothing to do leaves no dead
     * holder behind.
     */
    async inherit(): Promise<void> {
        try {
            const { stdout } = await this.anchor(["sh", "-c", 'cat "$1/lease"', "relink", folders.record]);
            if (parseLease(stdout)?.holder.isDead()) {
                await this.#take(0, this.#adopts);
            }
        } catch (error) {
            // Another up was faster, or there is no front.
            if (!(error instanceof LeaseHeld || error instanceof ContainerNotRunning)) {
                throw error;
            }
        }
    }

    /**
     * Runs a command in the anchor under the lease's lock, if this process still has the lease. Takes the lease first.
     * @throws LeaseLost, LeaseHeld, NotOwner
     */
    async run(argv: string[], stdin?: Buffer | string): Promise<RunResult> {
        await this.take();
        const guard = ["sh", "-c", guardScript, "relink", folders.record, String(this.#epoch)];
        const result = await this.anchor([...guard, ...argv], stdin);
        if (result.exitCode === exitCodes.lost) {
            this.#lost = true;
            throw new LeaseLost();
        }
        return result;
    }

    /**
     * Runs a shell script in the same way, in the record's folder.
     * @param args the script's `$1`, `$2`, ...; they are never part of its text
     * @returns what it printed
     * @throws LeaseLost; Error with its words, where it fails
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

    /**
     * Checks that this process still has the lease, right before a call that is not a command in the anchor.
     * @throws LeaseLost
     */
    async verify(): Promise<void> {
        await this.guarded(":", []);
    }

    /** Gives the lease back, if this process has it. */
    async release(): Promise<void> {
        clearInterval(this.#heartbeat);
        if (this.held) {
            await this.guarded(releaseScript, []);
            this.#epoch = undefined;
            this.#pending = undefined;
        }
    }

    /** Takes the lease, and waits while another `up` has it. */
    #wait(waitMs: number, adoptFrom: string): Promise<void> {
        const deadline = Date.now() + waitMs;
        let told = "";
        const isTransient = (error: unknown) => {
            const isHeld = error instanceof LeaseHeld;
            if (isHeld && error.owner !== told && Date.now() < deadline) {
                told = error.owner;
                this.#tell(`waiting for another up to end: ${error.owner}`);
            }
            return isHeld;
        };
        const request = () => {
            this.waiting.stop?.();
            return this.#request(adoptFrom);
        };
        return retry(request, { isTransient, firstMs: waitStepMs, deadline });
    }

    /**
     * Asks once for the lease.
     * @param deadEpoch epoch of a holder that certainly died. @default none
     */
    async #request(adoptFrom: string, deadEpoch = -1): Promise<void> {
        const lease = [String(leaseSeconds), this.#token, String(deadEpoch)];
        const { exitCode, stdout, stderr } = await this.anchor(
            ["sh", "-c", takeScript, "relink", folders.record, ...lease, this.stack, adoptFrom],
            `${this.#self}\n`,
        );
        if (exitCode === exitCodes.held) {
            return this.#requestFrom(stdout, adoptFrom, deadEpoch);
        }
        if (exitCode === exitCodes.notOwner) {
            throw new NotOwner(stdout.trim());
        }
        if (exitCode !== 0) {
            throw new Error(`the lease of the front could not be taken: ${stderr || stdout}`);
        }
        const [epoch, previous] = stdout.trim().split("\n");
        if (previous !== undefined && deadEpoch === -1) {
            this.#tell(`taking over from an up whose lease ran out: ${Owner.parse(previous).words}`);
        }
        this.#begin(Number(epoch));
    }

    /** Takes over the lease of a dead process of this machine, without waiting until the lease runs out. */
    #requestFrom(stdout: string, adoptFrom: string, deadEpoch: number): Promise<void> {
        const [epoch = "", seconds = "", text = ""] = stdout.trim().split("\n");
        const holder = Owner.parse(text);
        if (!holder.isDead() || Number(epoch) === deadEpoch) {
            throw new LeaseHeld(holder.words, Number(seconds));
        }
        this.#tell(`taking over from an up that died: ${holder.words}`);
        return this.#request(adoptFrom, Number(epoch));
    }

    #tell(text: string): void {
        this.waiting.tell?.(text);
    }

    /** Notes that this process has the lease, and renews it until it is given back. */
    #begin(epoch: number): void {
        this.#epoch = epoch;
        this.#heartbeat = setInterval(() => {
            this.guarded(renewScript, [String(leaseSeconds)]).catch(() => {});
        }, heartbeatMs);
        this.#heartbeat.unref();
    }
}
