import { canFollow } from "../../../front/softStopped";
import { backendFile } from "../../../haproxy/names";
import type { Color } from "../../../model/Color";
import { LinkValue } from "../../../model/LinkValue";
import { hasTraffic, idleColor } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import type { CountersByWorker } from "../../../model/Window";
import type { Backend } from "../../../up/Backend";
import type { Answer, Front, Questions } from "../../../up/Front";
import type { OpenRequests } from "../../../up/OpenRequests";
import type { Routes } from "../../../up/Routes";
import type { Faults } from "./Faults";
import { SimulatedBackend } from "./SimulatedBackend";
import { type Container, isProved } from "./SimulatedContainer";
import { hasFailover } from "./SimulatedFront";
import type { Held, SoftStopped } from "./SimulatedHaproxy";
import { SimulatedQuestions } from "./SimulatedQuestions";
import { SimulatedRoutes } from "./SimulatedRoutes";
import type { SimulatedUp } from "./SimulatedUp";
import { withFault } from "./withFault";

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
        this.routes = withFault(up, "routes", new SimulatedRoutes(up, up.world.service));
    }

    backend(color: Color): Backend {
        return withFault(this.up, "backend", new SimulatedBackend(this.up, color));
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

    /** It is not a TCP service. */
    async listens(): Promise<boolean> {
        return true;
    }

    /** Everybody may ask the service. */
    async guards(): Promise<boolean> {
        return true;
    }

    async writeLink({ live, percent, failover }: LinkValue): Promise<void> {
        await this.up.configure(
            files => {
                files.link = live;
                files.percent = percent;
                files.failover = failover;
            },
            false,
            this.up.world.service,
        );
    }

    async tellLink(link: LinkValue, mayGo?: (seen: ObservedService) => boolean): Promise<boolean> {
        const { up } = this;
        const { world } = up;
        const { memory } = world.front;
        if (mayGo !== undefined && !mayGo(world.look())) {
            return false;
        }
        if (memory !== undefined) {
            up.guard();
            const before = this.#counted();
            memory.link = link.live;
            memory.percent = link.percent;
            memory.failover = link.failover;
            up.unconfirmed = this.#gaining(link);
            this.#tellOld(link);
            this.#isSound(link, before);
            await up.called();
        }
        return true;
    }

    /** The workers that a reload has replaced follow the link where their own slots lead to the containers. */
    #tellOld(link: LinkValue): void {
        const { live, percent, failover } = link;
        for (const { held } of this.#able(link)) {
            held.link = live;
            held.percent = percent;
            held.failover = failover;
        }
    }

    #able(link: LinkValue): { held: Held }[] {
        const { world } = this.up;
        const read = world.read();
        const [, ...old] = read.front?.workers ?? [];
        return world.front.old.filter((_, index) => canFollow(old[index]!, read, world.service, link));
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
        const isFailover = world.front.memory !== undefined && hasFailover(world.front.memory);
        return isOurs || isFailover ? world.reached() : world.serving();
    }

    /** Rules 3 and 6, right after the link has moved. */
    #isSound({ live, percent }: LinkValue, before: readonly Container[]): void {
        const after = this.up.world.reached();
        // A copy that somebody put exactly into the place of one of ours is as good as that. What somebody has led users to
        // before has them already.
        const unproved = after.find(one => !isProved(one) && !one.isForeign && !before.includes(one));
        if (unproved !== undefined) {
            this.up.broke(`rule 3: the link points to ${unproved.name}, which was never proved`);
        }
        if (live === "none" && this.up.world.routes().length > 0) {
            this.up.broke("rule 6: the link goes while requests still come to the service");
        }
        if (live !== "none" && after.length === 0 && before.length > 0) {
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
        return withFault(this.up, "questions", new SimulatedQuestions(this.up));
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
            this.up.world.service,
        );
        const { memory } = this.up.world.front;
        if (memory !== undefined) {
            this.up.guard();
            for (const { held } of [{ held: memory }, ...this.#able(LinkValue.none())]) {
                held.link = undefined;
            }
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
            memory === undefined ||
            hasFailover(memory) ||
            hasTraffic({ live: memory.link ?? "none", percent: memory.percent }, color);
        return { requests: open.length, pinnedWorkers: this.#pinned(color).length, isLinked };
    }

    async cut(color: Color, slots: readonly number[]): Promise<OpenRequests> {
        const open = await this.open(color, slots);
        const pinned = this.#pinned(color);
        const { haproxy } = this.up.world.host;
        haproxy.old = haproxy.old.filter(worker => !pinned.includes(worker));
        this.#end(color, slots);
        return open;
    }

    #pinned(color: Color): SoftStopped[] {
        const isPinned = ({ held }: { held: Held }) =>
            hasFailover(held) || hasTraffic({ live: held.link ?? "none", percent: held.percent }, color);
        return this.up.world.front.old.filter(isPinned).map(({ worker }) => worker);
    }

    #end(color: Color, slots: readonly number[]): void {
        const reachable = new Set([...this.up.world.reached(), ...this.up.world.reachedByOld()]);
        for (const container of this.up.world.on(color)) {
            if (slots.includes(container.slot) && !reachable.has(container)) {
                container.open = false;
            }
        }
    }

    async closeInFile(color: Color): Promise<void> {
        await this.up.configure(
            files => {
                files.slots[color] = {};
            },
            false,
            backendFile(this.up.world.service, color),
        );
    }
}
