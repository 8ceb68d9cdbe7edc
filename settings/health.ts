import { z } from "zod";
import type { StatusRange } from "../model/HealthSettings";
import { duration, durationOrZero, flag, freeText, leaf, wholeNumber, withDefault } from "./leaves";
import { hostHeader, plainText, requestPath } from "./names";

/** `path` has no default in the schema since there is none with `tcp`. */
export const defaultHealthPath = "/";

export const defaultInterval = "2s";

/** Statuses that count as good. */
export const status = leaf<StatusRange>(
    { wanted: 'a status from 100 to 599 or a range such as "200-399"', example: "200-399" },
    raw => {
        const match =
            typeof raw === "string" || typeof raw === "number" ? /^(\d{3})(?:-(\d{3}))?$/.exec(`${raw}`) : null;
        const from = Number(match?.[1]);
        const to = Number(match?.[2] ?? from);
        return match && from >= 100 && from <= to && to <= 599 ? { from, to } : undefined;
    },
);

/** A program with its arguments; a text goes to the container's shell, like a Dockerfile's HEALTHCHECK CMD. */
const command = z.unknown().transform((raw, context): string[] => {
    const schema = Array.isArray(raw) ? z.array(plainText) : shellCommand;
    const result = (schema as z.ZodType<string[]>).safeParse(raw);
    if (!result.success) {
        for (const issue of result.error.issues) {
            context.issues.push({ ...issue, input: raw } as (typeof context.issues)[number]);
        }
        return z.NEVER;
    }
    return result.data;
});
const shellCommand = freeText(
    { wanted: "a shell command or a list of a program and its arguments", example: "COMMAND" },
    text => text.trim() !== "",
).transform(text => ["/bin/sh", "-c", text]);

export const healthSchema = z.strictObject({
    path: requestPath.optional().meta({ default: defaultHealthPath }),
    tcp: flag().prefault(false),
    command: command.optional(),
    commandInterval: duration("30s").optional().meta({ default: "health.interval" }),
    commandTimeout: duration("30s").optional().meta({ default: "health.timeout" }),
    commandRetries: wholeNumber(1, 100, 3).optional().meta({ default: "health.fall" }),
    startPeriod: durationOrZero("30s").optional().meta({ default: "0s" }),
    host: hostHeader.optional().meta({ default: "first exact host, else the service's name" }),
    status: status.prefault("200-399"),
    interval: withDefault(defaultInterval, duration),
    timeout: withDefault("2s", duration),
    rise: withDefault(2, usual => wholeNumber(1, 100, usual)),
    fall: withDefault(3, usual => wholeNumber(1, 100, usual)),
});
