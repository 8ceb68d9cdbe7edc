import type { Conversion, TutumService, Variable } from "./Conversion";

/** `BALANCE`: roundrobin is relink's own. */
export function mapBalance(variable: Variable, service: TutumService, to: Conversion): void {
    const value = variable.value.trim();
    if (value !== "roundrobin") {
        to.addBackendLine(service, `balance ${value}`, variable);
    }
}

/** `COOKIE` of a service. */
export function mapCookie(variable: Variable, service: TutumService, to: Conversion): void {
    askForStickiness(variable, service, to);
}

/** Says what there is for requests of one client that are to stay with one container. */
export function askForStickiness(variable: Variable, service: TutumService | undefined, to: Conversion): void {
    const fix = `haproxy.backend: ["balance source"] of ${service?.name ?? "the service"} keeps a client's address at one container`;
    to.refuse(variable, "keeps a client at one container by a cookie, which relink does not have yet", fix);
}

/** `FAILOVER` of a service: its containers were backups of another one with the same VIRTUAL_HOST. */
export function mapFailover(variable: Variable, _: TutumService, to: Conversion): void {
    const fix = "make both one service: its idle color stays warm (previousColor: keep), and live: COLOR links to it";
    to.refuse(variable, "makes a backup of this service, but relink's services have colors and no backups", fix);
}

/** `EXTRA_ROUTE_SETTINGS`: words at the end of each `server` line. */
export function mapRouteSettings(variable: Variable, service: TutumService, to: Conversion): void {
    const words = variable.value.trim();
    if (/(?:^|\s)(?:backup|cookie|disabled)(?:\s|$)/.test(words)) {
        to.refuse(variable, "has a word that belongs to one server, but relink writes the servers", "leave it out");
    } else if (words !== "") {
        to.addBackendLine(service, `default-server ${words}`, variable);
    }
}
