import { backendFile } from "../../../haproxy/names";
import type { Color } from "../../../model/Color";
import type { Admission, WorkerSlots } from "../../../up/Admission";
import type { Backend, BackendConfiguration, BackendContent, SlotState } from "../../../up/Backend";
import type { Admin, Held } from "./SimulatedHaproxy";
import type { SimulatedUp } from "./SimulatedUp";
import { withFault } from "./withFault";

/** One color's backend in HAProxy's files and in its memory. */
export class SimulatedBackend implements Backend {
    constructor(
        private readonly up: SimulatedUp,
        private readonly color: Color,
    ) {}

    async write(content: BackendContent): Promise<void> {
        await this.up.configure(files => this.#write(files, content), this.#needsReload(content), this.#file);
    }

    async configure({ otherBlock, ...content }: BackendConfiguration): Promise<void> {
        const other = this.color === "blue" ? "green" : "blue";
        const { front } = this.up.world;
        const reloads =
            this.#needsReload(content) || (otherBlock !== undefined && front.files.slots[other] === undefined);
        await this.up.configure(
            files => {
                this.#write(files, content);
                files.releases[this.color] = content.release.id;
                if (otherBlock !== undefined) {
                    files.slots[other] ??= {};
                    files.link ??= "none";
                }
            },
            reloads,
            this.#file,
        );
    }

    async hasSameChecks({ release }: BackendContent): Promise<boolean> {
        return this.up.world.front.files.ports[this.color] === release.settings.port;
    }

    async tellRelease(release: string): Promise<void> {
        const { front } = this.up.world;
        const { memory } = front;
        if (memory !== undefined) {
            this.up.guard();
            for (const { releases } of [memory, ...front.old.map(({ held }) => held)]) {
                releases[this.color] = release;
            }
            await this.up.called();
        }
    }

    async tellSlots(slots: readonly number[], state: SlotState): Promise<void> {
        await this.up.setSlots(this.color, [...slots], state);
    }

    /** One exec tells a worker all of it. */
    async tellOnly(open: readonly number[]): Promise<void> {
        const { front } = this.up.world;
        this.up.guard();
        const known = Object.entries(front.memory?.slots[this.color] ?? {});
        const left = known.filter(([slot, admin]) => admin !== "maint" && !open.includes(Number(slot)));
        front.setSlots(
            this.color,
            left.map(([slot]) => Number(slot)),
            "maint",
        );
        front.setSlots(this.color, [...open], "ready");
        await this.up.called();
    }

    async remove(withLink: boolean): Promise<void> {
        await this.up.configure(
            files => {
                files.slots[this.color] = undefined;
                files.releases[this.color] = undefined;
                if (withLink) {
                    files.link = undefined;
                }
            },
            true,
            this.#file,
        );
    }

    admission(slots: readonly number[]): Admission {
        return withFault(this.up, "admission", new SimulatedAdmission(this.up, this.color, slots));
    }

    get #file(): string {
        return backendFile(this.up.world.service, this.color);
    }

    #write(files: Held, { open, release }: BackendContent): void {
        const { front } = this.up.world;
        files.slots[this.color] = Object.fromEntries(open.map(slot => [slot, "ready" satisfies Admin as Admin]));
        files.ports[this.color] = release.settings.port ?? 0;
        front.edited = front.edited.filter(edited => edited !== this.color);
    }

    /** HAProxy learns a new or another backend by a reload; which slots are open it is told. */
    #needsReload({ release }: BackendContent): boolean {
        const { files } = this.up.world.front;
        return files.slots[this.color] === undefined || files.ports[this.color] !== release.settings.port;
    }
}

/** Slots on their way to traffic in HAProxy's one worker. */
class SimulatedAdmission implements Admission {
    /** The worker in which they were taken out of traffic. */
    #entered: number | undefined;

    constructor(
        private readonly up: SimulatedUp,
        private readonly color: Color,
        private readonly slots: readonly number[],
    ) {}

    async look(): Promise<WorkerSlots[]> {
        const { front } = this.up.world;
        if (front.memory === undefined) {
            return [];
        }
        const slots = this.slots.map(slot => {
            const admin = front.adminOf(this.color, slot);
            const entered = this.#entered === front.worker && admin !== "maint";
            const up = entered && this.up.world.isUp(this.color, slot);
            return { slot, entered, up, open: admin === "ready", check: up ? "L7OK" : "L4CON", downs: 0 };
        });
        return [{ worker: String(front.worker), slots }];
    }

    async enter([worker]: readonly WorkerSlots[]): Promise<boolean> {
        const { front } = this.up.world;
        if (worker?.worker !== String(front.worker)) {
            return false;
        }
        this.#entered = front.worker;
        await this.up.setSlots(this.color, [...this.slots], "drain");
        return true;
    }

    async open([worker]: readonly WorkerSlots[]): Promise<boolean> {
        const { world } = this.up;
        if (worker?.worker !== String(world.front.worker)) {
            return false;
        }
        for (const container of world.on(this.color).filter(({ slot }) => this.slots.includes(slot))) {
            container.isEarned = true;
        }
        await this.up.setSlots(this.color, [...this.slots], "ready");
        return true;
    }
}
