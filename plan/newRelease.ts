import type { RecordedRelease } from "../model/Release";
import { count } from "../model/words";
import { isComplete } from "./capacity";
import { promotionOf } from "./held";
import type { Move } from "./Move";
import type { Plan } from "./Plan";
import { gets } from "./releaseWords";

/** A plan that gives a release all requests at once. */
interface WholePlan {
    plan: Plan;
    /** What happens before the release gets requests, in words. */
    begun: string;
}

/** Deploys the wanted release to the idle color, proves it and moves the link. */
export function newRelease({ service, desired, target, work, base, moves, after }: Move): WholePlan {
    const begun = `${gets(service, desired, target)}, is proved, then`;
    return {
        begun,
        plan: {
            ...base,
            row: "release",
            sentence: `${begun} ${moves}; ${after}.`,
            [target]: { ...work, release: desired.release, act: true },
            promotion: service.promotions + 1,
            hooks: ["preDeploy", "prePromotion"],
        },
    };
}

/** Continues a release that an earlier `up` has begun: the idle color holds it, and users never had it. */
export function finishRelease(move: Move, release: RecordedRelease): WholePlan {
    const { service, desired, target, work, base, moves, after } = move;
    const isReady = release.proved && isComplete(service[target], desired.replicas);
    const begun = howItGoesOn(move, isReady);
    return {
        begun,
        plan: {
            ...base,
            row: "finish",
            sentence: `${begun} ${moves}; ${after}.`,
            [target]: { ...work, release, act: !isReady },
            promotion: promotionOf(service, service[target], desired.release),
            hooks: ["prePromotion"],
        },
    };
}

function howItGoesOn({ service, desired, target }: Move, isReady: boolean): string {
    const { image } = desired.release;
    if (isReady) {
        return `${target} holds ${image}, proved:`;
    }
    return service.percent > 0
        ? `${target} (${image}) is brought to ${count(desired.replicas)}, then`
        : `${target} holds ${image} from an unfinished release: it is finished and proved, then`;
}
