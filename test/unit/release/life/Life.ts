import type { Color } from "../../../../model/Color";
import { hasTraffic } from "../../../../model/Live";
import { routeText } from "../../../../model/Route";
import { type Plan, type PlanRow, planRows } from "../../../../plan/Plan";
import { PlanOutdated } from "../../../../up/PlanOutdated";
import { type Phase, phases } from "../../../../up/phases";
import { actsOf } from "../../plan/support";
import { type Edit, edits, type Restart, restarts } from "./byHand";
import { destroy } from "./destroy";
import { colors } from "./SimulatedFront";
import { type Faults, noFaults, SimulatedUp, type Step } from "./SimulatedUp";
import { Broken, SimulatedWorld } from "./SimulatedWorld";
import { desiredOf, type Event, firstWish, type Race, type Up, type Wish } from "./wishes";

/** What becomes of a canary. */
const canaryTurns = [
    "held",
    "promoted",
    "grown",
    "given back",
    "judged bad",
    "finished",
    "taken back",
    "judged on",
] as const;

function turnsOf({ made, before, faults }: SimulatedUp, end: End): (typeof canaryTurns)[number][] {
    const { recovery, link } = made;
    const isWalking = (link.walk?.steps.length ?? 0) > 0;
    const isDone = end === "done";
    const turns = {
        held: isDone && isWalking && link.live === before.live,
        promoted: isDone && isWalking && link.live !== before.live,
        grown: isDone && (made.blue.deployed ?? made.green.deployed) !== undefined,
        "given back": isDone && recovery?.kind === "withdraw",
        "judged bad": end === "failed" && isWalking && faults.bake === "bad",
        finished: isDone && recovery?.kind === "finish" && recovery.percent !== undefined,
        "taken back": isDone && recovery?.kind === "undo" && link.walk !== undefined,
        "judged on": isDone && recovery?.kind === "bake" && recovery.percent !== undefined,
    };
    return canaryTurns.filter(turn => turns[turn]);
}

/** How often everything came up, so that the lives cannot silently pass by it. */
export class Coverage {
    readonly rows = counter(planRows);
    readonly deaths = counter(phases);
    readonly edits = counter(Object.keys(edits) as Edit[]);
    readonly restarts = counter(Object.keys(restarts) as Restart[]);
    readonly races = counter(["refused", "takes over"] as const);
    readonly canaries = counter(canaryTurns);
}

function counter<T extends string>(names: readonly T[]): Record<T, number> {
    return Object.fromEntries(names.map(name => [name, 0])) as Record<T, number>;
}

type End = "done" | "died" | "failed";

/** How many `up`s with the same wish it may take until nothing is left to do. */
const mostUps = 5;

/** One life of a service, and what must hold all through it (DESIGN section 6). */
export class Life {
    world = new SimulatedWorld();
    wish: Wish = firstWish;

    constructor(private readonly coverage: Coverage) {}

    async take(event: Event): Promise<void> {
        switch (event.is) {
            case "change":
                this.wish = { ...this.wish, ...event.change };
                return;
            case "edit":
                if (edits[event.what](this.world, event.which)) {
                    this.coverage.edits[event.what]++;
                }
                if (event.what === "record lost") {
                    this.world.history.rolledBack.clear();
                    this.world.history.promotions.clear();
                }
                return;
            case "restart":
                if (restarts[event.what](this.world)) {
                    this.coverage.restarts[event.what]++;
                }
                return;
            case "up":
                return this.#up(event);
            case "race":
                return this.#race(event);
        }
    }

    #begin(world: SimulatedWorld, faults: Faults, wish = this.wish): SimulatedUp {
        const desired = desiredOf(wish);
        const image = desired.release.digest;
        const isHeld = [world.record.blue, world.record.green].some(({ release = "" }) => {
            return world.record.releases[release]?.image === desired.release.image;
        });
        const isMissing = !wish.registry && !world.images.has(image) && !isHeld;
        const imageProblem = isMissing ? `${desired.release.image} cannot be had` : undefined;
        const up = new SimulatedUp(world, { ...desired, imageProblem }, faults, wish);
        this.#touchesNoLiveColor(up);
        this.#keepsItsPromotion(up);
        return up;
    }

    async #up({ change, faults, diesAfter, diesAt, diesAgainAfter, meanwhile, goesOn }: Up): Promise<void> {
        this.wish = { ...this.wish, ...change };
        const before = this.world.clone();
        const up = this.#begin(this.world, faults);
        this.coverage.rows[up.made.row]++;
        const end = await this.#run(up, { diesAfter, diesAt, meanwhile });
        for (const turn of turnsOf(up, end)) {
            this.coverage.canaries[turn]++;
        }
        if (up.disturbed) {
            return;
        }
        if (end === "done") {
            await this.#nothingIsLeft(up);
        } else if (end === "died") {
            await this.#isPutRight(before, goesOn ? this.world.clone() : this.world, up, diesAgainAfter);
        }
    }

    /** Runs an `up` to its end, or until it dies, and looks at the rules behind each step. */
    async #run(
        up: SimulatedUp,
        {
            diesAfter = Number.POSITIVE_INFINITY,
            diesAt,
            meanwhile,
            until,
        }: {
            /** A number of steps, or a phase, behind which it dies. */
            diesAfter?: number;
            diesAt?: Phase;
            meanwhile?: { after: number; what: Restart };
            /** Runs only to so many phases. */
            until?: number;
        },
        scheduler = up.scheduler.start(() => up.run()),
    ): Promise<End> {
        const { world, made } = up;
        const isRefused =
            made.refusal !== undefined && made.recovery === undefined && !made.blue.act && !made.green.act;
        const snapshot = isRefused && world.front.memory !== undefined ? world.snapshot() : undefined;
        let floor = this.#floor(up);
        let isAnswered = this.#isPublic(world) && world.answering().length > 0;
        let phase = 0;
        for (let step = 0; ; step++) {
            if (meanwhile?.after === step) {
                if (restarts[meanwhile.what](world)) {
                    this.coverage.restarts[meanwhile.what]++;
                }
                up.disturbed = true;
                floor = Math.min(floor, world.serving().length);
                isAnswered &&= world.answering().length > 0;
            }
            world.tick();
            const stand = await scheduler.next();
            if (up.broken !== undefined) {
                throw up.broken;
            }
            if (stand.is === "failed" && isDefect(stand.error, up)) {
                throw stand.error;
            }
            this.#owesNoCapacity(world, floor, made);
            if (stand.is !== "waiting" && scheduler.waiting > 0) {
                throw new Broken(`an up ends while calls of its are under way: ${made.sentence}`);
            }
            if (stand.is === "failed") {
                if (snapshot !== undefined && !up.disturbed && world.snapshot() !== snapshot) {
                    throw new Broken(`a refusal changes nothing: ${made.sentence}`);
                }
                return "failed";
            }
            if (isAnswered && !up.disturbed && world.answering().length === 0) {
                throw new Broken(`rule 6: nobody answers users any more: ${made.sentence}`);
            }
            this.#notePromotions(world);
            if (stand.is === "done") {
                return "done";
            }
            const { step: at } = stand;
            const isPhase = at !== "call" && at !== "sleep";
            if (until !== undefined && isPhase && ++phase > until) {
                return "died";
            }
            if (step >= diesAfter || at === diesAt) {
                this.#dies(up, at);
                return "died";
            }
        }
    }

    #dies({ world, scheduler }: SimulatedUp, at: Step | "sleep"): void {
        scheduler.kill();
        world.lease.free = true;
        if (at !== "call" && at !== "sleep") {
            this.coverage.deaths[at]++;
        }
    }

    /** Whether somebody must answer all through it where somebody does: not before the first link is confirmed. */
    #isPublic({ record }: SimulatedWorld): boolean {
        return record.link.live !== "none";
    }

    /** How many containers must serve all through it (rules 1 and 6). */
    #floor({ world, desired, made }: SimulatedUp): number {
        const { record } = world;
        const { intent, link } = record;
        // Before its first link is confirmed, a service has no public to serve.
        const serving = link.live === "none" ? 0 : world.serving().length;
        const counts = [serving, desired.replicas];
        const isJudged = link.live !== "none" && record.releases[record[link.live].release ?? ""]?.linked === true;
        // A rollback goes to the full capacity of what is gone back to, which may be less than the config asks for now.
        if (intent !== undefined || !isJudged || made.row === "repair") {
            counts.push(
                ...[record.blue, record.green].filter(({ release }) => release).map(({ replicas }) => replicas),
            );
        }
        if (intent?.kind === "roll") {
            counts.push(intent.replicas);
        }
        if (link.live !== "none") {
            // What an interrupted scaling has left beyond that number is nothing to count on.
            counts.push(record[link.live].replicas);
        }
        const least = Math.min(...counts);
        const rolls = [made.blue.roll, made.green.roll].find(roll => roll?.order === "stopFirst");
        const step = typeof rolls?.step === "number" ? rolls.step : 2;
        return rolls === undefined ? least : Math.min(least, Math.max(1, least - step));
    }

    #owesNoCapacity(world: SimulatedWorld, floor: number, { sentence }: Plan): void {
        const serving = world.serving().length;
        if (serving < floor) {
            throw new Broken(`rule 1: ${serving} serve, ${floor} are owed: ${sentence}`);
        }
    }

    /** A plan touches a color that has users to scale it in place, to repair it, to roll, or not at all. */
    #touchesNoLiveColor({ world, made, desired }: SimulatedUp): void {
        const { link, intent } = world.record;
        const { live, percent = 0 } = made.recovery ?? link;
        for (const color of intent === undefined ? colors : []) {
            const { act, roll, release } = made[color];
            const isReplaced = act && roll === undefined && release?.id !== world.record[color].release;
            if (isReplaced && hasTraffic({ live, percent }, color)) {
                throw new Broken(`a color with users gets another release: ${made.sentence}`);
            }
            const { replicas, deployed = replicas } = made[color];
            const isOnTheWay = live !== color && percent > 0 && made.link.live === color;
            if (isOnTheWay && deployed < Math.min(world.record[color].replicas, desired.replicas)) {
                throw new Broken(`a step takes containers from a color with users: ${made.sentence}`);
            }
        }
    }

    /** A promotion that was begun and not finished goes on under its number. A release that is only kept has none. */
    #keepsItsPromotion({ world, made, desired }: SimulatedUp): void {
        const { intent, releases, blue, green } = world.record;
        const { id = "" } = desired.release;
        // A rolling release that is being taken back is over: should it be wanted again, that is another promotion.
        const isOver = intent?.kind === "roll" && intent.to !== id;
        const isHeld = [blue.release, green.release, intent?.kind === "roll" ? intent.to : undefined].includes(id);
        const begun = isHeld && !isOver ? releases[id] : undefined;
        if (made.promotion !== undefined && begun !== undefined && made.promotion !== begun.promotion) {
            throw new Broken(`promotion ${begun.promotion} becomes ${made.promotion}: ${made.sentence}`);
        }
    }

    #notePromotions({ record, history: { promotions } }: SimulatedWorld): void {
        for (const { id, promotion } of Object.values(record.releases)) {
            const known = promotions.get(promotion) ?? id;
            if (known !== id) {
                throw new Broken(`promotion ${promotion} is of ${known} and of ${id}`);
            }
            promotions.set(promotion, id);
        }
    }

    /** Rule 8: a repeated `up` makes no mutating call. A repair is the whole plan of its `up`, and so is settling a roll. */
    async #nothingIsLeft({ made, faults }: SimulatedUp): Promise<void> {
        if (faults.cleanUp) {
            return; // what could not be stopped is owed to the next up
        }
        const isAll =
            made.row === "repair" || (made.row === "recovery" && (made.blue.roll ?? made.green.roll) !== undefined);
        const again = this.#begin(this.world, noFaults);
        const acts = actsOf(again.made);
        if (!isAll && (acts.length > 0 || again.made.refusal !== undefined)) {
            throw new Broken(`rule 8: after "${made.sentence}" comes "${again.made.sentence}"`);
        }
        await this.#makesNoCall(again);
    }

    async #makesNoCall(up: SimulatedUp): Promise<void> {
        if (actsOf(up.made).length > 0) {
            return;
        }
        const snapshot = this.world.snapshot();
        await this.#run(up, {});
        if (this.world.snapshot() !== snapshot) {
            throw new Broken(`rule 8: nothing was planned, but something was done: ${up.made.sentence}`);
        }
    }

    /**
     * Rule 7: whatever it died behind, and be it twice, it ends as one that did not die: as one that succeeded, or, where
     * it had failed by then, as one that failed.
     */
    async #isPutRight(
        before: SimulatedWorld,
        after: SimulatedWorld,
        up: SimulatedUp,
        diesAgainAfter: number | undefined,
    ): Promise<void> {
        if (diesAgainAfter !== undefined) {
            await this.#run(this.#begin(after, noFaults), { diesAfter: diesAgainAfter });
        }
        const failed = before.clone();
        const unbroken = await this.#settle(before);
        const broken = await this.#settle(after);
        if (broken > unbroken + 1) {
            throw new Broken(`rule 7: it takes ${broken} ups after an interruption, and ${unbroken} without one`);
        }
        const end = summary(after);
        // Where the user goes back meanwhile, or somebody has changed something, nobody judges what was left.
        const isLeft = up.made.recovery !== undefined || up.made.row === "repair";
        const unjudged = (world: SimulatedWorld) => summary(world, !isLeft);
        if (unjudged(after) === unjudged(before)) {
            return;
        }
        await this.#run(this.#begin(failed, up.faults), {});
        await this.#settle(failed);
        if (end !== summary(failed)) {
            const [one, other] = [summary(before), summary(failed)];
            throw new Broken(
                `rule 7: after "${up.made.sentence}" was interrupted it ends as\n${end}\ninstead of\n${one}\nor\n${other}`,
            );
        }
    }

    /** Runs `up`s until there is nothing to do or nothing can be done. @returns how many it took. */
    async #settle(world: SimulatedWorld): Promise<number> {
        const wish = { ...this.wish, registry: true };
        for (let ups = 0; ups < mostUps; ups++) {
            const up = this.#begin(world, noFaults, wish);
            this.coverage.rows[up.made.row]++;
            const { made } = up;
            const acts = actsOf(made).filter(act => made.refusal === undefined || !act.startsWith("link"));
            if (acts.length === 0 && made.recovery === undefined) {
                await this.#run(up, {});
                return ups;
            }
            await this.#run(up, {});
        }
        throw new Broken(
            `it does not come to rest within ${mostUps} ups: ${this.#begin(world, noFaults, wish).made.sentence}`,
        );
    }

    /** Two `up`s at once: the second is refused, or it takes over and the first one can write nothing more. */
    async #race({ faults, phases, early, expired, change, dies }: Race): Promise<void> {
        const { world } = this;
        const wish = { ...this.wish, ...change };
        const first = this.#begin(world, faults);
        const planned = early ? this.#begin(world, noFaults, wish) : undefined;
        const scheduler = first.scheduler.start(() => first.run());
        if ((await this.#run(first, { until: phases }, scheduler)) !== "died") {
            return;
        }
        const second = planned ?? this.#begin(world, noFaults, wish);
        first.disturbed = true;
        second.disturbed = true;
        const isHeld = world.lease.holder === first.self;
        world.lease.free = expired || !isHeld;
        const snapshot = world.snapshot();
        const end = await this.#run(second, { diesAfter: dies });
        if (isHeld && !expired) {
            if (world.snapshot() !== snapshot) {
                throw new Broken("two ups write at the same time");
            }
            this.coverage.races.refused += end === "failed" ? 1 : 0;
        }
        const isTaken = world.lease.holder !== first.self && isHeld;
        const after = world.snapshot();
        const rest = await this.#run(first, {}, scheduler);
        if (isTaken) {
            this.coverage.races["takes over"]++;
            if (rest !== "failed" || world.snapshot() !== after) {
                throw new Broken("an up goes on although another one has taken over");
            }
        }
    }

    /** In the end: with `repair` and nothing that goes wrong, it comes to what is wished, and leaves nothing behind. */
    async end(diesAfter: number[]): Promise<void> {
        this.wish = { ...this.wish, driftPolicy: "repair", registry: true };
        const { world } = this;
        await this.#settle(world);
        let { made } = this.#begin(world, noFaults);
        if (made.row === "drift" && world.copy !== undefined) {
            world.record = { ...world.copy, serial: world.record.serial };
            await this.#settle(world);
            ({ made } = this.#begin(world, noFaults));
        }
        if (made.row === "drift") {
            // What the message says: docker rm -f.
            world.containers = world.containers.filter(({ isForeign }) => !isForeign);
            await this.#settle(world);
            ({ made } = this.#begin(world, noFaults));
        }
        this.#isAsWished(made);
        this.#hasNoOrphan(
            false,
            made.refusal !== undefined || made.row === "waiting" || this.#heldShare() !== undefined,
        );
        await this.#makesNoCall(this.#begin(world, noFaults));
        if (made.row === "nothing" && diesAfter.length === 0) {
            // What was left on the idle color goes with its next release.
            for (const version of ["C", "B"] as const) {
                this.wish = { ...firstWish, version, retryToken: "the end" };
                await this.#settle(world);
            }
            this.#hasNoOrphan(true, false);
        }
        await this.#isDestroyed(diesAfter);
    }

    #isAsWished(made: Plan): void {
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
        if (made.row === "nothing") {
            const serving = world.serving();
            const held = this.#heldShare();
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

    /** The share, percent, at which what is wished is held beside another release; undefined where it has all, or is to. */
    #heldShare(): number | undefined {
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

    #hasNoOrphan(isSwept: boolean, isRefused: boolean): void {
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
        if (live !== "none") {
            // Nobody is reached through a slot whose container somebody removed.
            const there = new Set(world.on(live).map(({ slot }) => String(slot)));
            const open = (held = files) =>
                Object.entries(held.slots[live] ?? {})
                    .filter(([slot, admin]) => admin === "ready" && there.has(slot))
                    .map(([slot]) => slot);
            const same =
                files.link === memory?.link &&
                files.percent === memory?.percent &&
                // What an interrupted scaling opened waits too while what is wished is refused.
                (isRefused || open().join() === open(memory).join());
            if (!same || memory?.link !== live) {
                throw new Broken(`HAProxy's files are not its memory: ${JSON.stringify(front)}`);
            }
        }
    }

    /** `destroy` comes to its end, however often it dies on the way, and nothing is left. */
    async #isDestroyed(deaths: number[]): Promise<void> {
        const { world } = this;
        for (const diesAfter of [...deaths, Number.POSITIVE_INFINITY]) {
            const up = new SimulatedUp(world, desiredOf(this.wish), noFaults, this.wish);
            up.scheduler.start(() => destroy(up));
            for (let step = 0; ; step++) {
                const stand = await up.scheduler.next();
                if (stand.is === "failed") {
                    throw stand.error;
                }
                if (stand.is === "done") {
                    break;
                }
                if (step >= diesAfter) {
                    this.#dies(up, stand.step);
                    break;
                }
            }
        }
        const { containers, record, front, lease } = world;
        const { slots, routes, link } = front.files;
        const left = [...containers.map(({ name }) => name), ...Object.keys(routes), ...Object.keys(record.releases)];
        if (left.length > 0 || slots.blue || slots.green || link !== undefined || lease.holder !== undefined) {
            throw new Broken(`destroy leaves behind: ${left.join(", ")} ${JSON.stringify([front, lease])}`);
        }
    }
}

/** Whether an `up` ends in a way that no `up` may: by a defect of the code, or because its own plan does not hold. */
function isDefect(error: unknown, { disturbed }: SimulatedUp): boolean {
    const isPlannedWrong = error instanceof PlanOutdated && !disturbed;
    const isOfCode = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
    return isPlannedWrong || isOfCode || error instanceof Broken;
}

/** All that matters of how it ended, with or without how far its release is judged. */
function summary(world: SimulatedWorld, isJudged = true): string {
    const { name: _, blue, green, generation: _generation, hooks: _hooks, lost: _lost, ...service } = world.observe();
    const color = ({ release, replicas, running, ready, strays }: typeof blue) => {
        const { id, proved, linked, promotion } = release ?? {};
        return {
            id,
            proved,
            ...(isJudged ? { linked } : {}),
            promotion,
            replicas,
            running,
            ready,
            strays: strays.length,
        };
    };
    const routes = service.routes.map(routeText).sort();
    const intent = isJudged || service.intent?.kind !== "bake" ? service.intent : undefined;
    const text = JSON.stringify({ ...service, intent, routes, blue: color(blue), green: color(green) });
    // What was linked was proved once, and is proved again before it is linked anew.
    return text.replace(/"proved":false,"linked":true/g, '"proved":true,"linked":true');
}
