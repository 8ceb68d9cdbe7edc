import { BlockList, isIPv6 } from "node:net";
import { checked, isUsersFile, usersFile } from "../haproxy/names";
import type { ServiceAccess } from "../model/ServiceAccess";
import type { BaseSettings } from "../up/FrontGenerations";
import { answersWith, maintenancePage, type Pages } from "./pages";
import { userList } from "./users";

/** Who may ask, by service. */
export type Access = Readonly<Record<string, ServiceAccess>>;

/** What every line about a service says. */
const aboutService = (service: string) => `{ var(txn.service) -m str ${checked("service", service)} }`;

/** relink's own requests are let in: a release is proved and confirmed through the same listener. */
const byOthers = "!{ var(txn.confirmed) -m bool }";

/**
 * @param gateway address from which Docker passes on what comes over IPv6, or from the Docker host itself
 * @returns the lines that let in only who may ask, or nothing where everybody may
 */
export function accessRules(access: Access, gateway: string, pages: Pages = {}): string {
    const services = Object.keys(access).sort();
    const rules = services.map(service => rulesOf(service, access[service]!, gateway, pages)).join("");
    return `${rules}${services.some(service => access[service]!.basic !== undefined) ? tellUser : ""}`;
}

/** The app learns who it is, and not with which password. */
const tellUser = `    http-request set-header x-forwarded-user %[var(txn.user)] if { var(txn.user) -m found }
    http-request del-header authorization if { var(txn.user) -m found }
`;

function rulesOf(service: string, { basic, allow, maintenance }: ServiceAccess, gateway: string, pages: Pages): string {
    const about = aboutService(service);
    const lines = [
        ...(maintenance ? [`http-request return status 503 ${maintenancePage(pages)} if ${about} ${byOthers}`] : []),
        ...(allow === undefined ? [] : allowRules(about, allow, gateway, pages)),
        ...(basic === undefined
            ? []
            : [
                  `http-request set-var(txn.user) http_auth_user if ${about} { http_auth(${listName(service)}) }`,
                  `http-request auth realm ${service} if ${about} !{ var(txn.user) -m found } ${byOthers}`,
              ]),
    ];
    const comment = `    # Who may ask the service ${service}.\n`;
    return lines.length === 0 ? "" : comment + lines.map(line => `    ${line}\n`).join("");
}

function allowRules(about: string, allow: readonly string[], gateway: string, pages: Pages): string[] {
    const refusal = `http-request ${answersWith(pages)(403, "not from your address")} if ${about} ${byOthers}`;
    return fromElsewhere(allow, gateway).map(condition => `${refusal} ${condition}`);
}

/**
 * Behind the gateway's address may be anybody: Docker passes on what comes over IPv6 from there. So a network that holds it
 * does not let it in; only its own address does.
 * @returns the conditions of which one is true for a client that may not come
 */
function fromElsewhere(allow: readonly string[], gateway: string): string[] {
    const networks = allow.map(network => checked("network", network));
    const isNamed = allow.some(network => network === gateway || network === `${gateway}/32`);
    return [
        `!{ src ${networks.join(" ")} }`,
        ...(!isNamed && holds(allow, gateway) ? [`{ src ${checked("address", gateway)} }`] : []),
    ];
}

/** @returns who may ask the services that get requests: those that are not among the TCP services */
export function accessToRequests(access: Access, tcpServices: readonly string[]): Access {
    return Object.fromEntries(Object.entries(access).filter(([service]) => !tcpServices.includes(service)));
}

/** @returns the lines that let in only connections from who may have one, or nothing where everybody may */
export function connectionRules(access: Access, tcpServices: readonly string[], gateway: string): string {
    return tcpServices
        .flatMap(service =>
            fromElsewhereOf(access[service], gateway).map(
                condition => `    tcp-request content reject if ${aboutService(service)} ${condition}\n`,
            ),
        )
        .join("");
}

function fromElsewhereOf(access: ServiceAccess | undefined, gateway: string): string[] {
    return access?.allow === undefined ? [] : fromElsewhere(access.allow, gateway);
}

function holds(networks: readonly string[], address: string): boolean {
    const list = new BlockList();
    for (const network of networks) {
        const [start = "", prefix] = network.split("/");
        const isV6 = isIPv6(start);
        list.addSubnet(start, Number(prefix ?? (isV6 ? 128 : 32)), isV6 ? "ipv6" : "ipv4");
    }
    return list.check(address);
}

/** Writes the users of each service that asks for a password, and removes those of all others but services that leave. */
export function writeUsers(
    files: Map<string, string>,
    { access = {}, users = {}, leaving = [] }: Pick<BaseSettings, "access" | "users" | "leaving">,
): void {
    const kept = leaving.map(usersFile);
    for (const path of [...files.keys()].filter(path => isUsersFile(path) && !kept.includes(path))) {
        files.delete(path);
    }
    writeUsersOf(files, access, users);
}

/** Writes the users of these services. */
export function writeUsersOf(
    files: Map<string, string>,
    access: Access,
    users: Readonly<Record<string, string>>,
): void {
    for (const [service, { basic }] of Object.entries(access)) {
        if (basic !== undefined) {
            files.set(usersFile(service), userList(listName(service), `the service ${service}`, basic, users));
        }
    }
}

function listName(service: string): string {
    return `users-of-${checked("service", service)}`;
}
