import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import type { RecordedRelease } from "../model/Release";
import { afterwards, count } from "../model/words";
import { isComplete, needsScaling } from "./capacity";
import type { Desired } from "./Desired";
import { judged, same } from "./held";
import type { ColorPlan, Plan } from "./Plan";
import { rerouting } from "./rerouting";
import { asObserved, leftBehind, refuse } from "./unchanged";

/** `live: COLOR`: the link goes to what that color holds. `image` is not applied. */
export function pinned(service: ObservedService, desired: Desired, target: Color): Plan {
    const { release } = service[target];
    // An interrupted `up` was starting such a release again. It was proved before that, and is proved again.
    if (release === undefined || !(release.proved || release.provedAt !== undefined)) {
        const holds = release === undefined ? "holds nothing" : `holds ${release.image}, which was never proved`;
        return refuse(
            service,
            "pinned",
            `live: ${target} cannot be done, since ${target} ${holds}. Remove the key live`,
        );
    }
    const judgement = service.live === target ? undefined : judged(service, release, desired.policy);
    if (judgement !== undefined) {
        return refuse(
            service,
            "judgedBad",
            `live: ${target} cannot be done, since ${release.image} there was judged bad (${judgement}). Remove the key live, or set retryToken to try it again`,
        );
    }
    return service.live === target
        ? stayPinned(service, desired, target, release)
        : moveToPinned(service, desired, target, release);
}

/** The link is where it should be. Only the number of containers or the routes may change. */
function stayPinned(service: ObservedService, desired: Desired, target: Color, release: RecordedRelease): Plan {
    const base = asObserved(service);
    const color = service[target];
    const act = needsScaling(color, desired.replicas);
    const { act: reroute, routes, words } = rerouting(service, desired);
    const leave = service.intent?.kind === "leave" ? service.intent : undefined;
    if (!act && !reroute && leave === undefined) {
        return {
            ...base,
            row: "pinned",
            sentence: `pinned to ${target}, which serves ${release.image}${ignored(desired, release)}: ${["nothing to do", ...words].join("; ")}.`,
            link: { ...base.link, routes },
        };
    }
    const owed = leave ? `; ${afterwards(leave.color, leave.farewell)}, which an interrupted up left open` : "";
    return {
        ...base,
        row: "pinned",
        sentence: sentenceOf(desired, target, release, { act, what: [`the link stays on ${target}`, ...words], owed }),
        ...(leave ? { [leave.color]: leftBehind(service[leave.color], leave.farewell) } : {}),
        [target]: colorPlan(release, act ? desired.replicas : color.replicas, act),
        link: { live: target, expect: undefined, routes, act: reroute || leave !== undefined },
        leave,
    };
}

function moveToPinned(service: ObservedService, desired: Desired, target: Color, release: RecordedRelease): Plan {
    const color = service[target];
    const { live } = service;
    const act = !(release.proved && isComplete(color, desired.replicas));
    const { routes, words } = rerouting(service, desired);
    return {
        ...asObserved(service),
        row: "pinned",
        sentence: sentenceOf(desired, target, release, {
            act,
            what: [`the link moves ${live} => ${target}`, ...words],
        }),
        ...(live === "none" ? {} : { [live]: leftBehind(service[live], desired.policy.previousColor) }),
        [target]: colorPlan(release, act ? desired.replicas : color.replicas, act),
        link: { live: target, expect: release.id, routes, act: true },
    };
}

function colorPlan(release: RecordedRelease, replicas: number, act: boolean): ColorPlan {
    return { release, replicas, state: "running", act };
}

function sentenceOf(
    desired: Desired,
    target: Color,
    release: RecordedRelease,
    { act, what, owed = "" }: { act: boolean; what: string[]; owed?: string },
): string {
    const brought = act ? `brought to ${count(desired.replicas)}, then ` : "";
    return `pinned to ${target} (${release.image})${ignored(desired, release)}: ${brought}${what.join("; ")}${owed}.`;
}

function ignored(desired: Desired, release: RecordedRelease): string {
    return same(release, desired.release) ? "" : `; image ${desired.release.image} is not applied`;
}
