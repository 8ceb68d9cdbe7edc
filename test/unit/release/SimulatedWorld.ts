import { LinkValue } from "../../../haproxy/LinkValue";
import { routeKey, routeValue } from "../../../haproxy/routes";
import { observedService, type World } from "../../../providers/observe";
import { emptyRecord, prune, type ServiceRecord } from "../../../providers/Record";
import {
    type Farewell,
    farewellOf,
    hasTraffic,
    type Intent,
    idleColor,
    type Live,
    nextOf,
    type ObservedService,
} from "../../../release/Observed";
import { type Desired, type Plan, plan } from "../../../release/plan";
import type { RecordedRelease } from "../../../release/Release";
import { settle } from "../../../release/settle";
import type { Color } from "../../../settings/Settings";

/** What goes wrong in one `up`. */
export interface Faults {
    /** Containers that have to be proved are not healthy. */
    proof: boolean;
    /** What the confirming request finds after the switch. */
    confirm: "good" | "wrong" | "lost";
    /** What comes of the judgement of a new release that is live. */
    bake: "good" | "bad" | "unknown";
}

type Switch = Extract<Intent, { kind: "switch" }>;

/** The release failed as a release can; an invariant that breaks is a plain Error. */
export class ReleaseFailed extends Error {}

interface Container {
    color: Color;
    slot: number;
    release: string;
    running: boolean;
    /** Its slot takes traffic. */
    admitted: boolean;
}

/**
 * One service in Docker, HAProxy and the record, simulated: plans are carried out as the providers do it, call by call.
 * Each `yield` stands behind one call that changed something: where the world stops when the `up` dies there.
 */
export class SimulatedWorld {
    record: ServiceRecord = emptyRecord("web");
    /** The link in HAProxy's memory, and the share of the color that it does not name. */
    link: Live = "none";
    percent = 0;
    containers: Container[] = [];

    clone(): SimulatedWorld {
        return Object.assign(new SimulatedWorld(), structuredClone({ ...this }));
    }

    /** Through the same eyes as the program. */
    observe(): ObservedService {
        const servers = (color: Color) =>
            new Map(
                this.#on(color).map(({ slot, running, admitted }) => [
                    slot,
                    { up: running, admin: admitted ? "ready" : "maint" },
                ]),
            );
        const world = {
            containers: this.containers.map(({ color, slot, release, running }) => ({
                name: `web-${color}-${slot}`,
                state: running ? "running" : "exited",
                status: running ? "running" : "exited with code 0",
                restartPolicy: this.record.releases[release]?.settings.restart,
                labels: {
                    "relink.service": "web",
                    "relink.color": color,
                    "relink.slot": String(slot),
                    "relink.release": release,
                },
            })),
            generations: [],
            records: { services: new Map([["web", this.record]]) },
            front: {
                workers: [
                    {
                        old: false,
                        releases: new Map(
                            (["blue", "green"] as const).map(color => [`web-${color}`, this.record[color].release]),
                        ),
                        routes: new Map(this.record.routes.map(route => [routeKey(route), routeValue(route, "web")])),
                        links: new Map([["web", this.link === "none" ? LinkValue.none() : this.#linkValue(this.link)]]),
                        backends: new Map([
                            ["web-blue", { servers: servers("blue") }],
                            ["web-green", { servers: servers("green") }],
                        ]),
                    },
                ],
            },
        };
        return observedService(world as unknown as World, "web");
    }

    #linkValue(live: Color): LinkValue {
        return LinkValue.to(live).withPercent(this.percent);
    }

    /** Users' requests go there. */
    takesTraffic(color: Color): boolean {
        return hasTraffic({ live: this.link, percent: this.percent }, color);
    }

    /** Containers that answer users now. */
    serving(): number {
        if (this.link === "none") {
            return 0;
        }
        if (this.percent > 0 && this.#serving(idleColor(this.link)).length === 0) {
            throw new Error(`a canary has users and nobody to answer them: ${JSON.stringify(this.summary())}`);
        }
        return this.#serving(this.link).length;
    }

    /** All that matters of how it ended. */
    summary(): unknown {
        const { blue, green, ...service } = this.observe();
        const color = ({ release, replicas, running, ready, strays }: typeof blue) => ({
            ...{
                release: release?.id,
                proved: release?.proved,
                linked: release?.linked,
                promotion: release?.promotion,
            },
            ...{ replicas, running, ready, strays },
        });
        return { ...service, blue: color(blue), green: color(green) };
    }

    /** Carries a plan out: the target's deployment, then the link. */
    *carryOut(made: Plan, desired: Desired, faults: Faults): Generator<void, void> {
        for (const color of ["blue", "green"] as const) {
            if (made[color].act) {
                yield* this.#deploy(color, made, desired.policy.retryToken, faults);
            }
        }
        if (made.link.act) {
            yield* this.#relink(made, desired, faults);
        }
    }

    *#deploy(color: Color, made: Plan, retryToken: string | undefined, faults: Faults): Generator<void, void> {
        yield* this.#recover(made, retryToken, faults);
        const { release, replicas } = made[color] as unknown as { release: RecordedRelease; replicas: number };
        const live = this.takesTraffic(color);
        if (live && this.record[color].release !== release.id) {
            throw new Error(`a color with users gets another release: ${JSON.stringify(this.summary())}`);
        }
        const proved = this.record.releases[release.id]?.proved ?? false;
        const keep = this.#on(color).filter(
            container =>
                container.release === release.id && container.slot <= replicas && (container.running || proved),
        );
        const discard = this.#on(color).filter(container => !keep.includes(container));
        const serving = live ? keep.filter(({ running, admitted }) => running && admitted) : [];
        this.#write(record => {
            const known = record.releases[release.id];
            const promotion = made.promotion ?? known?.promotion ?? 0;
            const isHeld = record[color].release === release.id;
            return {
                ...record,
                [color]: live
                    ? { ...record[color], replicas: Math.min(record[color].replicas, replicas, serving.length) }
                    : { release: release.id, replicas },
                releases: {
                    ...record.releases,
                    [release.id]: known
                        ? { ...known, promotion, linked: known.linked && isHeld }
                        : { ...release, proved: false, linked: false, promotion, judgedBad: undefined },
                },
                promotions: Math.max(record.promotions, made.promotion ?? 0),
            };
        });
        yield;
        for (const container of discard) {
            container.admitted = false;
            yield;
        }
        for (const container of discard) {
            this.#remove(container);
            yield;
        }
        for (const container of keep.filter(kept => !serving.includes(kept))) {
            container.admitted = false;
        }
        for (let slot = 1; slot <= replicas; slot++) {
            const kept = keep.find(container => container.slot === slot);
            if (kept === undefined) {
                this.containers.push({ color, slot, release: release.id, running: true, admitted: false });
                yield;
            } else if (!kept.running) {
                kept.running = true;
                yield;
            }
        }
        const unproved = this.#on(color).filter(container => !serving.includes(container));
        if (faults.proof && unproved.length > 0) {
            for (const container of unproved) {
                container.running = false;
                yield;
            }
            if (live) {
                unproved.forEach(container => void this.#remove(container));
            }
            throw new ReleaseFailed("the proof failed");
        }
        for (const container of unproved) {
            container.admitted = true;
            yield;
        }
        this.#write(record => ({
            ...record,
            intent: record.intent?.kind === "leave" && record.intent.color === color ? undefined : record.intent,
            [color]: { ...record[color], replicas },
            releases: { ...record.releases, [release.id]: { ...record.releases[release.id]!, proved: true } },
        }));
        yield;
    }

    *#relink(made: Plan, desired: Desired, faults: Faults): Generator<void, void> {
        const { previousColor, retryToken } = desired.policy;
        const farewell = previousColor === "keep" ? undefined : previousColor;
        yield* this.#recover(made, retryToken, faults);
        if (made.refusal !== undefined) {
            throw new ReleaseFailed(made.refusal);
        }
        const from = this.link;
        const to = made.link.live;
        const { walk } = made.link;
        const target = walk?.color ?? to;
        if (to !== "none" && target !== "none" && target !== from) {
            const { release, ready } = this.observe()[target];
            if (release?.id !== made.link.expect || !release?.proved || ready < made[target].replicas) {
                throw new Error(`the plan links to ${target} on hope: ${JSON.stringify(this.summary())}`);
            }
            for (const step of walk?.steps ?? []) {
                const share = { percent: step.weight, step };
                yield* this.#switch(from as Color, release.id, share, retryToken, faults);
                yield* this.#bake(retryToken, faults);
            }
            if (to === target) {
                const bakeMs = release.linked ? undefined : desired.policy.bakeTimeMs;
                yield* this.#switch(to, release.id, { farewell, bakeMs }, retryToken, faults);
            }
        }
        this.#write(record => ({ ...record, routes: made.link.routes }));
        yield;
        yield* this.#bake(retryToken, faults);
        const left = to !== from && from !== "none" ? farewell && ({ color: from, farewell } as const) : made.leave;
        if (left !== undefined) {
            yield* this.#leave(left.color, left.farewell);
        }
    }

    *#switch(
        to: Color,
        release: string,
        policy: Pick<Switch, "farewell" | "bakeMs" | "verdict" | "percent" | "step">,
        retryToken: string | undefined,
        faults: Faults,
    ): Generator<void, void> {
        const from = this.record.link.live;
        const intent: Switch = { kind: "switch", from, to, release, ...policy };
        this.#write(record => ({ ...record, intent }));
        yield;
        this.#pointTo(to, policy.percent);
        yield;
        if (faults.confirm !== "good") {
            this.#pointTo(from);
            yield;
            this.#write(record => ({
                ...record,
                intent: undefined,
                link: { live: record.link.live, release: record.link.release },
                releases: {
                    ...record.releases,
                    [release]: {
                        ...record.releases[release]!,
                        ...(faults.confirm === "wrong" ? { judgedBad: { reason: "it answered 500", retryToken } } : {}),
                    },
                },
            }));
            throw new ReleaseFailed("the switch was not confirmed");
        }
        this.#settle(to, release, intent);
        yield;
    }

    /** The new release is judged; a bad one loses the link, unless nobody could take it. */
    *#bake(retryToken: string | undefined, faults: Faults): Generator<void, void> {
        const { intent } = this.record;
        if (intent?.kind !== "bake") {
            return;
        }
        const { color, from, release, step } = intent;
        if (faults.bake === "unknown") {
            throw new ReleaseFailed("nobody can say");
        }
        if (faults.bake === "bad") {
            const { [from]: predecessor } = this.observe();
            if (predecessor.release === undefined || predecessor.ready === 0) {
                throw new ReleaseFailed("bad, and nobody to go back to");
            }
            const verdict = { release, reason: "5xx", retryToken };
            const live = step === undefined ? color : from;
            const back: Switch = { kind: "switch", from: live, to: from, release: predecessor.release.id, verdict };
            this.#write(record => ({ ...record, intent: back }));
            yield;
            this.#pointTo(from);
            yield;
            this.#settle(from, predecessor.release.id, back);
            throw new ReleaseFailed("judged bad");
        }
        if (step !== undefined) {
            this.#write(record => ({ ...record, intent: undefined }));
            yield;
            return;
        }
        this.#write(record => ({
            ...record,
            intent: farewellOf(intent),
            stable: { color, release },
            releases: { ...record.releases, [release]: { ...record.releases[release]!, linked: true } },
        }));
        yield;
    }

    *#recover({ recovery }: Plan, retryToken: string | undefined, faults: Faults): Generator<void, void> {
        const { intent } = this.record;
        if (recovery?.kind === "withdraw" && recovery.live !== "none") {
            if (this.record.link.percent !== undefined) {
                const { live, release = "" } = recovery;
                const back: Switch = { kind: "switch", from: live, to: live, release };
                this.#write(record => ({ ...record, intent: back }));
                yield;
                this.#pointTo(live);
                yield;
                this.#settle(live, release, back);
                yield;
            }
            return;
        }
        if (recovery?.kind === "bake" && recovery.percent !== undefined && recovery.percent > 0) {
            yield* this.#bake(retryToken, faults);
            return;
        }
        if (recovery?.kind === "bake" && recovery.live !== "none") {
            const { live, release = "" } = recovery;
            const from = live === "blue" ? "green" : "blue";
            const begun = { kind: "bake", color: live, from, release, until: "later" } as const;
            this.#write(record => ({ ...record, intent: record.intent?.kind === "bake" ? record.intent : begun }));
            yield* this.#bake(retryToken, faults);
            return;
        }
        if (recovery === undefined || intent?.kind !== "switch") {
            return;
        }
        const { live, release } = recovery;
        if (recovery.kind === "finish" && live !== "none" && release !== undefined) {
            const { farewell, bakeMs, verdict, step } = intent;
            const { percent } = recovery;
            yield* this.#switch(live, release, { farewell, bakeMs, verdict, step, percent }, retryToken, faults);
            yield* this.#bake(retryToken, faults);
            return;
        }
        this.#pointTo(live);
        yield;
        if (live !== "none" && release !== undefined) {
            this.#settle(live, release, undefined);
        } else {
            this.#write(record => ({ ...record, intent: undefined, link: { live: "none" } }));
        }
        yield;
    }

    #settle(live: Color, release: string, done: Switch | undefined): void {
        const intent = done && nextOf(done, new Date(0));
        this.#write(record => {
            const { [release]: _void, ...judgedBad } = record.judgedBad;
            const known = record.releases[release]!;
            const isAsItWas = done === undefined || done.from === done.to;
            const isStable = isAsItWas ? known.linked : intent?.kind !== "bake";
            const { percent } = done ?? {};
            const linked = { ...known, linked: isStable || known.linked, judgedBad: undefined };
            const releases = { ...record.releases, [release]: linked };
            const verdict = done?.verdict;
            if (verdict !== undefined && releases[verdict.release] !== undefined) {
                const { reason, retryToken } = verdict;
                releases[verdict.release] = { ...releases[verdict.release]!, judgedBad: { reason, retryToken } };
            }
            return {
                ...record,
                intent,
                link: {
                    live,
                    release: done?.from === done?.to && done !== undefined ? record.link.release : release,
                    ...(percent === undefined ? {} : { percent }),
                },
                stable: isStable && percent === undefined ? { color: live, release } : record.stable,
                releases,
                judgedBad,
            };
        });
    }

    *#leave(color: Color, farewell: Farewell): Generator<void, void> {
        const containers = this.#on(color);
        for (const container of containers) {
            container.admitted = false;
        }
        yield;
        if (farewell === "remove") {
            this.#write(record => ({ ...record, [color]: { replicas: 0 } }));
            yield;
        }
        for (const container of containers) {
            this.#stop(container);
            yield;
            if (farewell === "remove") {
                this.#remove(container);
                yield;
            }
        }
        this.#write(record => ({ ...record, intent: undefined }));
        yield;
    }

    /** Never on hope: whatever the link points to can answer, and all of it was proved. */
    #pointTo(live: Live, percent = 0): void {
        for (const color of ["blue", "green"] as const) {
            const { release, replicas, ready } = this.observe()[color];
            if (hasTraffic({ live, percent }, color) && (!release?.proved || ready < replicas || ready === 0)) {
                throw new Error(
                    `the link points to an unproved or incomplete ${color}: ${JSON.stringify(this.summary())}`,
                );
            }
        }
        this.link = live;
        this.percent = percent;
    }

    #on(color: Color): Container[] {
        return this.containers.filter(container => container.color === color).sort((a, b) => a.slot - b.slot);
    }

    #serving(color: Color): Container[] {
        return this.#on(color).filter(({ running, admitted }) => running && admitted);
    }

    #stop(container: Container): void {
        if (this.takesTraffic(container.color) && container.admitted) {
            throw new Error(`a container that takes traffic is stopped: ${JSON.stringify(container)}`);
        }
        container.running = false;
    }

    #remove(container: Container): void {
        this.#stop(container);
        this.containers = this.containers.filter(other => other !== container);
    }

    #write(change: (record: ServiceRecord) => ServiceRecord): void {
        this.record = { ...prune(change(this.record)), serial: this.record.serial + 1 };
    }

    /** What the next `up` would do. */
    plan(desired: Desired): Plan {
        return plan(this.observe(), desired);
    }

    /** The live color once an interrupted switch is settled. */
    settledLive(): Live {
        return settle(this.observe()).service.live;
    }
}
