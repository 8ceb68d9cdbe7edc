import { z } from "zod";
import { Duration } from "../model/Duration";
import { isFields } from "./fields";

/** What a value must be. */
export interface Expectation {
    /** For the message: `a duration such as 10s`. */
    wanted: string;
    /** A good value, for the command that fixes a bad one. */
    example: string;
}

/** What a zod issue carries for the problem that it becomes. */
export interface IssueDetails extends Partial<Expectation> {
    /** The message, in place of "is X, but must be Y". */
    says?: string;
}

/** Pulumi's placeholder for a value that it does not know yet, and what JavaScript makes of such a value in a text. */
const unresolvedValue = /04da6b54-80e4-46f7-96ec-b56ff0331ba9|\[object Object\]|\[toString\] on an \[Output/;

export const unresolvedSays =
    "is not known yet: it was made from another resource's output. It must be plain text: build and push first, " +
    "then set the result here";

/**
 * A schema for one value. Zod's own types are not used for such leaves: so each message says in the user's words what
 * is wanted, also where the key is missing.
 *
 * @param read returns undefined for a bad value
 */
export function leaf<T>(expectation: Expectation, read: (raw: unknown) => T | undefined) {
    return z.unknown().transform((raw, context): T => {
        const unresolved = typeof raw === "string" && unresolvedValue.test(raw);
        const value = unresolved ? undefined : read(raw);
        if (value === undefined) {
            const details: IssueDetails = unresolved ? { ...expectation, says: unresolvedSays } : { ...expectation };
            context.addIssue({ code: "custom", message: expectation.wanted, params: { ...details } });
            return z.NEVER;
        }
        return value;
    });
}

/** A text that matches the pattern; the pattern must be anchored at both ends. */
export function textLike(pattern: RegExp, expectation: Expectation) {
    return leaf(expectation, raw => (typeof raw === "string" && pattern.test(raw) ? raw : undefined));
}

/**
 * Any text without a NUL. A whole number or a boolean becomes its text: `pulumi config set --path` stores `8080` and
 * `true` as such. Other numbers are bad values, because YAML has already dropped digits of them (1.10 is 1.1).
 */
export function freeText(expectation: Expectation, accepts: (text: string) => boolean = () => true) {
    return leaf(expectation, raw => {
        const text = typeof raw === "boolean" || Number.isSafeInteger(raw) ? String(raw) : raw;
        return typeof text === "string" && !text.includes("\0") && accepts(text) ? text : undefined;
    });
}

/** A text of which only changes matter. */
export function token(example: string) {
    return freeText({ wanted: "any text of 1 to 256 letters", example }, text => /^.{1,256}$/su.test(text));
}

export function wholeNumber(from: number, to: number, example: number) {
    return leaf({ wanted: `a whole number from ${from} to ${to}`, example: String(example) }, raw =>
        Number.isInteger(raw) && (raw as number) >= from && (raw as number) <= to ? (raw as number) : undefined,
    );
}

export function port(example: number) {
    return wholeNumber(1, 65535, example);
}

/**
 * A setting with a default, which is written once: it also is the good value in the command that fixes a bad one.
 *
 * @param schemaFor gets that value, such as {@link duration}
 */
export function withDefault<V, T extends z.ZodType>(value: V, schemaFor: (example: V) => T) {
    return schemaFor(value).prefault(value as z.input<T>);
}

/** One of a few words; the first one is the default. */
export function firstOf<const T extends string>(
    words: readonly [T, ...T[]],
    alsoSpelled?: (raw: unknown) => T | undefined,
) {
    return oneOf(words, alsoSpelled).prefault(words[0]);
}

export function flag() {
    return leaf({ wanted: "true or false", example: "true" }, raw => (typeof raw === "boolean" ? raw : undefined));
}

/**
 * One of a few words.
 *
 * @param alsoSpelled reads another spelling: YAML 1.1 turns `no` into false
 */
export function oneOf<const T extends string>(
    words: readonly T[],
    alsoSpelled: (raw: unknown) => T | undefined = none,
) {
    return leaf({ wanted: words.length === 1 ? words[0]! : `one of ${words.join(", ")}`, example: words[0]! }, raw =>
        words.includes(raw as T) ? (raw as T) : alsoSpelled(raw),
    );
}

/** A length of time in milliseconds, longer than 0. */
export function duration(example: string) {
    return durationFrom(1, example);
}

/** A length of time in milliseconds, which may be 0. */
export function durationOrZero(example: string) {
    return durationFrom(0, example);
}

function durationFrom(atLeastMs: 0 | 1, example: string) {
    const wanted = `a duration such as 500ms, 10s, 5m or 1h${atLeastMs ? ", longer than 0" : ""} and up to 24 days`;
    return leaf({ wanted, example }, raw => {
        if (typeof raw !== "string") {
            return undefined;
        }
        try {
            const { milliseconds } = Duration.parse(raw);
            return milliseconds >= atLeastMs ? milliseconds : undefined;
        } catch {
            return undefined;
        }
    });
}

/** A list without the same thing twice. */
export function listOf<T>(element: z.ZodType<T>) {
    return z.array(element).superRefine((items, context) => {
        const seen = new Set<string>();
        items.forEach((item, index) => {
            const text = JSON.stringify(item);
            if (seen.has(text)) {
                const details: IssueDetails = { says: "is in the list twice" };
                context.addIssue({ code: "custom", message: "unique", path: [index], params: { ...details } });
            }
            seen.add(text);
        });
    });
}

/** One schema for objects, another one for all other values. */
export function objectOr<A, B>(objectSchema: z.ZodType<A>, otherSchema: z.ZodType<B>) {
    return chosenFor<A | B>(raw => (isFields(raw) ? objectSchema : otherSchema));
}

/** A schema that depends on the value: its problems are those of the chosen one alone. */
export function chosenFor<T>(schemaFor: (raw: unknown) => z.ZodType<T>) {
    return z.unknown().transform((raw, context): T => {
        const result = schemaFor(raw).safeParse(raw);
        if (!result.success) {
            for (const issue of result.error.issues) {
                context.issues.push({ ...issue, input: raw } as (typeof context.issues)[number]);
            }
            return z.NEVER;
        }
        return result.data;
    });
}

function none(): undefined {
    return undefined;
}
