import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { Release } from "../model/Release";
import type { RollingSettings } from "../model/StrategySettings";
import { count } from "../model/words";
import type { Desired } from "./Desired";
import { same } from "./held";
import type { Plan } from "./Plan";
import { type RollPlan, rollTo } from "./RollPlan";
import { rehearse } from "./rehearse";
import { rerouting } from "./rerouting";
import { sharedChanges } from "./sharedChanges";
import { asObserved, refuse } from "./unchanged";

/**
 * Replaces the live release where it runs: `strategy: rolling`. It also refuses a release that gives up its port or gets one.
 * @returns undefined when moving the link is the way: by the strategy, or because the idle color holds the wanted release
 */
export function replace(service: ObservedService, desired: Desired, live: Color): Plan | undefined {
    const { release: wanted, policy } = desired;
    const held = service[live].release;
    if (held === undefined) {
        return undefined;
    }
    if ((held.settings.port === undefined) !== (wanted.settings.port === undefined)) {
        const what = wanted.settings.port === undefined ? "gives up its port" : "gets a port";
        return refuse(service, "roll", `a service that ${what} is another service: give it another name`);
    }
    if (policy.strategy.kind !== "rolling" || same(service[idleColor(live)].release, wanted)) {
        return undefined;
    }
    const shared = sharedChanges(held.settings, wanted.settings);
    return shared.length > 0
        ? refuse(
              service,
              "roll",
              `strategy: rolling cannot change ${shared.join(", ")}, which all containers of ${live} share. ` +
                  "Set strategy: blueGreen for this release",
          )
        : roll(service, desired, live, policy.strategy);
}

/** A color becomes another release container by container. The link stays. */
export function roll(
    service: ObservedService,
    desired: Pick<Desired, "release" | "replicas" | "routes" | "places">,
    name: Color,
    settings: RollingSettings,
): Plan {
    const color = service[name];
    const base = asObserved(service);
    const { replicas } = desired;
    const release = withHost(desired.release, color.release);
    const { act: reroute, routes, words } = rerouting(service, desired);
    // A release that an interrupted run has begun keeps its number, so that its hooks do not run twice.
    const begun = release.id === undefined || color.next?.id !== release.id ? undefined : color.next.promotion;
    const isKnown = same(color.release, release);
    const goesOn = [`the link stays on ${name}`, ...words].join("; ");
    return {
        ...base,
        row: "roll",
        sentence: `${name} becomes ${release.image} (${count(replicas)}) container by container, ${howOf(settings)}; ${goesOn}.`,
        steps: stepsOf(service.name, name, rollTo(color, release, replicas, settings)),
        [name]: { release, replicas, state: "running", act: true, roll: settings },
        link: { ...base.link, routes, act: reroute },
        promotion: isKnown ? undefined : (begun ?? service.promotions + 1),
        hooks: isKnown || begun !== undefined ? [] : ["preDeploy"],
    };
}

function howOf({ step, order }: RollingSettings): string {
    const many = step === "service" ? "all at once" : step === "half" ? "half of them at a time" : `${step} at a time`;
    return `${many}, ${order === "startFirst" ? "new ones first" : "old ones first"}`;
}

/** @returns what happens in which order when nothing goes wrong, for people to read. */
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

/** The new release keeps a host of the health check that only came from the routes, so that the backend stays as it is. */
function withHost<T extends Release>(wanted: T, held: Release | undefined): T {
    const { health } = wanted.settings;
    return held === undefined || !health.hostIsDefault
        ? wanted
        : { ...wanted, settings: { ...wanted.settings, health: { ...health, host: held.settings.health.host } } };
}
