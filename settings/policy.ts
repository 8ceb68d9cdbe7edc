import { defaults } from "../model/defaults";
import { analysisSchema, hooksSchema } from "./hooks";
import { duration, durationOrZero, firstOf, flag, textLike, token, wholeNumber, withDefault } from "./leaves";
import { strategySchema } from "./strategy";

/** The keys of a service that say how it is released. */
export const policyShape = {
    strategy: strategySchema.prefault("blueGreen"),
    minHealthyTime: withDefault("5s", durationOrZero),
    healthyDeadline: withDefault("5m", duration),
    progressDeadline: withDefault(defaults.progressDeadline, duration),
    drainTimeout: withDefault(defaults.drainTimeout, durationOrZero),
    onDrainTimeout: firstOf(["close", "wait"]),
    previousColor: firstOf(["keep", "stop", "remove"]),
    keepReleases: withDefault(defaults.keepReleases, usual => wholeNumber(1, 50, usual)),
    autoPromotion: flag().prefault(true),
    bakeTime: withDefault("15s", durationOrZero),
    analysis: analysisSchema.prefault({}),
    hooks: hooksSchema.prefault({}),
    retryToken: token("again-1").optional(),
    driftPolicy: firstOf(["fail", "repair"]),
    adoptFrom: textLike(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/, {
        wanted: "a project and a stack, PROJECT/STACK",
        example: "shop/prod",
    }).optional(),
    lockTimeout: withDefault("0s", durationOrZero),
};
