import { userList } from "./users";

/** Its users' file, and the name of its list of users. No service has such a name in HAProxy's files. */
const page = { file: "conf/04-users-statistics.cfg", list: "statistics" } as const;

/** @returns the page of statistics with a password, or nothing where there is none. It is read-only */
export function statisticsPage(users: readonly string[] | undefined): string {
    return users === undefined
        ? ""
        : `    stats enable
    stats uri /stats
    stats hide-version
    stats http-request auth realm statistics unless { http_auth(${page.list}) }
`;
}

/** Writes the users of the page, or removes them where there is none. */
export function writeStatisticsUsers(
    files: Map<string, string>,
    users: readonly string[] | undefined,
    hashes: Readonly<Record<string, string>>,
): void {
    files.delete(page.file);
    if (users !== undefined) {
        files.set(page.file, userList(page.list, "the page of statistics", users, hashes));
    }
}
