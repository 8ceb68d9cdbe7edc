import type { ConfigPath } from "../settings/ConfigPath";
import type { ComposeReference } from "../settings/composeReference";
import { removeCommand, setCommand } from "../settings/configCommands";
import { isFields } from "../settings/fields";
import type { Problem } from "../settings/Problem";
import type { ComposeError, ComposePath } from "./ComposeError";
import type { ComposeFiles } from "./ComposeFiles";

/** The `compose` of a service. */
export interface ComposeKey {
    /** The service's name in relink. */
    name: string;
    reference: ComposeReference;
    /** The key as the user wrote it: a path, or an object. */
    written: unknown;
    files: ComposeFiles;
}

/** @returns the errors of a service's Compose files as problems, with the commands that solve them */
export function problemsOf(errors: readonly ComposeError[], key: ComposeKey): Problem[] {
    const commands = new ReferenceCommands(key);
    return errors.map(error => {
        const { message, fix, path } = error;
        if (typeof fix === "object" && path.length === 0) {
            return { path: commands.pathOf(fix.key), message, fix: commands.set(fix.key, fix.value) };
        }
        const place = key.files.place(error.place);
        return { path: commands.at, place, message, fix: fixOf(error, commands) };
    });
}

function fixOf({ path, fix }: ComposeError, commands: ReferenceCommands): string {
    if (typeof fix === "string") {
        return fix;
    }
    if (fix !== undefined) {
        return commands.set(fix.key, fix.value);
    }
    const ignored = ignorable(path);
    return ignored === undefined ? "change it there" : `change it there, or do without it: ${commands.ignore(ignored)}`;
}

/** @returns what `ignore` would name; undefined where that cannot be, as with one entry of a list */
function ignorable(path: ComposePath): string | undefined {
    const [first, , ...key] = path;
    return first === "services" && key.length > 0 && key.every(part => typeof part === "string")
        ? key.join(".")
        : undefined;
}

/** The commands that change a service's `compose`, to be run one after another. */
class ReferenceCommands {
    readonly at: ConfigPath;
    readonly #reference: ComposeReference;
    /** The key is an object, or the commands so far have made it one. */
    #isObject: boolean;
    #nextIgnored: number;

    constructor({ name, reference, written }: ComposeKey) {
        this.at = ["services", name, "compose"];
        this.#reference = reference;
        this.#isObject = isFields(written);
        this.#nextIgnored = reference.ignore.length;
    }

    /** @returns the path of a key of `compose`; the key itself for a file where it is but a path */
    pathOf(key: ConfigPath): ConfigPath {
        return this.#isPath(key) ? this.at : [...this.at, ...key];
    }

    set(key: ConfigPath, value: string): string {
        if (this.#isPath(key)) {
            return setCommand(this.at, value);
        }
        const commands = [setCommand([...this.at, ...key], value)];
        if (!this.#isObject) {
            this.#isObject = true;
            commands.unshift(
                removeCommand(this.at),
                setCommand([...this.at, "files", 0], this.#reference.files[0] ?? ""),
            );
        }
        return commands.join(" && ");
    }

    ignore(key: string): string {
        const command = this.set(["ignore", this.#nextIgnored], key);
        this.#nextIgnored += 1;
        return command;
    }

    #isPath(key: ConfigPath): boolean {
        return !this.#isObject && key[0] === "files";
    }
}
