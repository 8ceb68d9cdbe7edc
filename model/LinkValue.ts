import type { Color } from "./Color";
import type { CanarySettings } from "./StrategySettings";

const LINK = /^(none|blue|green):(blue|green):(0|[1-9]\d?|100)(?::(cookie|hash))?$/;

/** The value of the link map, `live:idle:percent[:sticky]`: what the frontend looks up once per request. */
export class LinkValue {
    private constructor(
        /** The color that the service's traffic goes to; `none` before the first link. */
        readonly live: Color | "none",
        /** The other color, which the preview listener reaches. */
        readonly idle: Color,
        /** Share of requests that goes to the idle color, 0 to 100 (a canary; anything else is 0). */
        readonly percent: number,
        /** By what a user stays on one color while there is such a share; nothing, and each request is shared out. */
        readonly sticky: CanarySettings["sticky"] = "none",
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
        const [, live, idle, percent, sticky = "none"] = LINK.exec(text) ?? [];
        if (live === undefined || live === idle) {
            throw new Error(
                `${JSON.stringify(text)} is not a link (live:idle:percent[:sticky], such as blue:green:0).`,
            );
        }
        return new LinkValue(
            live as Color | "none",
            idle as Color,
            Number(percent),
            sticky as CanarySettings["sticky"],
        );
    }

    /** The same link with a share for the idle color. */
    withPercent(percent: number, sticky: CanarySettings["sticky"] = "none"): LinkValue {
        return LinkValue.parse(`${this.live}:${this.idle}:${percent}${sticky === "none" ? "" : `:${sticky}`}`);
    }

    /** The colors that requests go to. */
    get reached(): Color[] {
        return [...(this.live === "none" ? [] : [this.live]), ...(this.percent > 0 ? [this.idle] : [])];
    }

    equals(that: LinkValue | undefined): boolean {
        return that !== undefined && this.toString() === that.toString();
    }

    toString(): string {
        const { live, idle, percent, sticky } = this;
        return `${live}:${idle}:${percent}${sticky === "none" ? "" : `:${sticky}`}`;
    }
}

function other(color: Color): Color {
    return color === "blue" ? "green" : "blue";
}
