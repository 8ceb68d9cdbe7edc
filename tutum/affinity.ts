import { setCommand } from "../settings/configCommands";
import type { Conversion, TutumService, Variable } from "./Conversion";

/** `BALANCE`: roundrobin is relink's own. */
export function mapBalance(variable: Variable, service: TutumService, to: Conversion): void {
    const value = variable.value.trim();
    if (value !== "roundrobin") {
        to.addBackendLine(service, `balance ${value}`, variable);
    }
}

/** `COOKIE` of a service, `SRV insert indirect nocache`: the name of the cookie, and what HAProxy does with it. */
export function mapCookie(variable: Variable, service: TutumService, to: Conversion): void {
    keepUsers(variable.value, { variable, service }, to);
}

/** @param text what follows `cookie` in HAProxy's configuration */
export function keepUsers(
    text: string,
    { variable, service }: { variable: Variable; service: TutumService },
    to: Conversion,
): void {
    const [name = "", ...words] = text.trim().split(/\s+/);
    to.setService(service, ["sticky"], "cookie", variable);
    if (words.includes("rewrite") || words.includes("prefix")) {
        to.note(variable, `used the application's own cookie ${name}; relink sets one of its own`);
    } else {
        to.note(
            variable,
            `named the cookie ${name}; relink's has another name, so that each user gets a container anew, once`,
        );
    }
}

/** Refuses a line that keeps users on a container in another way than by HAProxy's cookie. */
export function refuseAffinity(variable: Variable, service: TutumService | undefined, to: Conversion): void {
    const fix = setCommand(["services", service?.name ?? "SERVICE", "sticky"], "cookie");
    to.refuse(
        variable,
        "keeps users on a container by a table or the application's session, which relink does by a cookie",
        fix,
    );
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
