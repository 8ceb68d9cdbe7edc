import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { afterwards, count } from "../model/words";
import { isComplete, needsScaling } from "./capacity";
import type { Desired } from "./Desired";
import { judged, same } from "./held";
import type { Plan } from "./Plan";
import { rerouting } from "./rerouting";
import { asObserved, leftBehind, refuse } from "./unchanged";

/** `live: COLOR`: the link goes to what that color holds, whatever `image` says. */
export function pinned(service: ObservedService, desired: Desired, target: Color): Plan {
    const color = service[target];
    const release = color.release;
    // One that an interrupted up was starting again was proved before that, and is proved again.
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
    const base = asObserved(service);
    const ignored = same(release, desired.release) ? "" : `; image ${desired.release.image} is not applied`;
    const moves = service.live !== target;
    const isUsable = release.proved && isComplete(color, desired.replicas);
    const act = moves ? !isUsable : needsScaling(color, desired.replicas);
    const { act: reroute, routes, words: rerouted } = rerouting(service, desired);
    const leave = !moves && service.intent?.kind === "leave" ? service.intent : undefined;
    if (!moves && !act && !reroute && leave === undefined) {
        return {
            ...base,
            row: "pinned",
            sentence: `pinned to ${target}, which serves ${release.image}${ignored}: ${["nothing to do", ...rerouted].join("; ")}.`,
            link: { ...base.link, routes },
        };
    }
    const owed = leave ? `; ${afterwards(leave.color, leave.farewell)}, which an interrupted up left open` : "";
    const how = moves ? `the link moves ${service.live} => ${target}` : `the link stays on ${target}`;
    return {
        ...base,
        row: "pinned",
        sentence: `pinned to ${target} (${release.image})${ignored}: ${act ? `brought to ${count(desired.replicas)}, then ` : ""}${[how, ...rerouted].join("; ")}${owed}.`,
        ...(moves && service.live !== "none"
            ? { [service.live]: leftBehind(service[service.live], desired.policy.previousColor) }
            : {}),
        ...(leave ? { [leave.color]: leftBehind(service[leave.color], leave.farewell) } : {}),
        [target]: { release, replicas: act ? desired.replicas : color.replicas, state: "running", act },
        link: {
            live: target,
            expect: moves ? release.id : undefined,
            routes,
            act: moves || reroute || leave !== undefined,
        },
        leave,
    };
}
