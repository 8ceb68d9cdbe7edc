import type { Color } from "../model/Color";
import type { ObservedColor, ObservedService } from "../model/ObservedService";
import type { PolicySettings } from "../model/PolicySettings";
import type { Release } from "../model/Release";
import { afterwards, count } from "../model/words";
import { canary, sizeOf } from "./canary";
import { isComplete } from "./capacity";
import type { Desired } from "./Desired";
import { promotionOf, same } from "./held";
import type { ColorPlan, LinkPlan, Plan } from "./Plan";
import { canaryOf } from "./prospect";
import { rerouting } from "./rerouting";
import { scaling } from "./scaling";
import { asObserved, leftBehind } from "./unchanged";

/** The link goes to the idle color, which may hold the wanted release already. */
export function move(service: ObservedService, asked: Desired, target: Color): Plan {
    const idle = service[target];
    const wanted = asked.release;
    const isNew = !same(idle.release, wanted) || !idle.release.linked;
    // What was live before gets everything at once.
    const strategy = isNew ? canaryOf(service, asked) : undefined;
    // A canary may do with fewer containers until it has all requests.
    const { replicas, deployed } =
        strategy === undefined
            ? { replicas: asked.replicas, deployed: asked.replicas }
            : sizeOf(service, strategy, asked.replicas);
    const desired = { ...asked, replicas: deployed };
    const work = { replicas, ...(deployed < replicas ? { deployed } : {}), state: "running" } as const;
    const previous = service.live as Color;
    const { previousColor } = desired.policy;
    const base = { ...asObserved(service), [previous]: leftBehind(service[previous], previousColor) };
    const { routes, words, act: reroutes } = rerouting(service, desired);
    const link: LinkPlan = { live: target, expect: wanted.id, routes, act: true };
    const after = [afterwards(previous, previousColor), ...words].join("; ");
    const moves = `the link moves ${service.live} => ${target}${isNew ? judging(desired.policy) : ""}`;
    if (isNew && !desired.policy.autoPromotion && (wanted.id === undefined || desired.promote !== wanted.id)) {
        return wait(service, desired, target);
    }
    if (!same(idle.release, wanted)) {
        return shared(
            {
                ...base,
                row: "release",
                sentence: `${gets(service, desired, target)}, is proved, then ${moves}; ${after}.`,
                [target]: { ...work, release: wanted, act: true },
                link,
                promotion: service.promotions + 1,
                hooks: ["preDeploy", "prePromotion"],
            },
            `${gets(service, desired, target)}, is proved, then`,
        );
    }
    const untouched = idle.release.proved && isComplete(idle, desired.replicas);
    const held: ColorPlan = { ...work, release: idle.release, act: !untouched };
    if (idle.release?.linked) {
        return {
            ...base,
            row: untouched ? "return" : "wake",
            sentence: untouched
                ? `${target} still holds ${wanted.image} and is warm: only ${moves}; ${after}.`
                : `${target} still holds ${wanted.image}: it is brought to ${count(desired.replicas)} and proved, then ${moves}; ${after}.`,
            [target]: held,
            link,
        };
    }
    const begun = untouched
        ? `${target} holds ${wanted.image}, proved:`
        : service.percent > 0
          ? `${target} (${wanted.image}) is brought to ${count(desired.replicas)}, then`
          : `${target} holds ${wanted.image} from an unfinished release: it is finished and proved, then`;
    return shared(
        {
            ...base,
            row: "finish",
            sentence: `${begun} ${moves}; ${after}.`,
            [target]: held,
            link,
            promotion: promotionOf(service, idle, wanted),
            hooks: ["prePromotion"],
        },
        begun,
    );

    /** The same, one share of the requests after another, where the service says so. */
    function shared(whole: Plan, begun: string): Plan {
        return strategy === undefined
            ? whole
            : canary(service, whole, asObserved(service), strategy, reroutes, {
                  begun,
                  judged: judging(desired.policy),
                  after,
                  rerouted: words,
              });
    }
}

/** `autoPromotion: false`: the idle color gets the release and proves it; the link stays until `promote` names it. */
function wait(service: ObservedService, desired: Desired, target: Color): Plan {
    const { release: wanted, replicas } = desired;
    const idle = service[target];
    const base = asObserved(service);
    const { routes, act, words } = rerouting(service, desired);
    const common = {
        ...base,
        link: { ...base.link, routes, act },
        promotion: promotionOf(service, idle, wanted),
        awaiting: wanted.id,
    };
    const untouched = same(idle.release, wanted) && idle.release.proved && isComplete(idle, replicas);
    const goesOn = [`the link stays on ${service.live}`, ...words].join("; ");
    const how =
        wanted.id === undefined
            ? ""
            : ` To promote it: pulumi config set --path 'relink:services.${service.name}.promote' ${wanted.id} && pulumi up`;
    if (untouched) {
        const other = desired.promote === undefined ? "" : ` (promote names another release, ${desired.promote})`;
        const live = service.live as Color;
        const scaled = scaling(live, service[live], service[live].replicas);
        return {
            ...common,
            ...(scaled ? { [live]: scaled.color, promotion: undefined } : {}),
            row: scaled ? "scale" : "waiting",
            sentence: `${scaled ? `${scaled.words}; ` : ""}${target} holds ${wanted.image}, proved, and waits for promotion${other}; ${goesOn}.${how}`,
        };
    }
    const work: ColorPlan = { release: wanted, replicas, state: "running", act: true };
    return {
        ...common,
        row: same(idle.release, wanted) ? "finish" : "release",
        hooks: same(idle.release, wanted) ? [] : ["preDeploy"],
        sentence: `${gets(service, desired, target)}, is proved, and then waits for promotion; ${goesOn}.${how}`,
        [target]: same(idle.release, wanted) ? { ...work, release: idle.release } : work,
    };
}

/** How a new release is judged once it is live. */
function judging({ bakeTimeMs }: PolicySettings): string {
    return bakeTimeMs === 0 ? "" : ` and is judged for ${bakeTimeMs / 1000} s`;
}

/** What a new release does to its color. */
function gets(service: ObservedService, { release, replicas }: Desired, target: Color): string {
    const live = service[service.live as Color];
    return `${target} gets ${release.image}${why(live, release)} (${count(replicas)})`;
}

/** Where the image is the one that is live already, what makes it a new release. */
function why(live: ObservedColor, wanted: Release): string {
    return live.release?.digest === wanted.digest ? " with other settings" : "";
}
