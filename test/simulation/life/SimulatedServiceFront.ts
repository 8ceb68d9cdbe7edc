import type { Color } from "../../../model/Color";
import type { LinkValue } from "../../../model/LinkValue";
import { hasTraffic, idleColor } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import type { CountersByWorker } from "../../../model/Window";
import type { Backend } from "../../../up/Backend";
import type { Answer, Front, Questions } from "../../../up/Front";
import type { OpenRequests } from "../../../up/OpenRequests";
import type { Routes } from "../../../up/Routes";
import type { Faults } from "./Faults";
import { SimulatedBackend } from "./SimulatedBackend";
import { isProved } from "./SimulatedContainer";
import { SimulatedQuestions } from "./SimulatedQuestions";
import { SimulatedRoutes } from "./SimulatedRoutes";
import type { SimulatedUp } from "./SimulatedUp";

/** What HAProxy counts of the new release between two looks. */
const counted: Record<Faults["bake"], { asked: number; failed: number }> = {
    good: { asked: 100, failed: 0 },
    bad: { asked: 100, failed: 100 },
    unknown: { asked: 0, failed: 0 },
};

/** HAProxy, as far as the service is concerned. */
export class SimulatedServiceFront implements Front {
    #looks = 0;
    readonly routes: Routes;

    constructor(private readonly up: SimulatedUp) {
        this.routes = new SimulatedRoutes(up, "web");
    }

    backend(color: Color): Backend {
        return new SimulatedBackend(this.up, color);
    }

    async askContainer(address: string): Promise<Answer> {
        const container = this.up.world.at(address);
        if (container?.state !== "running") {
            throw new Error("connection refused");
        }
        const good = !container.isSick;
        container.isAnswered ||= good;
        return { status: good ? 200 : 500, good, text: `answered by ${container.name}` };
    }

    async writeLink({ live, percent }: LinkValue): Promise<void> {
        await this.up.configure(
            files => {
                files.link = live;
                files.percent = percent;
            },
            false,
            true,
        );
    }

    async tellLink(link: LinkValue, mayGo: (seen: ObservedService) => boolean = () => true): Promise<boolean> {
        const { up } = this;
        const { world } = up;
        const { memory } = world.front;
        if (!mayGo(world.look())) {
            return false;
        }
        if (memory !== undefined) {
            const before = this.#counted();
            memory.link = link.live;
            memory.percent = link.percent;
            up.unconfirmed = this.#gaining(link);
            this.#isSound(link, before.length);
            await up.called();
        }
        return true;
    }

    /** The color that has more users by a link than by the confirmed one. */
    #gaining({ live, percent }: LinkValue): Color | undefined {
        const { link } = this.up.world.record;
        if (live === "none" || (live === link.live && percent <= (link.percent ?? 0))) {
            return undefined;
        }
        return live === link.live ? idleColor(live) : live;
    }

    /** Who answers users, but for a share that a hand edit gave. */
    #counted() {
        const { world } = this.up;
        const { link, intent } = world.record;
        const isOurs = link.percent !== undefined || (intent?.kind === "switch" && intent.percent !== undefined);
        return isOurs ? world.reached() : world.serving();
    }

    /** Rules 3 and 6, right after the link has moved. */
    #isSound({ live, percent }: LinkValue, servedBefore: number): void {
        const after = this.up.world.reached();
        // A copy that somebody put exactly into the place of one of ours is as good as that.
        const unproved = after.find(container => !isProved(container) && !container.isForeign);
        if (unproved !== undefined) {
            this.up.broke(`rule 3: the link points to ${unproved.name}, which was never proved`);
        }
        const isUnlinked = live === "none" && this.up.world.record.intent?.kind !== "switch";
        if (isUnlinked && Object.keys(this.up.world.front.memory?.routes ?? {}).length > 0) {
            this.up.broke("rule 6: the link goes while requests still come to the service");
        }
        if (live !== "none" && after.length === 0 && servedBefore > 0) {
            this.up.broke(`rule 6: the link moves from what serves to ${live}, where nobody is`);
        }
        if (percent > 0 && after.every(({ color }) => color === live)) {
            this.up.broke(`rule 3: nobody is there to answer the ${percent} % beside ${live}`);
        }
    }

    async questions(): Promise<Questions> {
        if (this.up.world.front.memory === undefined) {
            throw new Error("the front is not running");
        }
        return new SimulatedQuestions(this.up);
    }

    async counters(): Promise<Record<Color, CountersByWorker>> {
        const { world, faults } = this.up;
        const looks = this.#looks++;
        const of = (color: Color): CountersByWorker => {
            const { intent } = world.record;
            const isJudged = intent?.kind === "bake" && intent.color === color;
            if (isJudged && faults.bake !== "good") {
                this.up.strikes(`bake: ${faults.bake}`);
            }
            const { asked, failed } = isJudged ? counted[faults.bake] : counted.good;
            return {
                "1/1/1": {
                    responses: asked * looks,
                    asked: asked * looks,
                    failed: failed * looks,
                    averageResponseMs: 5,
                },
            };
        };
        return { blue: of("blue"), green: of("green") };
    }

    async removeLink(): Promise<void> {
        await this.up.configure(
            files => {
                files.link = undefined;
            },
            false,
            true,
        );
        const { memory } = this.up.world.front;
        if (memory !== undefined) {
            memory.link = undefined;
            await this.up.called();
        }
    }

    /** Requests end by themselves where no new ones come, unless the fault says that they stay open. */
    async open(color: Color, slots?: readonly number[]): Promise<OpenRequests> {
        const { world, faults } = this.up;
        if (slots !== undefined && faults.drain === "good") {
            this.#end(color, slots);
        }
        const open = world.on(color).filter(({ slot, open }) => open && (slots?.includes(slot) ?? true));
        if (open.length > 0 && faults.drain !== "good") {
            this.up.strikes(`drain: ${faults.drain}`);
        }
        const { memory } = world.front;
        const isLinked =
            memory === undefined || hasTraffic({ live: memory.link ?? "none", percent: memory.percent }, color);
        return { requests: open.length, pinnedWorkers: 0, isLinked };
    }

    async cut(color: Color, slots: readonly number[]): Promise<OpenRequests> {
        const open = await this.open(color, slots);
        this.#end(color, slots);
        return open;
    }

    #end(color: Color, slots: readonly number[]): void {
        const reachable = new Set(this.up.world.reached());
        for (const container of this.up.world.on(color)) {
            if (slots.includes(container.slot) && !reachable.has(container)) {
                container.open = false;
            }
        }
    }

    async closeInFile(color: Color): Promise<void> {
        await this.up.configure(files => {
            files.slots[color] = {};
        });
    }
}
