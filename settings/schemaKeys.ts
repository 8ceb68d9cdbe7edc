import { z } from "zod";
import type { ConfigPath } from "./ConfigPath";
import { stackSchema } from "./schema";

/** One key of the config in the schema. */
export interface SchemaKey {
    /** `services.*.health.path`; `*` is a name that the user chooses. */
    path: string;
    /** The default as the config spells it; undefined where there is none. */
    default: unknown;
    required: boolean;
}

/** @returns the names of the keys that the schema knows at a path */
export function keysAt(path: ConfigPath): string[] {
    let schema: z.core.$ZodType | undefined = stackSchema;
    for (const segment of path) {
        schema = schema && childOf(unwrap(schema).schema, segment);
    }
    const found = schema && unwrap(schema).schema;
    return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** @returns every key that has a value of its own, in the schema's order */
export function schemaKeys(): SchemaKey[] {
    return leavesOf(stackSchema, []);
}

function leavesOf(schema: z.core.$ZodType, path: string[]): SchemaKey[] {
    const found = unwrap(schema);
    if (found.schema instanceof z.ZodObject) {
        const below = Object.entries(found.schema.shape).flatMap(([key, child]) =>
            leavesOf(child as z.core.$ZodType, [...path, key]),
        );
        // An object that may be written as one word has a value of its own.
        const word = { path: path.join("."), default: found.default, required: false };
        return typeof found.default === "string" ? [word, ...below] : below;
    }
    if (found.schema instanceof z.ZodRecord && unwrap(found.schema.valueType).schema instanceof z.ZodObject) {
        return leavesOf(found.schema.valueType, [...path, "*"]);
    }
    return [{ path: path.join("."), default: found.default, required: found.required }];
}

function childOf(schema: z.core.$ZodType, segment: string | number): z.core.$ZodType | undefined {
    if (schema instanceof z.ZodObject) {
        return Object.hasOwn(schema.shape, segment) ? (schema.shape[segment] as z.core.$ZodType) : undefined;
    }
    if (schema instanceof z.ZodRecord) {
        return schema.valueType;
    }
    return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** Finds the schema inside of `optional`, `prefault` and the like, and what those say. */
function unwrap(schema: z.core.$ZodType): { schema: z.core.$ZodType; default: unknown; required: boolean } {
    let current = schema;
    let value: unknown = (current as z.ZodType).meta?.()?.default;
    let required = value === undefined;
    for (;;) {
        if (current instanceof z.ZodPrefault || current instanceof z.ZodOptional) {
            required = false;
            if (current instanceof z.ZodPrefault) {
                value ??= current._zod.def.defaultValue;
            }
            current = current._zod.def.innerType;
        } else if (current instanceof z.ZodPipe && current._zod.def.out instanceof z.ZodObject) {
            current = current._zod.def.out;
        } else {
            break;
        }
    }
    return { schema: current, default: value, required };
}
