import { fieldsOf } from "./fields";
import { type Problem, solvedByRemoving } from "./Problem";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";
import { keysAt } from "./schemaKeys";

/**
 * @param raw the config as the user wrote it, without defaults
 * @returns what a stack cannot say that uses another stack's front
 */
export function checkUse(raw: unknown, { front: { use }, services }: StackConfig, isSound: IsSound): Problem[] {
    if (use === undefined) {
        return [];
    }
    const { front, certificates } = fieldsOf(raw);
    const known = keysAt(["front"]).filter(key => key !== "use");
    const beside = Object.keys(fieldsOf(front))
        .filter(key => known.includes(key))
        .map(key =>
            solvedByRemoving(["front", key], `belongs to the stack of the front ${use}, which this stack only uses`),
        );
    const own = Object.keys(fieldsOf(certificates)).map(name =>
        solvedByRemoving(
            ["certificates", name],
            `belongs into the stack of the front ${use}, which this stack only uses`,
        ),
    );
    const adopted = Object.keys(services)
        .filter(name => services[name]!.adoptFrom !== undefined && isSound("services", name, "adoptFrom"))
        .map(name =>
            solvedByRemoving(
                ["services", name, "adoptFrom"],
                `takes over a front, but this stack only uses the front ${use} of another one`,
            ),
        );
    return [...beside, ...own, ...adopted];
}
