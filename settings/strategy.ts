import { z } from "zod";
import { chosenUsersPercent } from "../model/Share";
import type { CanarySettings, RollingSettings, StrategySettings } from "../model/StrategySettings";
import { duration, durationOrZero, firstOf, flag, leaf, listOf, oneOf, wholeNumber, withDefault } from "./leaves";
import { shellCommand } from "./names";
import { userMatch } from "./userMatch";

/** The strategies that may be written as one word. */
const words = ["blueGreen", "rolling"] as const;
const wanted = `one of ${words.join(", ")}, or an object with one of rolling, canary`;

const step = leaf<RollingSettings["step"]>(
    { wanted: "a whole number from 1 to 100, half or service", example: "1" },
    raw => {
        const isCount = Number.isInteger(raw) && (raw as number) >= 1 && (raw as number) <= 100;
        return isCount || raw === "half" || raw === "service" ? (raw as RollingSettings["step"]) : undefined;
    },
);

/** `preStopIn` has no default in the schema, so that the checks see whether the config has it. */
const defaultPlace = "host";

const rolling = z.strictObject({
    step: step.prefault(1),
    gracePeriod: withDefault("0s", durationOrZero),
    order: firstOf(["startFirst", "stopFirst"]),
    healthcheckTimeout: withDefault("60s", duration),
    wait: withDefault("10s", durationOrZero),
    waitAfterHealthy: withDefault("0s", durationOrZero),
    preStopCommand: shellCommand("a shell command; {id} in it becomes the container's id").optional(),
    preStopIn: oneOf(["host", "container"]).optional().meta({ default: defaultPlace }),
    preStopWaitUntilUnhealthy: flag().prefault(false),
});

const canaryStep = z.strictObject({
    // Not 100: after the last step the new release gets everything anyway.
    weight: wholeNumber(1, 99, 10),
    replicas: wholeNumber(1, 100, 1).optional(),
    pause: durationOrZero("60s").optional(),
    analysis: flag().prefault(true),
});

const canary = z.strictObject({
    weight: wholeNumber(0, 100, 10).optional(),
    steps: z.array(canaryStep).optional(),
    replicas: wholeNumber(1, 100, 1).optional(),
    sticky: oneOf(["none", "cookie", "hash"]).optional().meta({ default: "none, or the service's sticky" }),
    match: listOf(userMatch).prefault([]),
});

/**
 * `strategy: WORD` or `strategy: { WORD: { ... } }`. Each strategy with settings is a key of the object, so that
 * `pulumi config set --path` reaches those.
 */
export const strategySchema = z.preprocess(
    (raw, context) => {
        if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) {
            return raw;
        }
        if (words.some(word => word === raw)) {
            return raw === "blueGreen" ? {} : { [raw as string]: {} };
        }
        context.addIssue({ code: "custom", message: wanted, params: { wanted, example: words[0] } });
        return z.NEVER;
    },
    z.strictObject({ rolling: rolling.optional(), canary: canary.optional() }),
);

/**
 * @param bakeTimeMs how long a canary step without `pause` lasts, milliseconds
 * @param usualSticky how a canary knows a user again where the config does not say
 * @returns the strategy by its kind; the config has one optional key per strategy
 */
export function buildStrategy(
    config: z.output<typeof strategySchema>,
    bakeTimeMs: number,
    usualSticky: CanarySettings["sticky"],
): StrategySettings {
    if (config.canary !== undefined) {
        const { weight = 0, steps, replicas, sticky = usualSticky, match } = config.canary;
        const share = weight === 0 && match.length > 0 ? chosenUsersPercent : weight;
        const held = weight < 100 ? [{ weight: share, replicas, analysis: true, pause: undefined }] : [];
        return {
            kind: "canary",
            steps: (steps ?? held).map(({ pause = bakeTimeMs, ...step }) => ({ ...step, pauseMs: pause })),
            promotes: steps !== undefined || weight === 100,
            sticky,
            ...(match.length > 0 && { match }),
        };
    }
    if (config.rolling === undefined) {
        return { kind: "blueGreen" };
    }
    const { gracePeriod, healthcheckTimeout, wait, waitAfterHealthy, preStopIn, ...rest } = config.rolling;
    return {
        kind: "rolling",
        ...rest,
        gracePeriodMs: gracePeriod,
        healthcheckTimeoutMs: healthcheckTimeout,
        waitMs: wait,
        waitAfterHealthyMs: waitAfterHealthy,
        preStopIn: preStopIn ?? defaultPlace,
    };
}
