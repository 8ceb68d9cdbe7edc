import { z } from "zod";
import type { StatusRange } from "../model/HealthSettings";
import { chosenFor, duration, durationOrZero, flag, freeText, leaf, port, wholeNumber, withDefault } from "./leaves";
import { hostHeader, plainText, requestPath, shellCommand } from "./names";

/** The default of `path`, which the schema cannot have: a TCP check has no path. */
export const defaultHealthPath = "/";

/** HAProxy's default of `inter`. */
export const defaultInterval = "2s";

/** The HTTP statuses that are good. */
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

/** A program with its arguments. A text is for the container's shell, as with HEALTHCHECK CMD in a Dockerfile. */
const command = chosenFor<string[]>(raw => (Array.isArray(raw) ? z.array(plainText) : inShell));
const inShell = shellCommand("a shell command or a list of a program and its arguments").transform(text => [
    "/bin/sh",
    "-c",
    text,
]);

/** A few bytes of a conversation: HAProxy's line has room for no more. */
const conversationText = freeText(
    { wanted: "a text of 1 to 200 bytes, in which \\r\\n between double quotes is the end of a line", example: "PING" },
    text => text !== "" && Buffer.byteLength(text) <= 200,
);

export const healthSchema = z.strictObject({
    path: requestPath.optional().meta({ default: defaultHealthPath }),
    tcp: flag().prefault(false),
    port: port(8081).optional().meta({ default: "the service's" }),
    send: conversationText.optional(),
    expect: conversationText.optional(),
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
