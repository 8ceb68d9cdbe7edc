import { parseRoutes, routeKey, routeValue } from "../../../haproxy/routes";
import type { Color } from "../../../model/Color";
import { isGivingBack } from "../../../model/Intent";
import type { LinkValue } from "../../../model/LinkValue";
import { idleColor } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import type { Route } from "../../../model/Route";
import type { CountersByWorker } from "../../../model/Window";
import type { Backend } from "../../../up/Backend";
import type { Answer, Front, Questions } from "../../../up/Front";
import type { Images } from "../../../up/Images";
import type { Journal } from "../../../up/Journal";
import type { OpenRequests } from "../../../up/OpenRequests";
import type { Phase } from "../../../up/phases";
import type { Routes } from "../../../up/Routes";
import type { Up } from "../../../up/Up";
import { SimulatedBackend } from "./SimulatedBackend";
import { commandOf, SimulatedContainers } from "./SimulatedContainers";
import type { Faults, SimulatedUp } from "./SimulatedUp";
import { isProved } from "./SimulatedWorld";

/** @returns what the procedures of an `up` see and change, in memory. */
export function portsOf(up: SimulatedUp): Up {
    return {
        service: "web",
        containers: new SimulatedContainers(up),
        images: imagesOf(up),
        front: new SimulatedServiceFront(up),
        journal: new SimulatedJournal(up),
        hooks: { run: async () => ({ kind: "passed", text: "passed" }), command: async () => commandOf(up) },
        clock: {
            nowMs: () => up.clock.nowMs,
            // The record's times decide nothing here, and lives are compared with one another.
            hostNow: async () => new Date(0),
            sleep: (ms, wake) => up.scheduler.sleep(ms, wake),
        },
        progress: { status() {}, info() {}, warn() {} },
        look: async () => up.world.seen(),
    };
}

/** The service's images. What keeps one is not simulated: no image goes away by itself here. */
function imagesOf({ world, surroundings }: SimulatedUp): Images {
    return {
        async pull(release) {
            const id = release.imageId ?? release.digest;
            const pulled = !world.images.has(id);
            if (pulled && !surroundings.registry) {
                throw new Error(`${release.image} cannot be pulled`);
            }
            world.images.add(id);
            return { id, pulled };
        },
        keep: async () => {},
        drop: async () => {},
    };
}

class SimulatedRoutes implements Routes {
    constructor(
        private readonly up: SimulatedUp,
        private readonly service: string,
    ) {}

    of(service: string): Routes {
        return new SimulatedRoutes(this.up, service);
    }

    async write(taken: readonly Route[], isGivenUp: (route: Route) => boolean): Promise<void> {
        await this.up.configure(({ routes }) => {
            this.#take(routes, taken);
            this.#giveUp(routes, isGivenUp);
        });
    }

    async tell(taken: readonly Route[]): Promise<void> {
        const { memory } = this.up.world.front;
        if (taken.length > 0 && memory?.link === "none") {
            this.up.broke(`rule 6: requests come to ${this.service}, which is linked to no color`);
        }
        if (memory !== undefined) {
            this.#take(memory.routes, taken);
            await this.up.called();
        }
    }

    async forget(isGivenUp: (route: Route) => boolean): Promise<void> {
        const { memory } = this.up.world.front;
        if (memory !== undefined) {
            this.#giveUp(memory.routes, isGivenUp);
            await this.up.called();
        }
    }

    async lead(): Promise<boolean> {
        return false;
    }

    #take(routes: Record<string, string>, taken: readonly Route[]): void {
        for (const route of taken) {
            routes[routeKey(route)] = routeValue(route, this.service);
        }
    }

    #giveUp(routes: Record<string, string>, isGivenUp: (route: Route) => boolean): void {
        for (const [key, value] of Object.entries(routes)) {
            const [found] = parseRoutes(new Map([[key, value]]));
            if (found?.service === this.service && isGivenUp(found.route)) {
                delete routes[key];
            }
        }
    }
}

class SimulatedJournal implements Journal {
    readonly owner = "us";

    constructor(private readonly up: SimulatedUp) {}

    async forget(): Promise<void> {
        this.up.world.record = emptyRecord("web");
        await this.up.called();
    }

    async take(): Promise<void> {
        this.up.take();
    }

    async enter(phase: Phase): Promise<void> {
        await this.up.enter(phase);
    }

    async recorded(): Promise<ServiceRecord> {
        return this.up.world.record;
    }

    async record(change: (record: ServiceRecord) => ServiceRecord): Promise<ServiceRecord> {
        const { up } = this;
        const before = up.world.record;
        let written = before;
        await up.write(record => {
            written = change(record);
            this.#isAllowed(written);
            noteHistory(up, before, written);
            return written;
        });
        return written;
    }

    /** Rule 5: a release that was judged bad is not tried again by itself. */
    #isAllowed({ intent }: ServiceRecord): void {
        const { world, desired } = this.up;
        if (intent?.kind !== "switch" || intent === world.record.intent || isGivingBack(intent) || intent.verdict) {
            return;
        }
        const { intent: open } = world.record;
        if (open?.kind === "bake" && open.step !== undefined && intent.step !== undefined) {
            this.up.broke(`a canary gets ${intent.percent} % before its ${open.step.weight} % are judged`);
        }
        const { rolledBack } = world.history;
        if (rolledBack.has(intent.release) && rolledBack.get(intent.release) === desired.policy.retryToken) {
            this.up.broke(`rule 5: ${intent.release} was judged bad, and is tried again by itself`);
        }
    }
}

/** Remembers what was judged, by what the record says before and after. */
function noteHistory({ world: { history }, faults }: SimulatedUp, before: ServiceRecord, after: ServiceRecord): void {
    for (const { id, judgedBad } of Object.values(after.releases)) {
        if (judgedBad !== undefined && before.releases[id]?.judgedBad === undefined) {
            history.rolledBack.set(id, judgedBad.retryToken);
        }
    }
    const { intent } = before;
    if (intent?.kind === "switch" && after.intent !== intent && !isGivingBack(intent)) {
        const isConfirmed = after.history.at(-1)?.result === "confirmed";
        if (isConfirmed) {
            history.rolledBack.delete(intent.release);
        }
        const isUnjudged = intent.verdict === undefined && (intent.from === "none" || intent.bakeMs === undefined);
        if (isConfirmed && intent.percent === undefined && isUnjudged) {
            // Nothing is to judge it: it is the first one, was judged before, or the user wants no judgement.
            history.baked.add(intent.release);
        }
    }
    if (intent?.kind === "roll" && after.intent === undefined && after.stable?.release === intent.to) {
        // Nothing judges what came container by container.
        history.baked.add(intent.to);
        history.rolledBack.delete(intent.to);
    }
    if (intent?.kind === "bake" && after.intent !== intent && intent.step === undefined && faults.bake === "good") {
        history.baked.add(intent.release);
    }
}

/** What HAProxy counts of the new release between two looks. */
const counted: Record<Faults["bake"], { asked: number; failed: number }> = {
    good: { asked: 100, failed: 0 },
    bad: { asked: 100, failed: 100 },
    unknown: { asked: 0, failed: 0 },
};

class SimulatedServiceFront implements Front {
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
        await this.up.configure(files => {
            files.link = live;
            files.percent = percent;
        });
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
        return {
            ask: async (listener, _health, color) =>
                listener === "preview" ? this.#answerPreview() : this.#answer(color),
            get: async () => ({ status: 200, headers: {}, body: "" }),
            renew: async () => false,
            end: async () => {},
        };
    }

    #answerPreview(): Answer {
        const { world } = this.up;
        const color = idleColor(world.link);
        const answering = world.on(color).filter(({ slot }) => world.isOpen(color, slot));
        if (answering.length === 0) {
            return { status: 503, good: false, text: "503" };
        }
        for (const container of answering) {
            container.isAnswered = true;
        }
        const release = world.front.memory?.releases[color];
        return { status: 200, color, release, good: true, text: `200 from ${color} (release ${release})` };
    }

    #answer(color?: Color): Answer {
        const { world, faults } = this.up;
        const { link } = world;
        const asked = color ?? (link === "none" ? undefined : link);
        const answers = asked === undefined ? [] : world.reached().filter(container => container.color === asked);
        if (answers[0] === undefined) {
            return { status: 503, good: false, text: "503" };
        }
        if (faults.confirm !== "good") {
            this.up.strikes(`confirm: ${faults.confirm}`);
        }
        if (faults.confirm === "lost") {
            throw new Error("no answer came");
        }
        const { release } = answers[0];
        const good = faults.confirm === "good";
        if (good && this.up.unconfirmed === asked) {
            this.up.unconfirmed = undefined;
        }
        return { status: good ? 200 : 500, color: asked, release, good, text: `answered by ${asked}` };
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
        await this.up.configure(files => {
            files.link = undefined;
        });
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
        return { requests: open.length, pinnedWorkers: 0 };
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
