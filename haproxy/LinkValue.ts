import type { Color } from "../settings/Settings";

const LINK = /^(none|blue|green):(blue|green):(0|[1-9]\d?|100)$/;

/** The value of the link map, `live:idle:percent`: what the frontend looks up once per request. */
export class LinkValue {
    private constructor(
        /** The color that the service's traffic goes to; `none` before the first link. */
        readonly live: Color | "none",
        /** The other color, which the preview listener reaches. */
        readonly idle: Color,
        /** Share of requests that goes to the idle color, 0 to 100 (a canary; anything else is 0). */
        readonly percent: number,
    ) {}

    /** Everything to one color. */
    static to(live: Color): LinkValue {
        return new LinkValue(live, other(live), 0);
    }

    /** A service that was never linked; its first release goes to `first`. */
    static none(first: Color = "blue"): LinkValue {
        return new LinkValue("none", first, 0);
    }

    /** Reads `blue:green:0`. Throws on anything else. */
    static parse(text: string): LinkValue {
        const [, live, idle, percent] = LINK.exec(text) ?? [];
        if (live === undefined || live === idle) {
            throw new Error(`${JSON.stringify(text)} is not a link (live:idle:percent, such as blue:green:0).`);
        }
        return new LinkValue(live as Color | "none", idle as Color, Number(percent));
    }

    /** The same link with a share for the idle color. */
    withPercent(percent: number): LinkValue {
        return LinkValue.parse(`${this.live}:${this.idle}:${percent}`);
    }

    equals(that: LinkValue | undefined): boolean {
        return that !== undefined && this.toString() === that.toString();
    }

    toString(): string {
        return `${this.live}:${this.idle}:${this.percent}`;
    }
}

function other(color: Color): Color {
    return color === "blue" ? "green" : "blue";
}
