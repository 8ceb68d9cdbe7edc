const millisecondsPerUnit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof millisecondsPerUnit;

/** HAProxy keeps timers as signed 32-bit milliseconds: it would refuse a longer time, or read it wrong. */
const longestMs = 2_147_483_647;

/** A length of time, as the stack config spells it: `500ms`, `10s`, `5m`, `1h`. */
export class Duration {
    private constructor(
        /** A whole number, 0 or more. */
        readonly milliseconds: number,
    ) {}

    /**
     * Reads a whole number followed by `ms`, `s`, `m` or `h`.
     *
     * @throws RangeError that says what is wrong, without the text
     */
    static parse(text: string): Duration {
        const match = /^(\d{1,12})(ms|s|m|h)$/.exec(text);
        if (!match) {
            throw new RangeError(
                /^\d+$/.test(text)
                    ? "a duration needs a unit: ms, s, m or h"
                    : "a duration is a whole number with a unit, such as 500ms, 10s, 5m or 1h",
            );
        }
        return Duration.ofMilliseconds(Number(match[1]) * millisecondsPerUnit[match[2] as Unit]);
    }

    /** @returns the milliseconds of a text that {@link parse} reads */
    static millisecondsOf(text: string): number {
        return Duration.parse(text).milliseconds;
    }

    /** @returns the shortest spelling of a time; a sum longer than any duration is spelled in `ms` */
    static spell(milliseconds: number): string {
        return milliseconds <= longestMs ? Duration.ofMilliseconds(milliseconds).toString() : `${milliseconds}ms`;
    }

    /** @throws RangeError unless the argument is a whole number from 0 to 2147483647 (24 days) */
    static ofMilliseconds(milliseconds: number): Duration {
        if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > longestMs) {
            throw new RangeError("a duration is between 0s and 24 days");
        }
        return new Duration(milliseconds);
    }

    /** @returns the shortest spelling that {@link parse} reads as the same time */
    toString(): string {
        for (const unit of ["h", "m", "s"] as const) {
            const size = millisecondsPerUnit[unit];
            if (this.milliseconds > 0 && this.milliseconds % size === 0) {
                return `${this.milliseconds / size}${unit}`;
            }
        }
        return this.milliseconds === 0 ? "0s" : `${this.milliseconds}ms`;
    }
}
