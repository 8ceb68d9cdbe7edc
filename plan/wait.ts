import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { isComplete } from "./capacity";
import type { Desired } from "./Desired";
import { promotionOf, same } from "./held";
import type { ColorPlan, Plan } from "./Plan";
import { gets } from "./releaseWords";
import { rerouting } from "./rerouting";
import { scaling } from "./scaling";
import { asObserved } from "./unchanged";

/** `autoPromotion: false`: the idle color gets the release and proves it. The link stays until `promote` names it. */
export function wait(service: ObservedService, desired: Desired, target: Color): Plan {
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
    const goesOn = `${[`the link stays on ${service.live}`, ...words].join("; ")}.${howToPromote(service.name, wanted.id)}`;
    const held = same(idle.release, wanted) ? idle.release : undefined;
    if (held?.proved && isComplete(idle, replicas)) {
        const other = desired.promote === undefined ? "" : ` (promote names another release, ${desired.promote})`;
        const live = service.live as Color;
        // While the release waits, the live color loses what an interrupted scaling left.
        const scaled = scaling(live, service[live], service[live].replicas);
        return {
            ...common,
            ...(scaled ? { [live]: scaled.color, promotion: undefined } : {}),
            row: scaled ? "scale" : "waiting",
            sentence: `${scaled ? `${scaled.words}; ` : ""}${target} holds ${wanted.image}, proved, and waits for promotion${other}; ${goesOn}`,
        };
    }
    const work: ColorPlan = { release: held ?? wanted, replicas, state: "running", act: true };
    return {
        ...common,
        row: held === undefined ? "release" : "finish",
        hooks: held === undefined ? ["preDeploy"] : [],
        sentence: `${gets(service, desired, target)}, is proved, and then waits for promotion; ${goesOn}`,
        [target]: work,
    };
}

/** @returns nothing in the very first preview, when the release has no id yet. */
function howToPromote(service: string, release: string | undefined): string {
    return release === undefined
        ? ""
        : ` To promote it: pulumi config set --path 'relink:services.${service}.promote' ${release} && pulumi up`;
}
