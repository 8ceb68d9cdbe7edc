import { isFields } from "../settings/fields";
import type { Mapping } from "./Mapping";
import { flag, spellTime, wholeNumber } from "./units";

/** Docker's own defaults, in place of those of the front's check. */
const dockerDefaults = { interval: "30s", timeout: "30s", retries: 3 };

/** Docker's check inside the container. The front's own check is set in the stack config. */
export function mapHealth(to: Mapping): void {
    const { healthcheck } = to.source;
    if (!isFields(healthcheck)) {
        return;
    }
    const { test, disable } = healthcheck;
    const [kind, ...rest] = Array.isArray(test) ? test : [];
    const from = ["healthcheck", "test"];
    const isOff = flag(disable) === true;
    if (disable !== undefined && typeof flag(disable) !== "boolean") {
        to.refuse(["healthcheck", "disable"], "must be true or false");
    }
    if (isOff || kind === "NONE") {
        to.set(["health", "command"], [], isOff ? ["healthcheck", "disable"] : from);
        return;
    }
    if (kind === "CMD") {
        to.set(["health", "command"], rest, from);
    } else if (kind === "CMD-SHELL") {
        to.set(["health", "command"], rest[0], from);
    } else if (test !== undefined) {
        to.refuse(from, "must be a text or a list that begins with CMD, CMD-SHELL or NONE", {
            key: ["health", "command"],
        });
    }
    // Without a test they are for the image's own check, and what is not said is the image's.
    const usual = test === undefined ? {} : dockerDefaults;
    const times = { ...usual, ...healthcheck } as Record<string, unknown>;
    to.set(["health", "commandInterval"], times.interval && spellTime(times.interval), ["healthcheck", "interval"]);
    to.set(["health", "commandTimeout"], times.timeout && spellTime(times.timeout), ["healthcheck", "timeout"]);
    to.set(["health", "commandRetries"], wholeNumber(times.retries), ["healthcheck", "retries"]);
    if (times.start_period !== undefined) {
        to.set(["health", "startPeriod"], spellTime(times.start_period), ["healthcheck", "start_period"]);
    }
    to.refuseOthers(
        ["healthcheck"],
        healthcheck,
        ["test", "disable", "interval", "timeout", "retries", "start_period"],
        {
            start_interval: "the check runs at its interval from the start",
        },
    );
}
