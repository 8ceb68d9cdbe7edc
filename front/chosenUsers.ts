import { checked } from "../haproxy/names";
import type { ServiceRules } from "../model/ServiceRules";
import type { UserMatch } from "../model/StrategySettings";

/**
 * Renders who gets a canary's new release by what a request carries. The lines count only while the link has a canary: a
 * share above 0, or `:match` at its end. So the one `set map` that begins or ends a canary puts them in and out of force.
 * @returns the lines, or nothing where nobody is chosen
 */
export function chosenRules(services: Readonly<Record<string, ServiceRules>>): string {
    const lines = Object.keys(services)
        .sort()
        .flatMap(service => {
            const ofService = `{ var(txn.service) -m str ${checked("service", service)} }`;
            const { match = [] } = services[service]!;
            return match.map(
                one => `    http-request set-var(txn.chosen) bool(true) if ${ofService} ${condition(one)}\n`,
            );
        });
    return lines.length === 0 ? "" : `${comment}${lines.join("")}${toNewRelease}`;
}

const comment = "    # Users whom strategy.canary.match chooses get the new release, as long as there is a canary.\n";

/** relink's own requests carry none of this, so that they go where the link, or their color, says. */
const toNewRelease = ["!{ var(txn.link),field(3,:) 0 }", "{ var(txn.link) -m end :match }"]
    .map(
        isCanary =>
            `    http-request set-var(txn.color) var(txn.link),field(2,:) if { var(txn.chosen) -m bool } !{ var(txn.confirmed) -m bool } ${isCanary}\n`,
    )
    .join("");

function condition(match: UserMatch): string {
    if ("header" in match) {
        return `{ req.fhdr(${checked("header name", match.header)}) -m str -- "${checked("header value", match.value)}" }`;
    }
    const cookie = `req.cook(${checked("cookie name", match.cookie)})`;
    return match.value === undefined
        ? `{ ${cookie} -m found }`
        : `{ ${cookie} -m str -- "${checked("header value", match.value)}" }`;
}
