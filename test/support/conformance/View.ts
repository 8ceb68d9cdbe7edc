import { type AddressBlock, slotAddress } from "../../../model/addresses";
import type { Color } from "../../../model/Color";
import { LinkValue } from "../../../model/LinkValue";

/** What is different on each stage, or for people to read: times, who did it, HAProxy's words, and how often it counted. */
const unequal = new Set([
    "at",
    "by",
    "until",
    "provedAt",
    "liveSince",
    "text",
    "check",
    "downs",
    "worker",
    "message",
    "reason",
]);

/** What procedures read of a container. */
const containerKeys = [
    ...["name", "state", "restartPolicy", "health", "imageId", "address", "restartCount"],
    ...["slot", "admitted", "up", "reached"],
];

const colors = ["blue", "green"] as const;

/** Words for what a port is given and reports, which are equal on both stages where the same happened. */
export class View {
    /** Text of one stage -> its word. */
    readonly #words = new Map<string, string>();

    /** @param front name of the stage's front */
    constructor(front: string, blocks: Record<Color, AddressBlock>) {
        for (const color of colors) {
            for (let slot = 1; slot <= blocks[color].size; slot++) {
                this.#words.set(slotAddress(blocks[color], slot), `address of ${color} ${slot}`);
            }
        }
        this.#words.set(front, "front");
    }

    /** A container of the stage has this id and this name. */
    know(id: string, name: string): void {
        // A fingerprint has the beginning of the id.
        for (const text of [id, id.slice(0, 12)]) {
            this.#words.set(text, this.#inWords(name));
        }
    }

    of(value: unknown): unknown {
        if (typeof value === "string") {
            return this.#inWords(value);
        }
        if (typeof value === "function") {
            return "a function";
        }
        if (typeof value !== "object" || value === null) {
            return value;
        }
        if (value instanceof Date) {
            return "a time";
        }
        if (value instanceof LinkValue) {
            return String(value);
        }
        return Array.isArray(value) ? value.map(one => this.of(one)) : this.#ofObject(value);
    }

    /** @returns in words that a call failed. Messages are for people, so only the kind of the error counts. */
    ofError(error: unknown): string {
        return `throws ${(error as Error).constructor.name}`;
    }

    #ofObject(value: object): unknown {
        if ("intervalMs" in value) {
            return "a health check";
        }
        if ("restartPolicy" in value && "id" in value && "name" in value) {
            return this.#ofContainer(value as unknown as { id: string; name: string });
        }
        if ("digest" in value && "settings" in value) {
            const { id, proved, linked, promotion } = value as unknown as Record<string, unknown>;
            return { id, proved, linked, promotion };
        }
        const values: unknown[] = Object.values(value);
        if (values.length > 0 && values.every(one => typeof one === "object" && one !== null && "asked" in one)) {
            return `counts of ${values.length} workers`;
        }
        const entries = Object.entries(value).filter(([key, inner]) => !unequal.has(key) && inner !== undefined);
        return Object.fromEntries(entries.map(([key, inner]) => [this.#inWords(key), this.of(inner)]));
    }

    #ofContainer(container: { id: string; name: string }): unknown {
        this.know(container.id, container.name);
        const entries = Object.entries(container).filter(([key]) => containerKeys.includes(key));
        return Object.fromEntries(entries.map(([key, inner]) => [key, this.of(inner)]));
    }

    /** The longest texts first: one may be the beginning of another. */
    #inWords(text: string): string {
        const known = [...this.#words].sort(([one], [other]) => other.length - one.length);
        return known.reduce((text, [from, to]) => text.replaceAll(from, to), text);
    }
}
