import { composeError } from "./ComposeError";
import type { Fail } from "./Document";
import { parseEnvironmentFile } from "./environmentFile";
import { readText } from "./files";
import type { Lookup } from "./interpolate";

/** What {@link readVariables} tells. */
export interface VariableListener {
    /** An env file has a variable in a value that is not set. */
    onUnset: (name: string, file: string) => void;
    /** An env file does not exist, or is not text. */
    onUnread: (file: string) => void;
    /** A line of an env file cannot be read. */
    fail: Fail;
}

/** Reads env files. As with Compose, later files override earlier ones, and the environment overrides all files. */
export function readVariables(files: string[], env: NodeJS.ProcessEnv, listener: VariableListener): Lookup {
    const values: Record<string, string> = {};
    const lookup: Lookup = name => env[name] ?? (Object.hasOwn(values, name) ? values[name] : undefined);
    for (const file of files) {
        const text = readText(file);
        if (text === undefined) {
            listener.onUnread(file);
            continue;
        }
        try {
            const found = parseEnvironmentFile(text, lookup, name => listener.onUnset(name, file));
            Object.assign(values, found);
        } catch (error) {
            listener.fail(composeError(error).at({ file }));
        }
    }
    return lookup;
}
