import { type Fields, isFields } from "../settings/fields";
import { closestKey } from "../settings/suggest";
import type { Project } from "./Project";
import { saysNothing } from "./unsupported";
import { ComposeError, type ComposePath } from "./values";

/** One key of a relink service, and where in the Compose service it comes from. */
export interface Mapped {
    key: string[];
    value: unknown;
    from: ComposePath;
}

/** Where a Compose service goes. */
export interface MappingContext {
    project: Project;
    /** Its name in the Compose file. */
    service: string;
    /** What the stack config says of the service beside `compose`: it goes over what the file says. */
    own: Fields;
    /** The service's name in relink. */
    name: string;
    /** The front's public port and address. */
    front: { port: unknown; address: unknown };
    /** Keys that `relink:secrets` has. */
    heldSecrets: readonly string[];
    /** Whether a variable's value is none that the files spell out. */
    isFromOutside: (variable: string, value: string) => boolean;
    /** The value of a secret of the file; undefined where it cannot be read. */
    readSecret: (definition: Fields) => string | undefined;
}

/** Collects what becomes of a Compose service's keys, and what nothing can become of. */
export class Mapping {
    readonly mapped: Mapped[] = [];
    readonly errors: ComposeError[] = [];
    /** Keys of the relink service that get no value because of an error. */
    readonly refused: string[] = [];
    /** For `relink:secrets`: values of secrets of the file. */
    readonly secretValues: Record<string, string> = {};

    constructor(
        readonly source: Fields,
        readonly context: MappingContext,
    ) {}

    /** The stack config has this key itself, or all that it is in. */
    isOverridden(...key: string[]): boolean {
        let value: unknown = this.context.own;
        for (const part of key) {
            if (!isFields(value)) {
                return value !== undefined;
            }
            value = value[part];
        }
        return value !== undefined;
    }

    /** Sets a key of the relink service, unless the stack config has it or there is no value. */
    set(key: string[], value: unknown, from: ComposePath): void {
        if (value !== undefined && value !== null && !this.isOverridden(...key)) {
            this.mapped.push({ key, value, from });
        }
    }

    /** Copies a key as it is. */
    copy(from: string, ...key: string[]): void {
        this.set(key, this.source[from], [from]);
    }

    /** Reports something that the stack config can set right under `key`. */
    refuse(from: ComposePath, message: string, { key, fix }: { key?: string[]; fix?: string } = {}): void {
        if (key === undefined || !this.isOverridden(...key)) {
            this.refused.push(...(key?.slice(0, 1) ?? []));
            this.errors.push(new ComposeError(["services", this.context.service, ...from], message, fix));
        }
    }

    /** Reports keys of an object that are not among those that are read, where they say anything. */
    refuseOthers(from: string[], fields: Fields, read: readonly string[], why: Record<string, string> = {}): void {
        for (const [key, value] of Object.entries(fields)) {
            if (!read.includes(key) && !key.startsWith("x-") && !saysNothing(value)) {
                this.refuse(
                    [...from, key],
                    `is not supported: ${why[key] ?? unknown(key, [...read, ...Object.keys(why)])}`,
                );
            }
        }
    }
}

function unknown(key: string, known: readonly string[]): string {
    const near = closestKey(key, known);
    return `relink does not know it${near === undefined ? "" : `; did you mean ${near}?`}`;
}
