import { userName } from "../settings/access";
import { setCommand } from "../settings/configCommands";
import type { Conversion, User, Variable } from "./Conversion";
import { splitPairs } from "./lists";

/** `HTTP_BASIC_AUTH` and `HTTP_BASIC_AUTH_SECURE`: users of all services but those with `EXCLUDE_BASIC_AUTH`. */
export function mapPasswords(to: Conversion): void {
    const { service, variables } = to.haproxy;
    const names: string[] = [];
    for (const name of ["HTTP_BASIC_AUTH", "HTTP_BASIC_AUTH_SECURE"] as const) {
        const value = variables[name];
        if (value) {
            const variable = { service, name, value };
            names.push(...takeUsers(variable, name === "HTTP_BASIC_AUTH_SECURE", to));
        }
    }
    if (names.length === 0) {
        return;
    }
    const from = { service, name: variables.HTTP_BASIC_AUTH ? "HTTP_BASIC_AUTH" : "HTTP_BASIC_AUTH_SECURE", value: "" };
    for (const linked of to.linked.filter(({ variables }) => !variables.EXCLUDE_BASIC_AUTH)) {
        to.setService(linked, ["auth", "basic"], [...new Set(names)], from);
    }
}

/** `STATS_AUTH`: who may see HAProxy's page of statistics. */
export function mapStatistics(variable: Variable, to: Conversion): void {
    const names = takeUsers(variable, false, to);
    if (names.length > 0) {
        to.setFront(["statistics"], names, variable);
        to.note(
            variable,
            "opens the page of statistics on 127.0.0.1 of the Docker host alone: http://127.0.0.1:8404/stats",
        );
    }
}

/** @returns the names of the users of a list `NAME:PASSWORD` */
function takeUsers(variable: Variable, isHashed: boolean, to: Conversion): string[] {
    return splitPairs(variable.value).flatMap(([name, secret]) => {
        if (name === "" || secret === "") {
            to.refuse(variable, "must be a list of NAME:PASSWORD", "write it so; a comma in it is written \\,");
            return [];
        }
        if (!userName.safeParse(name).success) {
            const message = `has the name ${name}, but the name of a user has letters, digits, . _ @ and - alone`;
            to.refuse(variable, message, "give the user another name");
            return [];
        }
        const user: User = isHashed ? { hash: secret } : { password: secret };
        const other = to.users.get(name);
        if (other !== undefined && JSON.stringify(other) !== JSON.stringify(user)) {
            const message = `has another password for ${name} than another variable, but a user of relink has one`;
            to.refuse(variable, message, "give one of them another name");
            return [];
        }
        if (isHashed && !/^\$[56]\$/.test(secret)) {
            const message = `has for ${name} a hash of a kind that relink does not take; it takes $5$ and $6$, and each $ is written $$`;
            to.refuse(variable, message, setCommand(["users", name], "HASH"));
            return [];
        }
        to.users.set(name, user);
        to.origins.unshift({
            path: ["users", name],
            from: { service: variable.service, key: variable.name, message: "", fix: "" },
        });
        return [name];
    });
}
