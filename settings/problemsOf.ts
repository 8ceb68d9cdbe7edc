import type { z } from "zod";
import { type ConfigPath, configKey, isSensitive } from "./ConfigPath";
import { firstServiceCommand, removeCommand, setCommand } from "./configCommands";
import type { IssueDetails } from "./leaves";
import { describeValue, mismatch, type Problem, solvedByRemoving } from "./Problem";
import { keysAt } from "./schemaKeys";
import { closestKey } from "./suggest";

/** @returns zod's issues as problems */
export function problemsOf(error: z.ZodError, raw: unknown): Problem[] {
    return error.issues.flatMap(issue => problemsOfIssue(issue, raw));
}

function problemsOfIssue(issue: z.core.$ZodIssue, raw: unknown): Problem[] {
    const path = issue.path as ConfigPath;
    switch (issue.code) {
        case "unrecognized_keys":
            return issue.keys.map(key => unknownKey(path, key));
        case "invalid_key":
            return [badKey(path, issue.issues, raw)];
        case "custom":
            return [badValue(path, issue.params ?? {}, raw)];
        default:
            return [badShape(path, issue, raw)];
    }
}

/** @returns the problem of a key that the schema does not have */
export function unknownKey(parent: ConfigPath, key: string): Problem {
    const path = [...parent, key];
    const known = keysAt(parent);
    // `pulumi config set relink:front.http.port 80` without --path makes one key with dots in its name.
    const section = parent.length === 0 ? /^([a-z]+)[.[][\x20-\x7e]*$/.exec(key)?.[1] : undefined;
    if (section !== undefined && known.includes(section)) {
        const fix = `${removeCommand(path)} && pulumi config set --path 'relink:${key.replaceAll("'", "")}' VALUE`;
        return { path, message: "was set without --path, which makes it one key with dots in its name", fix };
    }
    const near = closestKey(key, known);
    const list = known.length > 12 ? "see docs/settings.md" : known.length > 0 && `known here: ${known.join(", ")}`;
    const hint = near === undefined ? list || "" : `did you mean ${near}?`;
    return solvedByRemoving(path, `is not a known key${hint && "; "}${hint}`);
}

function badKey(path: ConfigPath, issues: readonly z.core.$ZodIssue[], raw: unknown): Problem {
    const value = valueAt(raw, path);
    if (path[0] === "secrets" && typeof value === "object" && value !== null) {
        // `--path relink:secrets.web.NAME` makes an object `web`, but the key is one text with a dot in it.
        const quoted: ConfigPath = ["secrets", `${path[1]}.NAME`];
        const message = `is ${describeValue(value, path)}, but must be a text under one quoted key: ${configKey(quoted)}`;
        return { path, message, fix: `${removeCommand(path)} && ${setCommand(quoted, "VALUE")}` };
    }
    const details = issues.map(detailsOf).find(found => found.wanted !== undefined);
    return solvedByRemoving(path, `has a name that is not allowed: it must be ${details?.wanted ?? "another one"}`);
}

function badValue(path: ConfigPath, details: IssueDetails, raw: unknown): Problem {
    const value = valueAt(raw, path);
    const message = details.says ?? mismatch(value, path, details.wanted ?? "something else");
    const { example } = details;
    return { path, message, fix: example === undefined ? removeCommand(path) : replaceCommand(path, example, value) };
}

function badShape(path: ConfigPath, issue: z.core.$ZodIssue, raw: unknown): Problem {
    const isList = issue.code === "invalid_type" && issue.expected === "array";
    const value = valueAt(raw, path);
    const message = mismatch(value, path, isList ? "a list" : "an object");
    if (value === undefined && path.length === 1 && path[0] === "services") {
        return { path, message, fix: firstServiceCommand };
    }
    if (!isList) {
        return solvedByRemoving(path, message);
    }
    const element = typeof value === "string" && value !== "" && !isSensitive(path) ? value : "VALUE";
    const set = setCommand([...path, 0], element);
    return { path, message, fix: value === undefined ? set : `${removeCommand(path)} && ${set}` };
}

/** `pulumi config set` replaces a plain value, but not an object or a list. */
function replaceCommand(path: ConfigPath, example: string, value: unknown): string {
    const set = setCommand(path, example);
    return typeof value === "object" && value !== null ? `${removeCommand(path)} && ${set}` : set;
}

function detailsOf(issue: z.core.$ZodIssue): IssueDetails {
    return issue.code === "custom" ? ((issue.params ?? {}) as IssueDetails) : {};
}

function valueAt(raw: unknown, path: ConfigPath): unknown {
    let value = raw;
    for (const segment of path) {
        if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) {
            return undefined;
        }
        value = (value as Record<string | number, unknown>)[segment];
    }
    return value;
}
