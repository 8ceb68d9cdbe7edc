import { checked } from "../haproxy/names";
import type { ServiceRules } from "../model/ServiceRules";

/** How long the figures say after the last such request that the other color answers, seconds. Prometheus asks less often than each second. */
const shownSeconds = 30;

type Services = Readonly<Record<string, ServiceRules>>;

/**
 * Renders who answers while no server of a service's live color is up. The link says whether the idle color may
 * (`:failover`), so these lines come into force and out of it by the map, as every link does.
 * @returns the lines, or nothing where no service has failover
 */
export function failoverRules(services: Services): string {
    const names = withFailover(services);
    if (names.length === 0) {
        return "";
    }
    const usable = (color: string) => `var(txn.service),concat(-,txn.${color}),nbsrv`;
    return `    # Failover: while no server of the live color is up, the color before answers, if it is still warm. Never for relink's own
    # requests: a proof or a confirmation of one color is not answered by the other one.
    http-request set-var(txn.warm) var(txn.link),field(2,:) if { var(txn.link) -m end :failover } !{ var(txn.confirmed) -m bool }
    http-request set-var(txn.failover) bool(true) if { var(txn.warm) -m found } { ${usable("color")} eq 0 } { ${usable("warm")} gt 0 }
    http-request set-var(txn.color) var(txn.warm) if { var(txn.failover) -m bool }
${names.map(counted).join("")}`;
}

/** @returns the tables whose number of entries says in HAProxy's figures whether a service's other color answers */
export function failoverTables(services: Services): string {
    return withFailover(services)
        .map(
            name => `
# Has one entry while the warm color of ${name} answers in place of the live one, and ${shownSeconds} seconds longer.
backend ${tableOf(name)} from relink
    stick-table type string len 8 size 1 expire ${shownSeconds}s store http_req_cnt
`,
        )
        .join("");
}

function counted(name: string): string {
    const ofService = `{ var(txn.service) -m str ${name} }`;
    return `    http-request track-sc0 str(failover) table ${tableOf(name)} if { var(txn.failover) -m bool } ${ofService}\n`;
}

/** No service has a name with a dot, so no backend of a service has such a name. */
function tableOf(name: string): string {
    return `failover.${checked("service", name)}`;
}

function withFailover(services: Services): string[] {
    return Object.keys(services)
        .filter(name => services[name]!.failover)
        .sort();
}
