/** A key of a Compose project: `["services", "web", "ports", 0]`. */
export type ComposePath = readonly (string | number)[];

/** @returns `services.web.ports[0]` */
export function spellPath(path: ComposePath): string {
    return path
        .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
        .join("");
}

/** Where something is in the files of a Compose project. */
export interface ComposePlace {
    /**
     * The absolute path of the file.
     * @default undefined (the file, of those that the config names, that has the path)
     */
    file?: string;
    /** The line in the file, counted from 1. @default undefined (the line of the path) */
    line?: number;
    /** @default undefined (the file as a whole) */
    path?: ComposePath;
}

/** The key of `compose` in the stack config that has to change, and its new value. */
export interface ReferenceFix {
    key: (string | number)[];
    value: string;
}

/**
 * Something in the files of a Compose project that relink cannot read or does not support. Who finds it may know only a
 * part of the place; the callers add the rest with {@link at}.
 */
export class ComposeError extends Error {
    constructor(
        /** A sentence that starts with a verb. It repeats no value that may be a secret. */
        message: string,
        readonly place: ComposePlace = {},
        /** What the user can do. @default undefined (to change the file, or to ignore the key) */
        readonly fix?: string | ReferenceFix,
    ) {
        super(message);
        this.name = "ComposeError";
    }

    /** Empty where the error is not about a key. */
    get path(): ComposePath {
        return this.place.path ?? [];
    }

    /** @returns the same error with those parts of the place that it does not have yet */
    at(place: ComposePlace): ComposeError {
        return new ComposeError(this.message, { ...place, ...this.place }, this.fix);
    }
}

/** @throws the value itself, unless it is a {@link ComposeError} */
export function composeError(thrown: unknown): ComposeError {
    if (thrown instanceof ComposeError) {
        return thrown;
    }
    throw thrown;
}

/** The message for what only Docker Compose itself can do. */
export const needsCompose =
    "is understood by Docker Compose only, and `docker compose` (2 or later) is not on this machine";
