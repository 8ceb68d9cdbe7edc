import type { RecordedRelease } from "../model/Release";
import { count } from "../model/words";
import { isComplete } from "./capacity";
import type { Move } from "./Move";
import type { Plan } from "./Plan";

/** Goes back to a release that users had before. It gets all requests at once, and no hook or judgement is repeated. */
export function goBack({ service, desired, target, work, base, moves, after }: Move, release: RecordedRelease): Plan {
    const { replicas } = desired;
    const isWarm = release.proved && isComplete(service[target], replicas);
    const holds = `${target} still holds ${desired.release.image}`;
    return {
        ...base,
        row: isWarm ? "return" : "wake",
        sentence: isWarm
            ? `${holds} and is warm: only ${moves}; ${after}.`
            : `${holds}: it is brought to ${count(replicas)} and proved, then ${moves}; ${after}.`,
        [target]: { ...work, release, act: !isWarm },
        hooks: [],
    };
}
