import type { Color } from "./Color";
import { idleColor, type Live } from "./Live";
import type { CanarySettings } from "./StrategySettings";

const linkPattern = /^(none|blue|green):(blue|green):(0|[1-9]\d?|100)(?::(cookie|hash))?$/;

/**
 * A value of HAProxy's link map, `live:idle:percent[:sticky]`. The frontend looks it up once per request. Immutable.
 */
export class LinkValue {
    private constructor(
        /** The color that gets the service's requests; `none` before the first link. */
        readonly live: Live,
        /** The other color. The preview listener reaches it. */
        readonly idle: Color,
        /** The idle color's share of the requests, 0 to 100. It is 0 without a canary. */
        readonly percent: number,
        /** How HAProxy knows a user again, so that each user stays on one color. `none`: each request is shared out. */
        readonly sticky: CanarySettings["sticky"] = "none",
    ) {}

    /** @returns the link that gives all requests to one color */
    static to(live: Color): LinkValue {
        return new LinkValue(live, idleColor(live), 0);
    }

    /** @returns the link of a service that was never linked; its first release goes to `first` */
    static none(first: Color = "blue"): LinkValue {
        return new LinkValue("none", first, 0);
    }

    /** @throws Error that quotes the text, unless it is a link */
    static parse(text: string): LinkValue {
        const [, live, idle, percent, sticky = "none"] = linkPattern.exec(text) ?? [];
        if (live === undefined || live === idle) {
            throw new Error(
                `${JSON.stringify(text)} is not a link (live:idle:percent[:sticky], such as blue:green:0).`,
            );
        }
        return new LinkValue(live as Live, idle as Color, Number(percent), sticky as CanarySettings["sticky"]);
    }

    /** @returns the same link with a share for the idle color */
    withPercent(percent: number, sticky: CanarySettings["sticky"] = "none"): LinkValue {
        return LinkValue.parse(`${this.live}:${this.idle}:${percent}${sticky === "none" ? "" : `:${sticky}`}`);
    }

    /** The colors that get requests. */
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
