import { analysisSchema, hooksSchema } from "./hooks";
import { duration, flag, oneOf, textLike, token, wholeNumber } from "./leaves";
import { strategySchema } from "./strategy";

/** The keys of a service that say how it is released. */
export const policyShape = {
    strategy: strategySchema.prefault("blueGreen"),
    minHealthyTime: duration("5s", 0).prefault("5s"),
    healthyDeadline: duration("5m").prefault("5m"),
    progressDeadline: duration("10m").prefault("10m"),
    drainTimeout: duration("60s", 0).prefault("60s"),
    onDrainTimeout: oneOf(["close", "wait"]).prefault("close"),
    previousColor: oneOf(["keep", "stop", "remove"]).prefault("keep"),
    keepReleases: wholeNumber(1, 50, 3).prefault(3),
    autoPromotion: flag().prefault(true),
    bakeTime: duration("15s", 0).prefault("15s"),
    analysis: analysisSchema.prefault({}),
    hooks: hooksSchema.prefault({}),
    retryToken: token("again-1").optional(),
    driftPolicy: oneOf(["fail", "repair"]).prefault("fail"),
    adoptFrom: textLike(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/, {
        wanted: "a project and a stack, PROJECT/STACK",
        example: "shop/prod",
    }).optional(),
    lockTimeout: duration("0s", 0).prefault("0s"),
};
