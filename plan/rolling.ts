import { slotsFor } from "../model/addresses";
import type { Color } from "../model/Color";
import type { HealthSettings } from "../model/HealthSettings";
import type { ObservedColor, ObservedService, ObservedSlot } from "../model/ObservedService";
import type { RecordedRelease, Release } from "../model/Release";
import type { ReleaseSettings } from "../model/ReleaseSettings";
import type { RollingSettings } from "../model/StrategySettings";
import type { Desired } from "./Desired";
import type { Plan } from "./Plan";
import { RollingSchedule, type RollingStart, rehearse } from "./RollingSchedule";
import { rerouting } from "./rerouting";

/** What a rolling release does to the containers that are there. */
export interface RollPlan {
    start: RollingStart;
    /** Slots of containers that neither serve nor can be used: they go first. */
    discard: number[];
}

/** How the containers of a color become `replicas` of a release, container by container. */
export function rollTo(
    color: ObservedColor,
    release: Pick<Release, "id" | "settings">,
    replicas: number,
    settings: RollingSettings,
): RollPlan {
    const slots = color.slots ?? [];
    const isNew = (slot: ObservedSlot) => slot.release === release.id && !slot.unhealthy;
    const isUp = (slot: ObservedSlot) => slot.ready && slot.proved;
    const fresh = slots.filter(slot => slot.runs && isNew(slot));
    const up = fresh.filter(isUp);
    const highest = Math.max(0, ...slots.map(({ slot }) => slot));
    const begun = fresh.filter(slot => !isUp(slot));
    const serving = slots.filter(slot => slot.runs && slot.ready);
    const { floor } = new RollingSchedule({
        old: serving.map(({ slot }) => ({ slot, serving: true })),
        present: [],
        replicas,
        slots: highest,
        settings,
    });
    // A proof takes a container out of traffic. One without which too few would serve is replaced, not proved.
    const others = serving.filter(slot => !begun.includes(slot));
    const needed = others.length < Math.min(floor, color.replicas || floor) ? begun.filter(({ ready }) => ready) : [];
    // What an interrupted run had begun and this one does not need is not proved to be taken away.
    const unproved = begun.filter(slot => !needed.includes(slot)).slice(0, Math.max(0, replicas - up.length));
    // The recorded release is what the color can go back to, so that what is of no complete release goes before it.
    const isComplete = (slot: ObservedSlot) => (slot.release === color.release?.id ? 1 : 0);
    const old = slots
        .filter(slot => slot.runs && (!isNew(slot) || needed.includes(slot)))
        .sort((a, b) => isComplete(a) - isComplete(b) || a.slot - b.slot);
    const kept = new Set([...old, ...up, ...unproved]);
    return {
        start: {
            old: old.map(({ slot, ready }) => ({ slot, serving: ready })),
            present: [
                ...up.map(({ slot }) => ({ slot, up: true })),
                ...unproved.map(({ slot }) => ({ slot, up: false })),
            ],
            replicas,
            slots: Math.max(color.block?.size ?? slotsFor(release.settings.maxReplicas), highest),
            settings,
        },
        discard: slots.filter(slot => !kept.has(slot)).map(({ slot }) => slot),
    };
}

type Base = Pick<Plan, "blue" | "green" | "link">;

/** Blue live with A, wanted B: blue becomes B slot by slot, and the link stays. */
export function roll(
    service: ObservedService,
    desired: Pick<Desired, "release" | "replicas" | "routes" | "places">,
    name: Color,
    settings: RollingSettings,
    base: Base,
): Plan {
    const color = service[name];
    const release = withHost(desired.release, color.release);
    const { act: reroute, routes, words } = rerouting(service, desired);
    const steps = stepsOf(service.name, name, rollTo(color, release, desired.replicas, settings));
    // What an interrupted run has begun keeps its number, so that its hooks are not run twice.
    const begun = release.id === undefined || color.next?.id !== release.id ? undefined : color.next.promotion;
    const isKnown = release.id !== undefined && color.release?.id === release.id;
    const many = desired.replicas === 1 ? "1 replica" : `${desired.replicas} replicas`;
    return {
        ...base,
        row: "roll",
        sentence: `${name} becomes ${release.image} (${many}) container by container, ${howOf(settings)}; ${[`the link stays on ${name}`, ...words].join("; ")}.`,
        steps,
        [name]: { release, replicas: desired.replicas, state: "running", act: true, roll: settings },
        link: { ...base.link, routes, act: reroute },
        promotion: isKnown ? undefined : (begun ?? service.promotions + 1),
        hooks: isKnown || begun !== undefined ? [] : ["preDeploy"],
    };
}

function howOf({ step, order }: RollingSettings): string {
    const many = step === "service" ? "all at once" : step === "half" ? "half of them at a time" : `${step} at a time`;
    return `${many}, ${order === "startFirst" ? "new ones first" : "old ones first"}`;
}

/** What happens in which order when nothing goes wrong, for people to read. */
function stepsOf(service: string, color: Color, { start, discard }: RollPlan): string[] {
    const names = (slots: number[]) => slots.map(slot => `${service}-${color}-${slot}`).join(", ");
    const unproved = start.present.filter(({ up }) => !up).map(({ slot }) => slot);
    const first = [
        ...(discard.length === 0 ? [] : [`${names(discard)} removed`]),
        ...(unproved.length === 0 ? [] : [`${names(unproved)} proved, left by an interrupted up`]),
    ];
    const turns = rehearse(start).map(({ start, retire }) =>
        [
            ...(retire.length === 0 ? [] : [`${names(retire)} drained and removed`]),
            ...(start.length === 0 ? [] : [`${names(start)} started and proved`]),
        ].join("; "),
    );
    return [...(first.length === 0 ? [] : [first.join("; ")]), ...turns].map((text, index) => `${index + 1}. ${text}`);
}

/**
 * What a release changes that all containers of a color share: their backend in HAProxy. Two releases that differ in it
 * cannot serve side by side on one color.
 */
export function sharedChanges(held: ReleaseSettings, wanted: ReleaseSettings): string[] {
    if (held.port === undefined && wanted.port === undefined) {
        return [];
    }
    const of = ({ port, maxReplicas, timeouts, health }: ReleaseSettings) => ({
        port,
        maxReplicas,
        "timeouts.server": timeouts.serverMs,
        ...Object.fromEntries(Object.entries(checkOf(health)).map(([key, value]) => [`health.${key}`, value])),
    });
    const now: Record<string, unknown> = of(held);
    return Object.entries(of(wanted))
        .filter(([key, value]) => JSON.stringify(now[key]) !== JSON.stringify(value))
        .map(([key]) => key);
}

/** HAProxy's part of the health check. A host that was only derived from the routes changes nothing. */
function checkOf({ path, tcp, status, intervalMs, timeoutMs, rise, fall, ...health }: HealthSettings) {
    const host = health.hostIsDefault ? "" : health.host;
    return { path, tcp, host, status, interval: intervalMs, timeout: timeoutMs, rise, fall };
}

/** The new release keeps the derived host of the old one's health check: the backend stays as it is. */
function withHost<T extends Release>(wanted: T, held: Release | undefined): T {
    const { health } = wanted.settings;
    return held === undefined || !health.hostIsDefault
        ? wanted
        : { ...wanted, settings: { ...wanted.settings, health: { ...health, host: held.settings.health.host } } };
}

/** An interrupted rolling release, as if it were settled. */
export interface SettledRoll {
    /** Its color holds the new release if that is complete, else the old one. */
    service: ObservedService;
    color: Color;
    release: RecordedRelease;
    replicas: number;
    settings: RollingSettings;
    kind: "finish" | "undo";
}

/**
 * What an interrupted rolling release comes to: it is finished if its release is proved and complete, else undone. Until
 * then its color holds both. Where the old one was given up by a repair that failed, what is proved of the new one may be
 * all that answers: then that many are complete.
 */
export function settleRoll(service: ObservedService): SettledRoll | undefined {
    const { intent } = service;
    if (intent?.kind !== "roll") {
        return undefined;
    }
    const { color: name, to, replicas, settings } = intent;
    const color = service[name];
    const { next } = color;
    const up = (color.slots ?? []).filter(slot => slot.release === to && slot.ready && slot.proved).length;
    const complete = color.replicas === 0 && up > 0 ? Math.min(up, replicas) : replicas;
    const kind = up >= complete && next !== undefined ? "finish" : "undo";
    const release = kind === "finish" && next !== undefined ? { ...next, proved: true, linked: true } : color.release;
    if (release === undefined) {
        return undefined;
    }
    const settled = kind === "finish" ? complete : color.replicas;
    return {
        service: {
            ...service,
            intent: undefined,
            [name]: { ...color, release, replicas: settled, running: settled, ready: settled, ended: 0 },
        },
        color: name,
        release,
        replicas: settled,
        settings,
        kind,
    };
}
