import type { Color } from "../model/Color";
import type { Backend, BackendContent, SlotState } from "./Backend";
import { type ColorTarget, isFronted, slotCount } from "./ColorTarget";
import { drain } from "./drain";
import type { Up } from "./Up";

/**
 * The slots of one color in HAProxy. What opens slots writes HAProxy's file first and tells its memory then, so that a
 * HAProxy that restarts in between has what the memory was about to get. A background service has no slots in HAProxy:
 * nothing here does anything for it.
 */
export class ColorSlots {
    readonly #backend: Backend;
    readonly #isFronted: boolean;

    constructor(
        private readonly up: Up,
        private readonly target: ColorTarget,
    ) {
        this.#backend = up.front.backend(target.color);
        this.#isFronted = isFronted(target);
    }

    get color(): Color {
        return this.target.color;
    }

    /** Whether there is such a slot. A label may say anything. */
    has(slot: number): boolean {
        return Number.isInteger(slot) && slot >= 1 && slot <= slotCount(this.target);
    }

    /**
     * Gives HAProxy the color's backend as its release needs it. These slots take traffic, and all others are closed in the
     * file.
     */
    async configure(open: readonly number[]): Promise<void> {
        if (!this.#isFronted) {
            return;
        }
        const { otherBlock, release } = this.target;
        await this.#backend.configure({ ...this.#content(open), otherBlock });
        await this.#backend.tellRelease(release.id);
        await this.tell(open, "ready");
    }

    /** Lets these slots take traffic. All others are closed in the file, and stay as they are in the memory. */
    async open(slots: readonly number[]): Promise<void> {
        if (this.#isFronted) {
            await this.#backend.write(this.#content(slots));
            // Also where they are ready already: a reload for another service may have read the file as it was.
            await this.tell(slots, "ready");
        }
    }

    /**
     * Lets these slots take traffic and no other. Where somebody removed a container by hand, its slot is still open: the
     * next container with its address would have users before any proof.
     */
    async openOnly(slots: readonly number[]): Promise<void> {
        if (this.#isFronted) {
            await this.#backend.write(this.#content(slots));
            await this.#backend.tellOnly(slots);
        }
    }

    /**
     * Tells the memory alone: takes slots out of traffic, or puts back what the file has open. HAProxy goes on sending the
     * users of a slot's cookie there while it drains. In `maint` they get another container, and what is open ends by itself.
     */
    async tell(slots: readonly number[], state: SlotState): Promise<void> {
        const { sticky } = this.target.release.settings;
        if (this.#isFronted && slots.length > 0) {
            await this.#backend.tellSlots(slots, state === "drain" && sticky !== undefined ? "maint" : state);
        }
    }

    /** Waits until nothing is open on these slots. Those of a color with users are out of traffic already. */
    async drain(slots: readonly number[]): Promise<void> {
        if (this.#isFronted && slots.length > 0) {
            const { color, policy, deadline } = this.target;
            await drain(this.up, { color, slots: [...slots] }, { ...policy, deadline });
        }
    }

    /** The same, for what cannot stay: what is still open after `drainTimeout` is cut, however late it is. */
    async drainOrCut(slots: readonly number[]): Promise<void> {
        if (this.#isFronted && slots.length > 0) {
            const { color, policy } = this.target;
            await drain(this.up, { color, slots: [...slots] }, { ...policy, onDrainTimeout: "close" });
        }
    }

    /** Whether HAProxy checks containers by its file as it would for the release. */
    async hasSameChecks(): Promise<boolean> {
        return !this.#isFronted || this.#backend.hasSameChecks(this.#content([]));
    }

    #content(open: readonly number[]): BackendContent {
        const { block, release, color } = this.target;
        if (block === undefined) {
            throw new Error(`${this.up.service}: the plan has no addresses for ${color}; run pulumi up again`);
        }
        return { release, block, open };
    }
}
