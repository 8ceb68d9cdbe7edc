import type { ConfigPath } from "./ConfigPath";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";

/** @returns what does not fit together in the users and in who may ask each service */
export function checkAccess(config: StackConfig, isSound: IsSound): Problem[] {
    return [...checkEmpty(config, isSound), ...checkUsers(config, isSound), ...checkUnused(config, isSound)];
}

/** A list of the config with who may ask something. */
interface Asking {
    path: ConfigPath;
    users: readonly string[] | undefined;
}

/** @returns each list of users */
function userLists({ services, front }: StackConfig): Asking[] {
    return [
        ...Object.keys(services)
            .sort()
            .map(name => ({ path: ["services", name, "auth", "basic"], users: services[name]!.auth.basic })),
        { path: ["front", "statistics"], users: front.statistics },
    ];
}

/** An empty list would let nobody in, or everybody: it is not guessed which. */
function checkEmpty(config: StackConfig, isSound: IsSound): Problem[] {
    const networks = Object.entries(config.services).map(([name, { allow }]) => ({
        path: ["services", name, "allow"],
        users: allow,
    }));
    return [...userLists(config), ...networks]
        .filter(({ path, users }) => users?.length === 0 && isSound(...path))
        .map(({ path }) => solvedByRemoving(path, "is an empty list, but must name who may ask, or be left out"));
}

function checkUsers(config: StackConfig, isSound: IsSound): Problem[] {
    return userLists(config).flatMap(({ path: list, users = [] }) =>
        users.flatMap((user, index): Problem[] => {
            const path = [...list, index];
            if (Object.hasOwn(config.users, user) || !isSound("users", user) || !isSound(...path)) {
                return [];
            }
            const message = `names the user ${user}, whose password relink:users does not hold`;
            return [{ ...solvedBySetting(["users", user], message, "HASH"), path }];
        }),
    );
}

function checkUnused(config: StackConfig, isSound: IsSound): Problem[] {
    const lists = userLists(config);
    const used = new Set(lists.flatMap(({ users = [] }) => users));
    const isKnown = lists.every(({ path }) => isSound(...path.slice(0, 3)));
    return Object.keys(config.users)
        .filter(user => isKnown && isSound("users", user) && !used.has(user))
        .map(user =>
            solvedByRemoving(
                ["users", user],
                'is not used: neither "auth.basic" of a service nor front.statistics names it',
            ),
        );
}
