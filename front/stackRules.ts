import { isDeepStrictEqual } from "node:util";
import { usersFile } from "../haproxy/names";
import type { StackRules } from "../model/StackRules";
import { writeUsersOf } from "./access";
import { accessIn, areListenersKnown, rewriteListeners, rulesIn } from "./listenerFiles";

/**
 * Writes these rules into the listeners, and the users of these services. What the listeners do for all others stays.
 * @throws Error where the listeners are of an earlier version, which cannot be written without the front's own stack
 */
export function writeStackRules(files: Map<string, string>, { names, access, services, users }: StackRules): void {
    if (!areListenersKnown(files) && Object.keys(access).length + Object.keys(services).length === 0) {
        return;
    }
    rewriteListeners(files, front => ({
        ...front,
        access: { ...without(front.access, names), ...access },
        services: { ...without(front.services, names), ...services },
    }));
    for (const name of names) {
        files.delete(usersFile(name));
    }
    writeUsersOf(files, access, users);
}

/**
 * @returns whether HAProxy's files have these rules, so that there is nothing to write. What another version of relink renders from
 * the same rules counts as the same
 * @throws Error where the listeners are of an earlier version, and there are rules
 */
export function hasStackRules(files: ReadonlyMap<string, string>, rules: StackRules): boolean {
    const { names, access, services, users } = rules;
    if (!areListenersKnown(files)) {
        writeStackRules(new Map(files), rules);
        return true;
    }
    const wanted = new Map<string, string>();
    writeUsersOf(wanted, access, users);
    return names.every(
        name =>
            isDeepStrictEqual(accessIn(files)[name], access[name]) &&
            isDeepStrictEqual(rulesIn(files)[name], services[name]) &&
            files.get(usersFile(name)) === wanted.get(usersFile(name)),
    );
}

function without<Value>(all: Readonly<Record<string, Value>> = {}, names: readonly string[]): Record<string, Value> {
    return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}
