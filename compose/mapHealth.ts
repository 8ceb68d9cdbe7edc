import { type Fields, isFields, itemsOf } from "../settings/fields";
import type { Mapping } from "./Mapping";
import { flag, spellTime, wholeNumber } from "./units";

/** Docker's defaults. relink's own are for the front's check. */
const dockerDefaults = { interval: "30s", timeout: "30s", retries: 3 };

/** Maps Docker's check inside the container. The stack config sets the front's check. */
export function mapHealth(to: Mapping): void {
    const { healthcheck } = to.source;
    if (!isFields(healthcheck)) {
        return;
    }
    const { test, disable } = healthcheck;
    const isOff = flag(disable) === true;
    if (disable !== undefined && typeof flag(disable) !== "boolean") {
        to.refuse(["healthcheck", "disable"], "must be true or false");
    }
    if (isOff || itemsOf(test)[0] === "NONE") {
        to.set(["health", "command"], [], ["healthcheck", isOff ? "disable" : "test"]);
        return;
    }
    mapTest(to, test);
    mapTimes(to, healthcheck);
    to.refuseOthers(
        ["healthcheck"],
        healthcheck,
        ["test", "disable", "interval", "timeout", "retries", "start_period"],
        { start_interval: "the check runs at its interval from the start" },
    );
}

function mapTest(to: Mapping, test: unknown): void {
    const [kind, ...rest] = itemsOf(test);
    const key = ["health", "command"];
    const from = ["healthcheck", "test"];
    if (kind === "CMD") {
        to.set(key, rest, from);
    } else if (kind === "CMD-SHELL") {
        to.set(key, rest[0], from);
    } else if (test !== undefined) {
        to.refuse(from, "must be a text or a list that begins with CMD, CMD-SHELL or NONE", { key });
    }
}

function mapTimes(to: Mapping, healthcheck: Fields): void {
    // Without a test these are for the image's own check, and whatever is missing is the image's too.
    const usual = healthcheck.test === undefined ? {} : dockerDefaults;
    const times: Fields = { ...usual, ...healthcheck };
    to.set(["health", "commandInterval"], times.interval && spellTime(times.interval), ["healthcheck", "interval"]);
    to.set(["health", "commandTimeout"], times.timeout && spellTime(times.timeout), ["healthcheck", "timeout"]);
    to.set(["health", "commandRetries"], wholeNumber(times.retries), ["healthcheck", "retries"]);
    if (times.start_period !== undefined) {
        to.set(["health", "startPeriod"], spellTime(times.start_period), ["healthcheck", "start_period"]);
    }
}
