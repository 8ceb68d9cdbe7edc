import { parseRoutes } from "../../../haproxy/routes";
import type { Color } from "../../../model/Color";
import { placeOf } from "../../../model/Route";
import type { Plan, PlanRow } from "../../../plan/Plan";
import { areBothGood } from "./areBothGood";
import { Broken } from "./Broken";
import { colors } from "./SimulatedFront";
import type { Held } from "./SimulatedHaproxy";
import type { SimulatedWorld } from "./SimulatedWorld";
import { summary } from "./summary";
import { desiredOf, type Wish } from "./Wish";

/** How a service is in the end, when nothing goes wrong any more, and what must hold of that. */
export class Ending {
    constructor(
        private readonly world: SimulatedWorld,
        private readonly wish: Wish,
    ) {}

    /** What is wished is there. @throws {@link Broken} */
    checkWish(made: Plan): void {
        const { world, wish } = this;
        const { live } = world.record.link;
        const { release, routes } = desiredOf(wish);
        const rows: PlanRow[] =
            made.refusal === undefined
                ? ["nothing", "waiting", "pinned"]
                : ["judgedBad", "pinned", "roll", "drift", "canary"];
        if (!rows.includes(made.row)) {
            throw new Broken(`it ends with: ${made.sentence}`);
        }
        if (made.row === "nothing" && (world.front.memory?.failover ?? false) !== this.#failsOver()) {
            throw new Broken(`nothing is left to do, but failover is not what is wished: ${summary(world)}`);
        }
        if (made.row === "nothing") {
            const serving = world.serving();
            const held = this.heldShare();
            const isRight = serving.every(({ release: id }) => (id === release.id) === (held === undefined));
            const isWhole = held === undefined ? serving.length === wish.replicas : this.#isHeldWhole(held);
            const { percent } = world.look();
            if (
                live === "none" ||
                !isRight ||
                !isWhole ||
                percent !== (held ?? 0) ||
                made.link.routes.length !== routes.length
            ) {
                throw new Broken(`nothing is left to do, but this is not what is wished: ${summary(world)}`);
            }
        }
        if (live !== "none" && this.#isOwed(live) && world.serving().length === 0) {
            throw new Broken(`nobody serves in the end: ${made.sentence}`);
        }
    }

    /**
     * Whether somebody is to serve on the color that is live in the end. A repair that failed has given up its containers, so
     * that it stands in no fix's way. Where it holds nothing, somebody has edited both link and record: there is nothing to
     * restore, and what is proved beside it still waits until it is promoted.
     */
    #isOwed(live: Color): boolean {
        const { release, replicas } = this.world.record[live];
        return release !== undefined && replicas > 0;
    }

    /** Whether the idle color is to answer while nobody does on the live one. */
    #failsOver(): boolean {
        return this.wish.failover && areBothGood(this.world);
    }

    /** The share, percent, at which what is wished is held beside another release; undefined where it has all, or is to. */
    heldShare(): number | undefined {
        const { world, wish } = this;
        const { strategy } = wish;
        const { live } = world.record.link;
        const isLive = live !== "none" && world.record[live].release === desiredOf(wish).release.id;
        return strategy.kind !== "canary" || strategy.promotes || isLive ? undefined : (strategy.steps[0]?.weight ?? 0);
    }

    /** A held share is answered by as many containers as its config says. */
    #isHeldWhole(percent: number): boolean {
        const { world, wish } = this;
        const { strategy } = desiredOf(wish).policy;
        const shared = world.reached().filter(({ color }) => color !== world.record.link.live);
        const wanted = strategy.kind === "canary" ? (strategy.steps[0]?.replicas ?? wish.replicas) : 0;
        return percent === 0 || shared.length === wanted;
    }

    /**
     * Whether a place is in HAProxy's memory alone, because an `up` died that was to give it up, and another service is to take
     * it by now. Until then users reach this one by it: who takes it writes both.
     */
    #isLeft(key: string): boolean {
        const { files, memory } = this.world.front;
        const { wanted } = desiredOf(this.wish).places;
        const isOfOther = parseRoutes(new Map([[key, memory?.routes[key] ?? ""]])).some(({ route }) => {
            return wanted[placeOf(route)] !== undefined && wanted[placeOf(route)] !== this.world.service;
        });
        return isOfOther && files.routes[key] === undefined;
    }

    /** Nothing is left behind. @throws {@link Broken} */
    checkLeftovers(isSwept: boolean, isRefused: boolean): void {
        const { world } = this;
        const { record, front, lease } = world;
        const { live } = record.link;
        for (const color of isSwept ? colors : colors.filter(color => color === live)) {
            const { release, replicas } = record[color];
            const ours = world.on(color).filter(({ isForeign }) => !isForeign || isSwept);
            const orphan = ours.find(container => container.release !== release);
            // While what is wished is refused, or waits, so does what an interrupted scaling left.
            if (orphan !== undefined || (ours.length > replicas && !isRefused)) {
                throw new Broken(`${orphan?.name ?? color} is left behind: ${summary(world)}`);
            }
        }
        // While what is wished is refused, the previous color keeps what it is owed, and a canary its share.
        const { intent } = record;
        const isOwed =
            isRefused && (intent?.kind === "leave" || (intent?.kind === "bake" && intent.step !== undefined));
        if ((intent !== undefined && !isOwed) || !lease.free) {
            throw new Broken(`an intent or a lease is left open: ${JSON.stringify([intent, lease])}`);
        }
        const { memory, files } = front;
        if (live !== "none" && !world.isBackground) {
            // Nobody is reached through a slot whose container somebody removed.
            const there = new Set(world.on(live).map(({ slot }) => String(slot)));
            const open = (held = files) =>
                Object.entries(held.slots[live] ?? {})
                    .filter(([slot, admin]) => admin === "ready" && there.has(slot))
                    .map(([slot]) => slot);
            const places = ({ routes }: Pick<Held, "routes"> = { routes: {} }) =>
                Object.entries(routes)
                    .filter(([key]) => !this.#isLeft(key))
                    .sort()
                    .join();
            const same =
                (isRefused || places(files) === places(memory)) &&
                files.link === memory?.link &&
                files.percent === memory?.percent &&
                // A failover that is not wished any more ends with the next `up` that is not refused.
                (files.failover === memory.failover || (isRefused && !this.wish.failover)) &&
                // What an interrupted scaling opened waits too while what is wished is refused.
                (isRefused || open().join() === open(memory).join());
            if (!same || memory?.link !== live) {
                throw new Broken(`HAProxy's files are not its memory: ${JSON.stringify(front.snapshot())}`);
            }
        }
    }
}
