import { type Fields, isFields } from "../settings/fields";
import { closestKey } from "../settings/suggest";
import { ComposeError, type ComposePath } from "./ComposeError";
import type { Project } from "./Project";
import { saysNothing } from "./unsupported";

/** One key of a relink service that a Compose service sets. */
export interface Mapped {
    key: string[];
    value: unknown;
    /** Key of the Compose service. */
    from: ComposePath;
}

/** What a Compose service is mapped into. */
export interface MappingContext {
    project: Project;
    /** The service's name in the Compose file. */
    service: string;
    /** What the stack config says of the service beside `compose`. It overrides the file. */
    own: Fields;
    /** The service's name in relink. */
    name: string;
    /** The front's public port and address. */
    front: { port: unknown; address: unknown };
    /** Keys of `relink:secrets`. */
    heldSecrets: readonly string[];
    /** Whether the value of a variable comes from outside of the files. */
    isFromOutside: (variable: string, value: string) => boolean;
    /** @returns the value of a secret of the file; undefined where it cannot be read */
    readSecret: (definition: Fields) => string | undefined;
}

/** Collects what becomes of a Compose service's keys, and which of them relink does not support. */
export class Mapping {
    readonly mapped: Mapped[] = [];
    readonly errors: ComposeError[] = [];
    /** Keys of the relink service that get no value because of an error. */
    readonly refused: string[] = [];
    /** Secrets of the file, for `relink:secrets`. */
    readonly secretValues: Record<string, string> = {};

    constructor(
        readonly source: Fields,
        readonly context: MappingContext,
    ) {}

    /** Whether the stack config has this key of the relink service, or a plain value around it. */
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

    /** Sets a key of the relink service, unless there is no value or the stack config has the key. */
    set(key: string[], value: unknown, from: ComposePath): void {
        if (value !== undefined && value !== null && !this.isOverridden(...key)) {
            this.mapped.push({ key, value, from });
        }
    }

    /** Copies a key of the Compose service without a change. */
    copy(from: string, ...key: string[]): void {
        this.set(key, this.source[from], [from]);
    }

    /**
     * Reports an error.
     *
     * @param options.key the key of the relink service that overrides what is wrong
     */
    refuse(from: ComposePath, message: string, { key, fix }: { key?: string[]; fix?: string } = {}): void {
        if (key === undefined || !this.isOverridden(...key)) {
            this.refused.push(...(key?.slice(0, 1) ?? []));
            this.errors.push(new ComposeError(message, { path: ["services", this.context.service, ...from] }, fix));
        }
    }

    /**
     * Reports the keys of an object that relink does not read, unless their values say nothing.
     *
     * @param read the keys that relink reads
     * @param why reasons why relink does not support others
     */
    refuseOthers(from: string[], fields: Fields, read: readonly string[], why: Record<string, string> = {}): void {
        for (const [key, value] of Object.entries(fields)) {
            if (!read.includes(key) && !key.startsWith("x-") && !saysNothing(value)) {
                const reason = why[key] ?? unknown(key, [...read, ...Object.keys(why)]);
                this.refuse([...from, key], `is not supported: ${reason}`);
            }
        }
    }
}

function unknown(key: string, known: readonly string[]): string {
    const near = closestKey(key, known);
    return `relink does not know it${near === undefined ? "" : `; did you mean ${near}?`}`;
}
