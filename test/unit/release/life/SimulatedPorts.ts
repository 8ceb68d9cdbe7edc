import type { Color } from "../../../../model/Color";
import { isGivingBack } from "../../../../model/Intent";
import type { LinkValue } from "../../../../model/LinkValue";
import type { ObservedService } from "../../../../model/ObservedService";
import type { ServiceRecord } from "../../../../model/Record";
import type { CountersByWorker } from "../../../../model/Window";
import type { Containers } from "../../../../up/Containers";
import type { Answer, Front, Questions } from "../../../../up/Front";
import type { Journal } from "../../../../up/Journal";
import type { Phase } from "../../../../up/phases";
import type { Seen } from "../../../../up/Seen";
import type { Up } from "../../../../up/Up";
import type { Faults, SimulatedUp } from "./SimulatedUp";

/** @returns what the procedures of an `up` see and change, in memory. */
export function portsOf(up: SimulatedUp): Up {
    return {
        service: "web",
        containers: {} as Containers,
        drain: notSimulated,
        front: new SimulatedServiceFront(up),
        journal: new SimulatedJournal(up),
        hooks: { run: async () => ({ kind: "passed", text: "passed" }) },
        clock: {
            nowMs: () => up.clock.nowMs,
            // The record's times decide nothing here, and lives are compared with one another.
            hostNow: async () => new Date(0),
            sleep: ms => up.scheduler.sleep(ms),
        },
        progress: { status() {}, info() {}, warn() {} },
        look: async () => seenBy(up),
    };
}

function notSimulated(): never {
    throw new Error("not simulated yet");
}

function seenBy({ world }: SimulatedUp): Seen {
    const service = world.look();
    return {
        service,
        record: world.record,
        containers: { blue: [], green: [] },
        isFrontRunning: true,
    };
}

class SimulatedJournal implements Journal {
    readonly owner = "us";

    constructor(private readonly up: SimulatedUp) {}

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

    constructor(private readonly up: SimulatedUp) {}

    backend = notSimulated;
    askContainer = notSimulated;

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
            this.#isSound(link, before.length);
            await up.called();
        }
        return true;
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
        const unproved = after.find(({ proved, isForeign }) => !proved && !isForeign);
        if (unproved !== undefined) {
            this.up.broke(`rule 3: the link points to ${unproved.name}, which was never proved`);
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
            ask: async (_listener, _health, color) => this.#answer(color),
            get: async () => ({ status: 200, headers: {}, body: "" }),
            renew: async () => false,
            end: async () => {},
        };
    }

    #answer(color?: Color): Answer {
        const { world, faults } = this.up;
        const { link } = world;
        const asked = color ?? (link === "none" ? undefined : link);
        const answers = asked === undefined ? [] : world.reached().filter(container => container.color === asked);
        if (answers[0] === undefined) {
            return { status: 503, good: false, text: "503" };
        }
        if (faults.confirm === "lost") {
            throw new Error("no answer came");
        }
        const { release } = answers[0];
        const good = faults.confirm === "good";
        return { status: good ? 200 : 500, color: asked, release, good, text: `answered by ${asked}` };
    }

    async counters(): Promise<Record<Color, CountersByWorker>> {
        const { world, faults } = this.up;
        const looks = this.#looks++;
        const of = (color: Color): CountersByWorker => {
            const { intent } = world.record;
            const isJudged = intent?.kind === "bake" && intent.color === color;
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
}
