/** The list, or an empty one for anything else. */
export function listOf(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

/** Where something is in a Compose file: `["services", "web", "ports", 0]`. */
export type ComposePath = readonly (string | number)[];

/** `services.web.ports[0]`. */
export function spellPath(path: ComposePath): string {
    return path
        .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
        .join("");
}

/** Something in a Compose file that cannot be read or is not supported. */
export class ComposeError extends Error {
    constructor(
        readonly path: ComposePath,
        message: string,
        /** What the user can do, where it is not plain from the message. */
        readonly fix?: string | ReferenceFix,
        /** Another file than those that the config names: one that `extends` reads. */
        readonly file?: string,
    ) {
        super(message);
        this.name = "ComposeError";
    }
}

/** What is wrong is in the stack config: this key of `compose` has to be another one. */
export interface ReferenceFix {
    key: (string | number)[];
    value: string;
}

/** Needs what only Docker Compose itself can do. */
export const needsCompose =
    "is understood by Docker Compose only, and `docker compose` (2 or later) is not on this machine";
