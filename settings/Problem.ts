import { toAscii } from "../text/ascii";
import { type ConfigPath, configKey, isSensitive } from "./ConfigPath";
import { removeCommand, setCommand } from "./configCommands";

/** One thing that is wrong with the stack config, or with a file that it names. */
export interface Problem {
    /** The key of the stack config; for a problem in a file, the key that names the file. */
    path: ConfigPath;
    /**
     * The place in a file: `compose.yaml:12: services.web.ports[0]`.
     * @default undefined (the problem is in the stack config)
     */
    place?: string;
    /** What was received and what is wanted, as a sentence that starts with a verb. Never holds a secret value. */
    message: string;
    /** A shell command, with a word in capitals where the user has to fill something in; or what to do, in words. */
    fix: string;
}

/** @returns a problem that setting the key to the value solves */
export function solvedBySetting(path: ConfigPath, message: string, value: string): Problem {
    return { path, message, fix: setCommand(path, value) };
}

/** @returns a problem that removing the key solves */
export function solvedByRemoving(path: ConfigPath, message: string): Problem {
    return { path, message, fix: removeCommand(path) };
}

/** @returns what was received and what is wanted, as one sentence */
export function mismatch(value: unknown, path: ConfigPath, wanted: string): string {
    return value === undefined
        ? `is missing: it must be ${wanted}`
        : `is ${describeValue(value, path)}, but must be ${wanted}`;
}

/** @returns a received value for a message: short, in one line, in ASCII, and without the content of a secret */
export function describeValue(value: unknown, path: ConfigPath): string {
    if (value === undefined) {
        return "missing";
    }
    if (value === null) {
        return "empty";
    }
    if (typeof value === "object") {
        return Array.isArray(value) ? "a list" : "an object";
    }
    // The address of an Engine may hold a password before an @.
    if (isSensitive(path) || (path[0] === "host" && String(value).includes("@"))) {
        return `a ${typeof value}`;
    }
    return toAscii(typeof value === "string" ? JSON.stringify(shorten(value)) : String(value));
}

/** @returns where a problem is, for a message */
export function placeOf({ path, place }: Problem): string {
    return place === undefined ? configKey(path) : toAscii(place);
}

/** @returns all problems as one text */
export function renderProblems(problems: readonly Problem[], stack: string): string {
    const count = problems.length === 1 ? "1 setting is" : `${problems.length} settings are`;
    const lines = problems.map(problem => `  ${placeOf(problem)}\n      ${problem.message}\n      fix: ${problem.fix}`);
    return [`${count} wrong in the config of stack ${stack}; nothing was changed.`, ...lines].join("\n\n");
}

function shorten(text: string): string {
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
